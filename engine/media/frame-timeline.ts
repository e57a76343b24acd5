/**
 * Gives frames decode times, which the readers of most containers do not tell, and keeps presentation times above zero.
 *
 * Pictures: the decode time of a key frame is its presentation time, and each following frame is decoded when the one before it
 * has lasted its duration. The durations of a group of pictures add up to the same in either order, so the sum meets the next key
 * frame; in open groups they come near it. Composition offsets may thus be negative. MSE asks that decode times never go back, and never ahead
 * by more than two frames (W3C Media Source Extensions, coded frame processing): sums cannot.
 *
 * Before zero a SourceBuffer shows nothing, and forgets frames that others need. Pictures there (an edit list that begins within
 * a group of pictures) are squeezed into the first half of the first picture shown: decoded, and seen for less than a frame.
 * Sounds that end before zero (what an encoder primes itself with) are left out.
 */
import type { MediaPacket } from './media-packet.ts';

export interface PlacedFrame {
  readonly decodeTicks: number;
  readonly presentationTicks: number;
  readonly durationTicks: number;
}

/** Containers that count in milliseconds place a sound up to this much beside the end of the one before. */
const ROUNDING_SECONDS = 0.0015;
/** Open groups shift decode times against presentation times by the pictures before the key frame; a shift beyond this is a gap in the file. */
const MAX_REORDER_SECONDS = 0.5;
const USUAL_FRAME_SECONDS = 1 / 25;

export class FrameTimeline {
  readonly #isPicture: boolean;
  readonly #timescale: number;
  #lastTicks = -1;
  #nextSeconds: number | null = null;
  #startSeconds = 0;
  #groups = 0;
  #halfSeconds = 0;

  constructor(kind: 'video' | 'audio', timescale: number) {
    this.#isPicture = kind === 'video';
    this.#timescale = timescale;
  }

  /** null: the frame is not for this stream. */
  place(packet: MediaPacket): PlacedFrame | null {
    return this.#isPicture ? this.#picture(packet) : this.#sound(packet);
  }

  #picture(packet: MediaPacket): PlacedFrame | null {
    if (this.#nextSeconds === null) {
      this.#startSeconds = packet.presentationSeconds;
      this.#halfSeconds = (packet.durationSeconds > 0 ? packet.durationSeconds : USUAL_FRAME_SECONDS) / 2;
    }
    const start = this.#aboveZero(packet.presentationSeconds);
    const duration = this.#aboveZero(packet.presentationSeconds + packet.durationSeconds) - start;
    if (packet.isKey) this.#groups += 1;
    const decode = packet.isKey ? this.#keyDecode(start, duration) : this.#nextSeconds ?? start;
    // What is shown before the first key frame needs a group that was not read.
    if (this.#groups < 2 && packet.presentationSeconds < this.#startSeconds) {
      this.#nextSeconds = decode + duration;
      return null;
    }
    return this.#placed(decode, start, duration);
  }

  /** Meets the key frame's own time, where that is possible without a jump that would count as a gap. */
  #keyDecode(start: number, duration: number): number {
    if (this.#nextSeconds === null) return start;
    const ahead = start - this.#nextSeconds;
    const isNear = ahead <= duration && ahead >= -duration / 2;
    return isNear || Math.abs(ahead) > MAX_REORDER_SECONDS ? start : this.#nextSeconds;
  }

  #sound(packet: MediaPacket): PlacedFrame | null {
    const end = packet.presentationSeconds + packet.durationSeconds;
    if (packet.presentationSeconds < 0 && end <= ROUNDING_SECONDS) return null;
    let start = Math.max(0, packet.presentationSeconds);
    if (this.#nextSeconds !== null && Math.abs(start - this.#nextSeconds) <= ROUNDING_SECONDS) start = this.#nextSeconds;
    const placed = this.#placed(start, start, end - Math.max(0, packet.presentationSeconds));
    return { ...placed, presentationTicks: placed.decodeTicks };
  }

  #placed(decodeSeconds: number, startSeconds: number, durationSeconds: number): PlacedFrame {
    const wanted = Math.round(decodeSeconds * this.#timescale);
    const decodeTicks = Math.max(wanted, this.#lastTicks + 1, 0);
    this.#lastTicks = decodeTicks;
    const from = decodeTicks === wanted ? decodeSeconds : decodeTicks / this.#timescale;
    this.#nextSeconds = from + durationSeconds;
    return {
      decodeTicks,
      presentationTicks: Math.round(startSeconds * this.#timescale),
      durationTicks: Math.max(1, Math.round(this.#nextSeconds * this.#timescale) - decodeTicks),
    };
  }

  /** The same order of pictures, none before zero. */
  #aboveZero(seconds: number): number {
    if (this.#startSeconds >= 0) return seconds;
    if (seconds >= 0) return Math.max(seconds, this.#halfSeconds);
    return this.#halfSeconds * Math.max(0, 1 - seconds / this.#startSeconds);
  }
}
