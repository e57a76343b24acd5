/** The error of a download that gave up waiting: says what was tried, for people. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Switchboard } from './switchboard.ts';

export function nobodyServes(manifest: Manifest, { state, troubles, peers }: Switchboard, limitMs: number): SwitchError {
  const cdns = state.cdns.map(({ id }) => troubles.get(id) ?? `${id} gave nothing.`);
  const swarm = peers.length === 0 ? 'No peer was found.' : `${peers.length} connected ${peers.length === 1 ? 'peer' : 'peers'} gave nothing.`;
  return new SwitchError('nobody-serves', [`Nobody served ${manifest.name} for ${Math.round(limitMs / 1_000)} s.`, ...cdns, swarm].join(' '));
}
