/** The movie header of one track, from mediabunny's CMAF muxer, without a single frame in it. */
import { BufferTarget, CmafOutputFormat, EncodedAudioPacketSource, EncodedPacketSink, EncodedVideoPacketSource, NullTarget, Output } from 'mediabunny';
import type { EncodedPacket } from 'mediabunny';
import type { DemuxedTrack } from './demuxer.ts';
import { MediaError } from './media-error.ts';

/** Decode times of frames between two ticks need room; and mediabunny takes no more than a million. */
const MIN_TIMESCALE = 10_000;
const MAX_TIMESCALE = 1_000_000;
const USUAL_TIMESCALE = 90_000;

/** Ticks a second of the track's fragments: the file's own where that is possible, so that no time is rounded. */
export async function timescaleOf(track: DemuxedTrack): Promise<number> {
  if (track.isAudioTrack()) return (await track.getDecoderConfig())?.sampleRate ?? await track.getSampleRate();
  let timescale = await track.getTimeResolution();
  if (!Number.isInteger(timescale) || timescale <= 0 || timescale > MAX_TIMESCALE) return USUAL_TIMESCALE;
  while (timescale < MIN_TIMESCALE) timescale *= 10;
  return timescale;
}

/** ftyp and moov. The track's number in it is 1. */
export async function movieHeader(track: DemuxedTrack): Promise<Uint8Array> {
  const initTarget = new BufferTarget();
  const output = new Output({ format: new CmafOutputFormat(), target: new NullTarget(), initTarget });
  await addTrack(output, track);
  await output.start();
  await output.finalize();
  if (initTarget.buffer === null) throw new MediaError('not-playable', 'No header could be made for the track.');
  return new Uint8Array(initTarget.buffer);
}

async function addTrack(output: Output, track: DemuxedTrack): Promise<void> {
  const unknown = new MediaError('not-playable', `The codec of track ${track.id} is not known.`);
  if (track.isVideoTrack()) {
    const codec = await track.getCodec();
    const decoderConfig = await track.getDecoderConfig();
    if (codec === null || decoderConfig === null) throw unknown;
    const needsFrame = (codec === 'avc' || codec === 'hevc') && decoderConfig.description === undefined;
    output.addVideoTrack(new EncodedVideoPacketSource(codec), {
      decoderConfig,
      ...await primingPacket(track, needsFrame),
      transformationMatrix: await track.getTransformationMatrix(),
      // mediabunny makes the timescale of it, and snaps only the frames that it writes itself.
      frameRate: await timescaleOf(track),
    });
    return;
  }
  const codec = await track.getCodec();
  const decoderConfig = await track.getDecoderConfig();
  if (codec === null || decoderConfig === null) throw unknown;
  const needsFrame = codec === 'ac3' || codec === 'eac3' || (codec === 'aac' && decoderConfig.description === undefined);
  output.addAudioTrack(new EncodedAudioPacketSource(codec), { decoderConfig, ...await primingPacket(track, needsFrame) });
}

async function primingPacket(track: DemuxedTrack, needed: boolean): Promise<{ readonly primingPacket?: EncodedPacket }> {
  if (!needed) return {};
  const packet = await new EncodedPacketSink(track).getFirstKeyPacket();
  if (packet === null) throw new MediaError('damaged', `Track ${track.id} has no frames.`);
  return { primingPacket: packet };
}
