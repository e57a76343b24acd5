/** Several frames in one block (RFC 9559, 10.3). */
import { parseVint } from './ebml.ts';

const XIPH = 1;
const FIXED = 2;

/** `lacing`: 0 none, 1 Xiph, 2 of equal length, 3 EBML. What does not add up gives the frames before it. */
export function unlace(lacing: number, data: Uint8Array): Uint8Array[] {
  if (lacing === 0) return [data];
  const count = (data[0] ?? 0) + 1;
  if (lacing === FIXED) {
    const length = Math.floor((data.length - 1) / count);
    return Array.from({ length: count }, (_, index) => data.subarray(1 + index * length, 1 + (index + 1) * length));
  }
  const { lengths, at } = lacing === XIPH ? xiphLengths(data, count) : ebmlLengths(data, count);
  const frames: Uint8Array[] = [];
  let position = at;
  for (const length of lengths) {
    if (position + length > data.length) return frames;
    frames.push(data.subarray(position, position + length));
    position += length;
  }
  frames.push(data.subarray(position));
  return frames;
}

interface Lengths {
  /** Of all frames but the last. */
  readonly lengths: readonly number[];
  /** Where the frames begin. */
  readonly at: number;
}

function xiphLengths(data: Uint8Array, count: number): Lengths {
  const lengths: number[] = [];
  let at = 1;
  while (lengths.length < count - 1 && at < data.length) {
    let length = 0;
    let byte = 255;
    while (byte === 255 && at < data.length) {
      byte = data[at] ?? 0;
      length += byte;
      at += 1;
    }
    lengths.push(length);
  }
  return { lengths, at };
}

/** The first length as it is, the others as signed differences. */
function ebmlLengths(data: Uint8Array, count: number): Lengths {
  const lengths: number[] = [];
  let at = 1;
  let length = 0;
  while (lengths.length < count - 1) {
    const number = parseVint(data, at);
    if (number === null) break;
    const value = number.value ?? 0;
    length = lengths.length === 0 ? value : length + value - (2 ** (number.length * 7 - 1) - 1);
    if (length < 0) break;
    lengths.push(length);
    at += number.length;
  }
  return { lengths, at };
}
