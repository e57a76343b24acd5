/**
 * Cuts a stream of frames into fragments. The first is tiny, so that a picture stands as soon as its bytes are there; and whenever
 * the next frame has to be waited for, what is at hand goes out first.
 */
import type { FragmentSample } from './fragment-boxes.ts';
import type { FrameTimeline, PlacedFrame } from './frame-timeline.ts';
import type { MediaPacket, PacketReader } from './media-packet.ts';
import type { Fragment } from './media-source.ts';

/** How long the first fragments may become; the last figure holds for all that follow. */
const LENGTHS_SECONDS = [0.1, 0.25, 0.5, 1];
/** Groups of pictures shorter than this share a fragment. */
const MIN_GROUP_SECONDS = 0.05;
const MAX_FRAGMENT_BYTES = 384 * 1024;

export interface CutterParts {
  readonly packets: PacketReader;
  readonly timeline: FrameTimeline;
  readonly timescale: number;
  readonly write: (sequenceNumber: number, decodeTicks: number, samples: readonly FragmentSample[]) => Uint8Array;
}

export interface CutOptions {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly signal: AbortSignal;
}

interface Held {
  readonly packet: MediaPacket;
  readonly placed: PlacedFrame;
}

export async function* cutFragments(parts: CutterParts, options: CutOptions): AsyncGenerator<Fragment, void, undefined> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([options.signal, giveUp.signal]);
  let haveToWait: (() => void) | null = null;
  const frames = parts.packets({ fromSeconds: options.fromSeconds, signal, onWait: () => haveToWait?.() });
  let held: Held[] = [];
  let made = 0;
  const takeOut = (): Fragment => {
    const fragment = makeFragment(parts, made, held);
    held = [];
    made += 1;
    return fragment;
  };
  try {
    for (;;) {
      const waiting = new Promise<'waiting'>((resolve) => {
        haveToWait = () => resolve('waiting');
      });
      const next = frames.next();
      // While what is at hand goes out, nobody listens for the failure of what comes after it.
      next.catch(() => undefined);
      if (held.length > 0 && await Promise.race([next, waiting]) === 'waiting') yield takeOut();
      const { value: packet, done } = await next;
      if (done === true) break;
      const placed = parts.timeline.place(packet);
      if (placed === null) continue;
      if (isBeyond(packet, placed, options.toSeconds, parts.timescale)) break;
      closeGap(held, placed);
      if (packet.isKey && endsGroup(held, parts.timescale)) yield takeOut();
      held.push({ packet, placed });
      if (isFull(held, made, parts.timescale)) yield takeOut();
    }
    if (held.length > 0) yield takeOut();
  } finally {
    giveUp.abort();
    await frames.return();
  }
}

/** Times are compared to a tick, so that a range that ends with the time of a key frame ends before that frame. */
function isBeyond(packet: MediaPacket, placed: PlacedFrame, toSeconds: number, timescale: number): boolean {
  const toTicks = Math.round(toSeconds * timescale);
  return placed.presentationTicks >= toTicks && (packet.isKey || placed.decodeTicks >= toTicks);
}

/** Decode times run on without a gap: a frame lasts until the next is decoded. */
function closeGap(held: Held[], next: PlacedFrame): void {
  const last = held.at(-1);
  if (last === undefined) return;
  held[held.length - 1] = { packet: last.packet, placed: { ...last.placed, durationTicks: next.decodeTicks - last.placed.decodeTicks } };
}

/** Who plays lets go of what is behind, and passes what is damaged, from one key frame to another: so pictures are cut there, too. */
function endsGroup(held: readonly Held[], timescale: number): boolean {
  return lengthSeconds(held, timescale) >= MIN_GROUP_SECONDS && held.some(({ packet }) => !packet.isKey);
}

function lengthSeconds(held: readonly Held[], timescale: number): number {
  const first = held[0];
  const last = held.at(-1);
  if (first === undefined || last === undefined) return 0;
  return (last.placed.decodeTicks + last.placed.durationTicks - first.placed.decodeTicks) / timescale;
}

function isFull(held: readonly Held[], made: number, timescale: number): boolean {
  const seconds = lengthSeconds(held, timescale);
  const limit = LENGTHS_SECONDS[Math.min(made, LENGTHS_SECONDS.length - 1)] ?? 1;
  return seconds >= limit || held.reduce((sum, { packet }) => sum + packet.bytes.length, 0) >= MAX_FRAGMENT_BYTES;
}

function makeFragment(parts: CutterParts, made: number, held: readonly Held[]): Fragment {
  const samples = held.map(({ packet, placed }) => ({
    bytes: packet.bytes,
    isKey: packet.isKey,
    durationTicks: placed.durationTicks,
    offsetTicks: placed.presentationTicks - placed.decodeTicks,
  }));
  const starts = held.map(({ placed }) => placed.presentationTicks);
  const ends = held.map(({ placed }) => placed.presentationTicks + placed.durationTicks);
  return {
    bytes: parts.write(made + 1, held[0]?.placed.decodeTicks ?? 0, samples),
    startSeconds: Math.min(...starts) / parts.timescale,
    endSeconds: Math.max(...ends) / parts.timescale,
    isIndependent: held[0]?.packet.isKey ?? false,
    fileStart: Math.min(...held.map(({ packet }) => packet.fileStart)),
    fileEnd: Math.max(...held.map(({ packet }) => packet.fileEnd)),
  };
}
