/** The list's shape while the first answer is on its way: same sizes, so nothing jumps. */
import type { JSX } from 'preact';
import { layout } from '../state/library.ts';

const CARDS = 12;

export function Skeleton(): JSX.Element {
  return (
    <div aria-hidden="true">
      {layout.value === 'grid' ? (
        <ul class="grid">
          {Array.from({ length: CARDS }, (_, at) => (
            <li class="card" key={at}>
              <div class="still" />
              <div class="card-title"><div class="bone line" style={{ width: `${60 + ((at * 13) % 35)}%` }} /></div>
              <div class="card-facts"><div class="bone line" style={{ width: '40%' }} /></div>
            </li>
          ))}
        </ul>
      ) : Array.from({ length: CARDS }, (_, at) => <div class="bone line" key={at} style={{ margin: '24px 0' }} />)}
    </div>
  );
}
