/**
 * The verdicts on the way of UDP. Each try went only one way, from here to the node, except the last (`usual`), in which the node
 * came to us too: a connection that only the last one made stands on the node reaching out, which a viewer's router would stop.
 */
import { DEFAULT_UDP_PORT, formatEndpoint, hostOf, reachOf } from './addresses.ts';
import type { Endpoint, Observations, PathTry } from './observations.ts';
import type { Verdict } from './verdicts.ts';

const LATER = 'Try again when fewer viewers are connected, or raise SWITCH_SEEDER_MAX_PEERS.';

/** Named in place of an address that only this machine knows itself by. */
const ANNOUNCE_OWN = 'Run this on a viewer\'s machine, for one does not always reach itself from outside; if it says the same there, set SWITCH_ANNOUNCE on the node to the address by which viewers reach its machine, such as 192.168.1.10.';

export function judgeCandidate(seen: Observations): Verdict | undefined {
  const { seeder, http } = seen;
  switch (seeder?.kind) {
    case undefined: return undefined;
    case 'absent':
      if (http?.kind === 'ours' && !http.seederEnabled) {
        return { state: 'warning', ends: true, finding: 'The node\'s own peer is off: viewers share with one another, and the way of UDP to the node cannot be tried.',
          action: 'Set SWITCH_SEEDER=true on the node when it is to share too.' };
      }
      return failed(`The node's own peer did not come to the swarm within ${seeder.limitMs / 1_000} s, though it is on.`, 'Look at the log of the node; it may be older than this program.');
    case 'refused':
      return { state: 'warning', ends: true, finding: `The node's own peer refuses one more connection: ${seeder.reason}${places(seen)}.`, action: LATER };
    case 'silent': return failed(`The node's own peer did not answer within ${seeder.limitMs / 1_000} s.`, 'Look at the log and the load of the node.');
    case 'no-webrtc':
      return failed('There is no WebRTC here: this browser has it switched off, or has made as many connections as it may.', 'Switch WebRTC on, close the tab and open it again, or use another browser.');
    case 'answered': return judgeAnnounced(seeder.announced, seen);
  }
}

function judgeAnnounced(announced: readonly Endpoint[], seen: Observations): Verdict | undefined {
  const { paths = [] } = seen;
  if (paths.length === 0) return undefined;
  const said = listOf(announced);
  const host = paths.find(({ plan, pair }) => plan === 'host' && pair !== undefined);
  const found = host === undefined ? undefined : reachedBy(host);
  const there = found === undefined ? '' : `; ${formatEndpoint(found)}, where its page is, does`;
  if (announced.length === 0) return failedOn(`The node's own peer tells no address at all${there === '' ? '' : `${there} answer`}.`, announceAction(seen, found?.port));
  if (found !== undefined) return failedOn(`The node announces ${said}, which does not answer from here${there}.`, announceAction(seen, found.port));
  const suspicion = suspect(announced, seen);
  return suspicion === undefined ? { state: 'ok', finding: `The node announces ${said}.` }
    : { state: 'warning', finding: `The node announces ${said}: ${suspicion}.`, action: announceAction(seen) };
}

/** What is odd about the announced addresses, whether or not they answer here. */
function suspect(announced: readonly Endpoint[], { httpAddress, paths = [] }: Observations): string | undefined {
  const reaches = announced.map(({ address }) => reachOf(address));
  if (announced.some(({ address }) => address === httpAddress) || reaches.includes('others')) return undefined;
  const reached = paths.some(({ plan, pair }) => plan === 'announced' && pair !== undefined);
  if (reaches.every((reach) => reach === 'machine')) return 'only the machine itself reaches that';
  if (reaches.every((reach) => reach === 'nobody')) return reached ? undefined : 'nobody reaches that, for it is kept for examples or for one link';
  return 'that looks like a container\'s inner network, which only its host reaches';
}

