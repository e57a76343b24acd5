/** The grammar of Matroska and WebM files: elements with an id and a length (RFC 8794), read from where they lie. */
import type { UnitReader } from '../unit-reader.ts';

export const ID = {
  ebml: 0x1a45dfa3, segment: 0x18538067, seekHead: 0x114d9b74, seek: 0x4dbb, seekId: 0x53ab, seekPosition: 0x53ac,
  info: 0x1549a966, timestampScale: 0x2ad7b1, tracks: 0x1654ae6b, trackEntry: 0xae, trackNumber: 0xd7, trackType: 0x83, codecId: 0x86,
  defaultDuration: 0x23e383, audio: 0xe1, samplingFrequency: 0xb5, contentEncodings: 0x6d80, contentEncoding: 0x6240, contentCompression: 0x5034,
  contentCompAlgo: 0x4254, contentCompSettings: 0x4255, contentEncryption: 0x5035,
  cues: 0x1c53bb6b, cuePoint: 0xbb, cueTime: 0xb3, cueTrackPositions: 0xb7, cueTrack: 0xf7, cueClusterPosition: 0xf1, cueRelativePosition: 0xf0,
  cluster: 0x1f43b675, timestamp: 0xe7, simpleBlock: 0xa3, blockGroup: 0xa0, block: 0xa1, blockDuration: 0x9b, referenceBlock: 0xfb,
  tags: 0x1254c367, attachments: 0x1941a469, chapters: 0x1043a770, void: 0xec, crc32: 0xbf,
} as const;

/** The parts of a segment: one of them ends a cluster that does not say how long it is. */
export const SEGMENT_PARTS: ReadonlySet<number> = new Set([ID.seekHead, ID.info, ID.tracks, ID.cues, ID.cluster, ID.tags, ID.attachments, ID.chapters]);

/** An id of at most 4 bytes and a length of at most 8. */
const MAX_HEADER_BYTES = 12;

export interface Element {
  readonly id: number;
  readonly start: number;
  readonly dataStart: number;
  /** null where the file does not say: up to the next element of the same level. */
  readonly dataEnd: number | null;
}

/** The element at `position`; null at the end of the file and where no element can be. */
export async function elementAt(units: UnitReader, position: number, signal: AbortSignal, onWait?: () => void): Promise<Element | null> {
  if (position + 2 > units.sizeBytes) return null;
  const head = await units.read(position, Math.min(position + MAX_HEADER_BYTES, units.sizeBytes), { signal, ...onWait === undefined ? {} : { onWait } });
  return parseElement(head, 0, position);
}

/** The element at `at` in `bytes`, which lie at `base` in the file. */
function parseElement(bytes: Uint8Array, at: number, base: number): Element | null {
  const idLength = vintLength(bytes[at]);
  if (idLength === 0 || idLength > 4 || at + idLength >= bytes.length) return null;
  let id = 0;
  for (let index = 0; index < idLength; index += 1) id = id * 256 + (bytes[at + index] ?? 0);
  const size = parseVint(bytes, at + idLength);
  if (size === null) return null;
  const dataStart = base + at + idLength + size.length;
  return { id, start: base + at, dataStart, dataEnd: size.value === null ? null : dataStart + size.value };
}

/** A number of variable length; its value is null when all its bits are set ("unknown"). */
export function parseVint(bytes: Uint8Array, at: number): { readonly value: number | null; readonly length: number } | null {
  const length = vintLength(bytes[at]);
  if (length === 0 || at + length > bytes.length) return null;
  let value = (bytes[at] ?? 0) & (0xff >> length);
  let isUnknown = value === (0xff >> length);
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: isUnknown ? null : value, length };
}

function vintLength(first: number | undefined): number {
  return first === undefined || first === 0 ? 0 : Math.clz32(first) - 23;
}

/** The elements inside `bytes`, one after the other, as long as they make sense. */
export function* children(bytes: Uint8Array): Generator<{ readonly id: number; readonly data: Uint8Array }> {
  for (let at = 0; at < bytes.length;) {
    const element = parseElement(bytes, at, 0);
    if (element === null || element.dataEnd === null || element.dataEnd > bytes.length) return;
    yield { id: element.id, data: bytes.subarray(element.dataStart, element.dataEnd) };
    at = element.dataEnd;
  }
}

export function unsigned(data: Uint8Array): number {
  return data.reduce((value, byte) => value * 256 + byte, 0);
}

export function float(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length === 4) return view.getFloat32(0);
  return data.length === 8 ? view.getFloat64(0) : 0;
}
