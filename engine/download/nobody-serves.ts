/** The error of a download that gave up waiting: says what was tried, for people. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Switchboard } from './switchboard.ts';

export function nobodyServes(manifest: Manifest, { state, troubles, peers, hasFoundPeers }: Switchboard, limitMs: number): SwitchError {
  const cdns = state.cdns.map(({ id }) => troubles.get(id) ?? `${id} gave nothing.`);
  const nobody = hasFoundPeers ? 'Peers were found, but no connection to any of them is open: UDP may not get through.' : 'No peer was found.';
  const swarm = peers.length === 0 ? nobody : `${peers.length} connected ${peers.length === 1 ? 'peer' : 'peers'} gave nothing.`;
  return new SwitchError('nobody-serves', [`Nobody served ${manifest.name} for ${Math.round(limitMs / 1_000)} s.`, ...cdns, swarm].join(' '));
}
