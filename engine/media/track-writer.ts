/** How the frames of a track become what a SourceBuffer is given: one writer for each packaging. */
import type { DemuxedTrack } from './demuxer.ts';
import { conversionFor } from './elementary.ts';
import type { Conversion } from './elementary.ts';
import { writeFragment } from './fragment-boxes.ts';
import type { FragmentSample } from './fragment-boxes.ts';
import { movieHeader, timescaleOf } from './init-segment.ts';
import { MediaError } from './media-error.ts';
import type { Packaging } from './track-mime.ts';
import { WEBM_TIMESCALE, writeWebmCluster, writeWebmHeader } from './webm-boxes.ts';

export interface TrackWriter {
  /** What frames of this track need before they can be written. */
  readonly conversion: Conversion | null;
  readonly timescale: number;
  readonly write: (sequenceNumber: number, decodeTicks: number, samples: readonly FragmentSample[]) => Uint8Array;
}

/** MPEG audio has no times of its own; finer than any of its frames. */
const MPEG_TIMESCALE = 90_000;

export async function trackWriter(track: DemuxedTrack, packaging: Packaging): Promise<TrackWriter> {
  if (packaging === 'webm') return { timescale: WEBM_TIMESCALE, write: writeWebmCluster, conversion: null };
  if (packaging === 'mpeg') return { timescale: MPEG_TIMESCALE, write: joinFrames, conversion: null };
  const conversion = conversionFor(await track.getCodec(), (await track.getDecoderConfig())?.description !== undefined);
  return { timescale: await timescaleOf(track), write: writeFragment, conversion };
}

export async function trackHeader(track: DemuxedTrack, packaging: Packaging): Promise<Uint8Array> {
  if (packaging === 'mpeg') return new Uint8Array(0);
  return packaging === 'webm' ? await webmHeader(track) : await movieHeader(track);
}

async function webmHeader(track: DemuxedTrack): Promise<Uint8Array> {
  if (track.isVideoTrack()) {
    const video = { width: await track.getCodedWidth(), height: await track.getCodedHeight() };
    return writeWebmHeader({ codecId: 'V_VP8', codecPrivate: null, video, audio: null });
  }
  const description = (await track.getDecoderConfig())?.description;
  if (description === undefined) throw new MediaError('damaged', `The headers of the Vorbis sound in track ${track.id} are missing.`);
  const codecPrivate = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
  const audio = { channels: await track.getNumberOfChannels(), sampleRateHz: await track.getSampleRate() };
  return writeWebmHeader({ codecId: 'A_VORBIS', codecPrivate, video: null, audio });
}

function joinFrames(_sequenceNumber: number, _decodeTicks: number, samples: readonly FragmentSample[]): Uint8Array {
  const out = new Uint8Array(samples.reduce((sum, sample) => sum + sample.bytes.length, 0));
  let at = 0;
  for (const sample of samples) {
    out.set(sample.bytes, at);
    at += sample.bytes.length;
  }
  return out;
}
