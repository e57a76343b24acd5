/**
 * How much came from whom over time, for the chart. Pure: the caller brings the time. It never holds more than
 * {@link MAX_SAMPLES}: a long session is drawn with coarser steps, as its chart has no more pixels than a short one's.
 */
import type { BytesFrom } from '../../engine/index.ts';

export const MAX_SAMPLES = 480;
const FIRST_STEP_MS = 1_000;
/** What came since the last step is shown as if it took this long at least: a burst of a moment is no rate. */
const SHORTEST_STEP_MS = 500;

export interface TrafficSample {
  readonly atMs: number;
  /** Verified bytes since the beginning. */
  readonly bytes: BytesFrom;
}

export interface TrafficRates {
  /** Seconds since the beginning: the end of each step. Empty while nothing came. */
  readonly atSeconds: readonly number[];
  /** Mb/s in each step. */
  readonly cdn: readonly number[];
  readonly peers: readonly number[];
  readonly seeder: readonly number[];
}

const NOTHING: BytesFrom = { cdn: 0, peers: 0, seeder: 0 };

export class TrafficHistory {
  #samples: TrafficSample[] = [{ atMs: 0, bytes: NOTHING }];
  #stepMs = FIRST_STEP_MS;
  #latest: TrafficSample = { atMs: 0, bytes: NOTHING };

  get samples(): readonly TrafficSample[] {
    return this.#samples;
  }

  /** Called whenever figures change, and not while nothing happens: a gap is silence, not a slow trickle. */
  add(atMs: number, bytes: BytesFrom): void {
    const last = this.#samples.at(-1);
    if (last === undefined || atMs < last.atMs) return;
    if (atMs - last.atMs >= this.#stepMs) {
      if (atMs - this.#latest.atMs > 2 * this.#stepMs) {
        // Nothing changed until just now: the counters stood still, first at the last sight of them.
        this.#push({ atMs: Math.max(last.atMs, this.#latest.atMs), bytes: this.#latest.bytes });
        this.#push({ atMs: atMs - this.#stepMs, bytes: this.#latest.bytes });
      }
      this.#push({ atMs, bytes });
    }
    this.#latest = { atMs, bytes };
  }

  #push(sample: TrafficSample): void {
    if (sample.atMs <= (this.#samples.at(-1)?.atMs ?? -1)) return;
    this.#samples.push(sample);
    if (this.#samples.length <= MAX_SAMPLES) return;
    this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
    this.#stepMs *= 2;
  }

  /** One entry a step; the last one may not be over. */
  rates(): TrafficRates {
    const samples = [...this.#samples, ...this.#unfinished()];
    const atSeconds: number[] = [];
    const rates = { cdn: [] as number[], peers: [] as number[], seeder: [] as number[] };
    for (let at = 1; at < samples.length; at += 1) {
      const before = samples[at - 1];
      const after = samples[at];
      if (before === undefined || after === undefined) continue;
      const mbps = (source: keyof BytesFrom): number => Math.max(0, ((after.bytes[source] - before.bytes[source]) * 8) / 1000 / (after.atMs - before.atMs));
      atSeconds.push(after.atMs / 1000);
      for (const source of ['cdn', 'peers', 'seeder'] as const) rates[source].push(mbps(source));
    }
    return { atSeconds, ...rates };
  }

  /** What came since the last step: all there is of a small video. */
  #unfinished(): TrafficSample[] {
    const last = this.#samples.at(-1);
    const { atMs, bytes } = this.#latest;
    if (last === undefined || sum(bytes) <= sum(last.bytes)) return [];
    return [{ atMs: Math.max(atMs, last.atMs + SHORTEST_STEP_MS), bytes }];
  }
}

function sum({ cdn, peers, seeder }: BytesFrom): number {
  return cdn + peers + seeder;
}
