/** What the CDN and the swarms are doing right now. */
import type { JSX } from 'preact';
import type { Overview } from '../api/admin.ts';
import { follow, videoHref } from '../router.ts';
import { count } from '../format/numbers.ts';
import { seederSentence, swarmsSentence } from '../words/admin-words.ts';
import { cdnSentence } from '../words/status-words.ts';

/** Above this, ticks for single slots would be a blur. */
const MAX_TICKS = 48;

export function Delivery({ overview }: { readonly overview: Overview }): JSX.Element {
  const { cdn, seeder, swarms, swarmsTotal } = overview;
  if (cdn === null || seeder === null) return <p class="muted">The storage does not answer, and without it there is nothing to serve.</p>;
  return (
    <>
      {cdn.maxStreams > MAX_TICKS ? null : (
        <div class="slots" aria-hidden="true">{Array.from({ length: cdn.maxStreams }, (_, at) => <i key={at} class={at < cdn.activeStreams ? 'taken' : ''} />)}</div>
      )}
      <p>{cdnSentence({ cdn })}</p>
      <p>{seederSentence(seeder)}</p>
      <p>{swarmsSentence(swarms.length, swarmsTotal)}</p>
      {swarms.length === 0 ? null : (
        <div class="scroll-x" tabindex={0} role="region" aria-label="Swarms">
          <table class="table">
            <thead><tr><th scope="col">Video</th><th scope="col" class="number">Viewers</th><th scope="col" class="number">Seeders</th></tr></thead>
            <tbody>
              {swarms.map(({ contentId, title, viewers, seeders }) => (
                <tr key={contentId}>
                  <td><a href={videoHref(contentId)} onClick={follow} dir="auto">{title ?? `Not in this library (${contentId.slice(0, 8)}…)`}</a></td>
                  <td class="number">{count(viewers)}</td><td class="number">{count(seeders)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
