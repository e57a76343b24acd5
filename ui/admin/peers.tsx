/** Who is connected, from where, to what, and what the node's own seeder gives them. */
import type { JSX } from 'preact';
import type { ConnectedPeer } from '../api/admin.ts';
import { getPeers } from '../api/client.ts';
import { count, rate, size } from '../format/numbers.ts';
import { age, moment } from '../format/times.ts';
import { follow, videoHref } from '../router.ts';
import { nowMs } from '../state/now.ts';
import { wayWords } from '../words/admin-words.ts';
import { ROLE_WORDS } from '../words/switch-words.ts';
import { usePolled } from './polled.ts';
import { Answered, Section } from './section.tsx';

const INTERVAL_MS = 5_000;
/** Below it nothing flows that anybody would notice. */
const MIN_SHOWN_MBPS = 0.05;

export function Peers(): JSX.Element {
  const peers = usePolled(getPeers, INTERVAL_MS);
  return (
    <Section title="Peers" wide>
      <Answered polled={peers}>{({ items, total }) => items.length === 0 ? (
        <p class="muted">Nobody is connected right now. Whoever opens a video appears here.</p>
      ) : (
        <>
          <p class="muted">
            {count(total)} connected{items.length < total ? `, of whom ${count(items.length)} are shown` : ''}: everybody who has a video open, and the node’s
            own seeder. What viewers give each other does not pass through this node, and is not counted here.
          </p>
          <PeerTable peers={items} />
        </>
      )}</Answered>
    </Section>
  );
}

function PeerTable({ peers }: { readonly peers: readonly ConnectedPeer[] }): JSX.Element {
  return (
    <div class="scroll-x" tabindex={0} role="region" aria-label="Peers">
      <table class="table peer-list">
        <thead>
          <tr>
            <th scope="col">Who</th><th scope="col">Address</th><th scope="col">Connected</th><th scope="col">Video</th>
            <th scope="col" class="number">From the seeder</th><th scope="col">Path to it</th>
          </tr>
        </thead>
        <tbody>{peers.map((peer) => <PeerRow key={peer.peerId} peer={peer} />)}</tbody>
      </table>
    </div>
  );
}

function PeerRow({ peer }: { readonly peer: ConnectedPeer }): JSX.Element {
  const { peerId, role, address, since, swarms, swarmsTotal, seeder } = peer;
  const more = swarmsTotal - swarms.length;
  return (
    <tr>
      <td class="plain"><span class="who"><i class={role} aria-hidden="true" />{ROLE_WORDS[role]} <span class="mono">{peerId}</span></span></td>
      <td class="mono" data-label="Address">{address ?? <span class="muted">not known</span>}</td>
      <td class="plain" data-label="Connected">{since === null ? '–' : <time dateTime={since} title={moment(since)}>{age(since, nowMs.value)}</time>}</td>
      <td class="titles" data-label="Video">
        {swarms.map(({ contentId, title, havePermille }) => (
          <div key={contentId}>
            <a href={videoHref(contentId)} onClick={follow} dir="auto">{title ?? `Not in this library (${contentId.slice(0, 8)}…)`}</a>{' '}
            <span class="muted">{role === 'seeder' ? '' : `has ${Math.floor(havePermille / 10)} %`}</span>
          </div>
        ))}
        {more > 0 ? <span class="muted">and {count(more)} more</span> : null}
        {swarmsTotal === 0 ? <span class="muted">none</span> : null}
      </td>
      <td class="number" data-label="From the seeder">{seeder === null ? '–' : <>{seeder.sendMbps >= MIN_SHOWN_MBPS ? <strong>{rate(seeder.sendMbps)}</strong> : null} {size(seeder.sentBytes)}</>}</td>
      <td class="plain" data-label="Path to it">{wayWords(peer)}</td>
    </tr>
  );
}
