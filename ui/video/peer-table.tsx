import type { JSX } from 'preact';
import type { DownloadFigures, PeerFigures } from '../../engine/index.ts';
import { milliseconds, percent, rate, size } from '../format/numbers.ts';
import { PEER_STATE_WORDS, pathWords, ROLE_WORDS } from '../words/switch-words.ts';
import { SOURCE_LOOKS } from './sources.ts';

export function PeerTable({ figures }: { readonly figures: DownloadFigures }): JSX.Element {
  if (figures.peers.length === 0) {
    return <p class="muted">Nobody else has this video open right now. Others appear here when they do.</p>;
  }
  return (
    <div class="scroll-x">
      <table class="table peers">
        <thead>
          <tr>
            <th scope="col">Who</th><th scope="col" class="number">Has</th><th scope="col" class="number">From them</th>
            <th scope="col" class="number">To them</th><th scope="col" class="number">Round trip, path</th>
          </tr>
        </thead>
        <tbody>{figures.peers.map((peer) => <PeerRow key={peer.peerId} peer={peer} piecesTotal={figures.piecesTotal} />)}</tbody>
      </table>
    </div>
  );
}

function PeerRow({ peer, piecesTotal }: { readonly peer: PeerFigures; readonly piecesTotal: number }): JSX.Element {
  const source = peer.role === 'seeder' ? 'seeder' : 'peer';
  return (
    <tr>
      <td title={`Peer ${peer.peerId}`}>
        <span class="who">
          <span class={`swatch ${source}`} style={{ '--swatch': `var(${SOURCE_LOOKS[source].variable})` }} aria-hidden="true" />
          {ROLE_WORDS[peer.role]} <span class="mono muted">{peer.peerId.slice(0, 6)}</span>
        </span>
      </td>
      {peer.state === 'connecting' ? <td class="plain" colSpan={4}>{PEER_STATE_WORDS.connecting}</td> : (
        <>
          <td class="number">{percent(peer.piecesHeld, piecesTotal)}</td>
          <td class="number">{traffic(peer.receiveMbps, peer.bytesReceived)}</td>
          <td class="number">{traffic(peer.sendMbps, peer.bytesSent)}</td>
          <td class="number">
            {milliseconds(peer.roundTripMs)}
            {peer.path === null ? null : <small class="path" title={pathWords(peer.path)}>{peer.path.localType} → {peer.path.remoteType}, {peer.path.protocol.toUpperCase()}</small>}
          </td>
        </>
      )}
    </tr>
  );
}

/** The rate while something flows, else what flowed in all. */
function traffic(mbps: number, bytes: number): JSX.Element {
  if (mbps >= 0.05) return <span title={`${size(bytes)} in all`}>{rate(mbps)}</span>;
  return <span class="muted">{bytes === 0 ? '–' : size(bytes)}</span>;
}
