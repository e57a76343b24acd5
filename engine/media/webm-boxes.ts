/** Writes WebM for a SourceBuffer: the header of one track, and clusters of its frames (WebM Byte Stream Format, RFC 9559). */
import type { FragmentSample } from './fragment-boxes.ts';
import { joined } from './joined-bytes.ts';
import { ID } from './matroska/ebml.ts';

/** Times in a WebM stream are milliseconds. */
export const WEBM_TIMESCALE = 1000;
const TRACK = 1;
const KEY_FRAME = 0x80;
const UNKNOWN_LENGTH = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/** The time of a block in its cluster is a signed 16-bit number. */
const MAX_RELATIVE = 0x7fff;

export interface WebmTrack {
  readonly codecId: 'V_VP8' | 'A_VORBIS';
  /** Vorbis has its three headers there. */
  readonly codecPrivate: Uint8Array | null;
  readonly video: { readonly width: number; readonly height: number } | null;
  readonly audio: { readonly channels: number; readonly sampleRateHz: number } | null;
}

export function writeWebmHeader(track: WebmTrack): Uint8Array {
  const header = element(ID.ebml, element(0x42_86, uint(1)), element(0x42_f7, uint(1)), element(0x42_f2, uint(4)), element(0x42_f3, uint(8)),
    element(0x42_82, text('webm')), element(0x42_87, uint(4)), element(0x42_85, uint(2)));
  const entry = element(ID.trackEntry,
    element(ID.trackNumber, uint(TRACK)), element(0x73_c5, uint(TRACK)), element(0x9c, uint(0)), element(ID.trackType, uint(track.video === null ? 2 : 1)),
    element(ID.codecId, text(track.codecId)),
    track.codecPrivate === null ? new Uint8Array(0) : element(0x63_a2, track.codecPrivate),
    track.video === null ? new Uint8Array(0) : element(0xe0, element(0xb0, uint(track.video.width)), element(0xba, uint(track.video.height))),
    track.audio === null ? new Uint8Array(0) : element(ID.audio, element(ID.samplingFrequency, double(track.audio.sampleRateHz)), element(0x9f, uint(track.audio.channels))));
  const info = element(ID.info, element(ID.timestampScale, uint(1_000_000)), element(0x4d_80, text('software-switch')), element(0x57_41, text('software-switch')));
  return joined([header, idBytes(ID.segment), Uint8Array.from(UNKNOWN_LENGTH), info, element(ID.tracks, entry)]);
}

/** One cluster, or more where the times are too far apart for one. `decodeTicks` in milliseconds, as all times. */
export function writeWebmCluster(_sequenceNumber: number, decodeTicks: number, samples: readonly FragmentSample[]): Uint8Array {
  const clusters: Uint8Array[] = [];
  let blocks: Uint8Array[] = [];
  let clusterTicks = decodeTicks;
  let ticks = decodeTicks;
  const end = (): void => {
    if (blocks.length > 0) clusters.push(element(ID.cluster, element(ID.timestamp, uint(clusterTicks)), ...blocks));
    blocks = [];
  };
  for (const sample of samples) {
    const shown = ticks + sample.offsetTicks;
    if (shown - clusterTicks > MAX_RELATIVE) {
      end();
      clusterTicks = shown;
    }
    const relative = (shown - clusterTicks) & 0xffff;
    const head = Uint8Array.from([0x80 | TRACK, relative >> 8, relative & 0xff, sample.isKey ? KEY_FRAME : 0]);
    blocks.push(element(ID.simpleBlock, head, sample.bytes));
    ticks += sample.durationTicks;
  }
  end();
  return joined(clusters);
}

function element(id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, 0x10_00_00_00 | length);
  return joined([idBytes(id), size, ...parts]);
}

function idBytes(id: number): Uint8Array {
  return uint(id);
}

function uint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function double(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}
