/**
 * Frames of containers made for broadcasting carry their own headers, which ISO files keep in one place: H.264 and HEVC units after
 * start codes become units after their length (ISO/IEC 14496-15), and AAC frames lose their ADTS header (ISO/IEC 14496-3).
 */
import type { MediaPacket } from './media-packet.ts';

export type Conversion = (frame: Uint8Array) => Uint8Array;

/** null: the frames can stay as they are. */
export function conversionFor(codec: string | null, hasDescription: boolean): Conversion | null {
  if (hasDescription) return null;
  if (codec === 'avc' || codec === 'hevc') return lengthPrefixed;
  return codec === 'aac' ? withoutAdts : null;
}

export async function* converted(packets: AsyncGenerator<MediaPacket, void, undefined>, conversion: Conversion): AsyncGenerator<MediaPacket, void, undefined> {
  for await (const packet of packets) yield { ...packet, bytes: conversion(packet.bytes) };
}

/** Start codes are 00 00 01, with any number of zeros before them. */
function lengthPrefixed(frame: Uint8Array): Uint8Array {
  const units: Uint8Array[] = [];
  let start = nextStartCode(frame, 0);
  while (start < frame.length) {
    const next = nextStartCode(frame, start + 3);
    let end = next;
    while (end > start + 3 && frame[end - 1] === 0) end -= 1;
    if (end > start + 3) units.push(frame.subarray(start + 3, end));
    start = next;
  }
  const out = new Uint8Array(units.reduce((sum, unit) => sum + 4 + unit.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const unit of units) {
    view.setUint32(at, unit.length);
    out.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return out;
}

function nextStartCode(frame: Uint8Array, from: number): number {
  for (let at = frame.indexOf(1, from + 2); at >= 0; at = frame.indexOf(1, at + 1)) {
    if (frame[at - 1] === 0 && frame[at - 2] === 0) return at - 2;
  }
  return frame.length;
}

function withoutAdts(frame: Uint8Array): Uint8Array {
  const isAdts = frame[0] === 0xff && ((frame[1] ?? 0) & 0xf6) === 0xf0;
  if (!isAdts) return frame;
  const hasChecksum = ((frame[1] ?? 0) & 1) === 0;
  return frame.subarray(hasChecksum ? 9 : 7);
}