export function judgeUdp(seen: Observations): Verdict | undefined {
  const { paths = [] } = seen;
  const [first] = paths;
  const won = paths.find(({ pair }) => pair !== undefined);
  if (first === undefined) return undefined;
  if (won?.pair === undefined) return judgeNoWay(seen);
  const { local, remote } = won.pair;
  if (local.type === 'relay' || remote.type === 'relay') {
    return { state: 'warning', finding: `There is no direct way: it works only by the relay ${formatEndpoint(local.type === 'relay' ? local : remote)}, which carries every byte.`, action: portAction(seen) };
  }
  if (won.plan !== 'usual') {
    const reached = reachedBy(won);
    return { state: 'ok', finding: `UDP reaches the node at ${reached === undefined ? 'the address it told' : formatEndpoint(reached)}${local.address === '' ? '' : ` from ${formatEndpoint(local)}`}.` };
  }
  const strictly = targetsOf(paths.filter(({ plan }) => plan !== 'usual'));
  const silent = strictly === '' ? 'There is no address to go to' : `Nothing came back over UDP from ${strictly} within ${first.limitMs / 1_000} s`;
  if (paths.some(({ targets }) => targets.some(({ type }) => type !== 'host'))) {
    return { state: 'warning', action: portAction(seen),
      finding: `${silent}; a connection came about only because both sides reached out to each other, which some routers do not let pass.` };
  }
  return { state: 'failed', action: portAction(seen),
    finding: `${silent}; a connection came about only because the node reached out to this machine, which it cannot do to viewers behind a router.` };
}

function judgeNoWay(seen: Observations): Verdict {
  const { paths = [] } = seen;
  if (paths.every(({ targets }) => targets.length === 0)) return failed('There is no address to go to.', announceAction(seen));
  const limitMs = paths.reduce((sum, one) => sum + one.limitMs, 0);
  return failed(`Nothing came back over UDP from ${targetsOf(paths)} within ${limitMs / 1_000} s.`, portAction(seen));
}

/** That a port is closed, dropped on the way or published under another number looks the same from here: silence. */
function portAction({ paths = [], httpAddress, applianceUrl }: Observations): string {
  const port = paths.flatMap(({ targets }) => targets).find(({ type }) => type === 'host')?.port ?? DEFAULT_UDP_PORT;
  const mapping = port === DEFAULT_UDP_PORT ? `-p ${port}:${port}/udp` : `-p ${port}:N/udp, N being SWITCH_UDP_PORT`;
  const example = isOwn(applianceUrl, httpAddress) ? '192.168.1.10' : httpAddress;
  return `Publish UDP port ${port} (${mapping}), let firewalls pass it and, for viewers outside, forward it on the router; `
    + `if it is published under another number, say so: SWITCH_ANNOUNCE=${formatEndpoint({ address: example, port: 41_000 })}.`;
}

/** `port` is where it answered; where it is not the usual one it must be said. */
function announceAction({ httpAddress, applianceUrl, seeder }: Observations, port?: number): string {
  if (isOwn(applianceUrl, httpAddress)) return ANNOUNCE_OWN;
  const host = hostOf(applianceUrl);
  // A name stays right when the address behind it changes.
  const known = port ?? (seeder?.kind === 'answered' ? seeder.announced.find(({ type }) => type === 'host')?.port : undefined) ?? DEFAULT_UDP_PORT;
  const named = formatEndpoint({ address: host, port: known });
  return `Set SWITCH_ANNOUNCE=${known === DEFAULT_UDP_PORT ? named.slice(0, -`:${known}`.length) : named} on the node, with more addresses behind commas where viewers reach it by others.`;
}

function isOwn(url: string, httpAddress: string): boolean {
  return reachOf(httpAddress) === 'machine' || reachOf(hostOf(url)) === 'machine';
}

/** Where a try got through; the one target where the platform does not tell. */
function reachedBy({ pair, targets }: PathTry): Endpoint | undefined {
  return pair === undefined || pair.remote.port === 0 || pair.remote.address === '' ? targets[0] : pair.remote;
}

function targetsOf(paths: readonly PathTry[]): string {
  return listOf(paths.flatMap(({ targets }) => targets));
}

function listOf(endpoints: readonly Endpoint[]): string {
  const all = [...new Set(endpoints.map(formatEndpoint))];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

function places({ http }: Observations): string {
  return http?.kind === 'ours' && http.seederMaxPeers > 0 ? ` (${http.seederPeers} of ${http.seederMaxPeers} places taken)` : '';
}

function failed(finding: string, action: string): Verdict {
  return { state: 'failed', finding, action, ends: true };
}

/** Failed, while there is more to try on. */
function failedOn(finding: string, action: string): Verdict {
  return { state: 'failed', finding, action };
}
