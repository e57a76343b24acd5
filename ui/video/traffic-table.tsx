/** The chart's figures for a screen reader, or for who likes numbers better. */
import type { JSX } from 'preact';
import { rate } from '../format/numbers.ts';
import { sinceStart } from '../format/times.ts';
import type { TrafficHistory, TrafficRates } from './traffic-history.ts';

/** More rows nobody reads; each then stands for a longer while. */
const MAX_ROWS = 12;

export function TrafficTable({ history }: { readonly history: TrafficHistory }): JSX.Element {
  const rows = summary(history.rates());
  if (rows.length === 0) return <p class="muted">Nothing came yet.</p>;
  return (
    <table class="table peers">
      <thead><tr><th scope="col">Until</th><th scope="col" class="number">CDN</th><th scope="col" class="number">Viewers</th><th scope="col" class="number">Seeders</th></tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.atSeconds}>
            <td>{sinceStart(row.atSeconds * 1000)}</td><td class="number">{rate(row.cdn)}</td>
            <td class="number">{rate(row.peers)}</td><td class="number">{rate(row.seeder)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Row {
  readonly atSeconds: number;
  readonly cdn: number;
  readonly peers: number;
  readonly seeder: number;
}

/** Means over equal numbers of steps, weighted by how long each lasted. */
function summary({ atSeconds, cdn, peers, seeder }: TrafficRates): Row[] {
  const perRow = Math.max(1, Math.ceil(atSeconds.length / MAX_ROWS));
  const rows: Row[] = [];
  for (let first = 0; first < atSeconds.length; first += perRow) {
    const end = Math.min(atSeconds.length, first + perRow);
    const lasted = (at: number): number => (atSeconds[at] ?? 0) - (atSeconds[at - 1] ?? 0);
    const mean = (values: readonly number[]): number => {
      let sum = 0;
      let total = 0;
      for (let at = first; at < end; at += 1) {
        sum += (values[at] ?? 0) * lasted(at);
        total += lasted(at);
      }
      return total === 0 ? 0 : sum / total;
    };
    rows.push({ atSeconds: atSeconds[end - 1] ?? 0, cdn: mean(cdn), peers: mean(peers), seeder: mean(seeder) });
  }
  return rows;
}
