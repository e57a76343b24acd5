/** What an admin should do so that viewers reach the seeder. */
import type { Notice } from './notice.ts';
import type { ReachFigures } from './reach.ts';

export interface ReachFindings {
  readonly isBridgeOnly: boolean;
  /** Addresses by which viewers came, the last one last. */
  readonly seenHosts: readonly string[];
}

const LOOPBACK = /^(127\.|::1$)/;

export function reachNotices(figures: ReachFigures, findings: ReachFindings): readonly Notice[] {
  return figures.mode === 'announced' ? announcedNotices(figures) : unannouncedNotices(figures, findings);
}

function announcedNotices({ announced }: ReachFigures): Notice[] {
  const notices: Notice[] = [];
  const unresolved = announced.filter(({ problem }) => problem !== undefined);
  if (unresolved.length > 0) {
    const lost = announced.every(({ ip }) => ip === null);
    notices.push({
      code: 'announce-unresolved', severity: lost ? 'problem' : 'warning',
      what: `${unresolved.map(({ given, problem = '', ip }) => `${given} ${problem}${ip === null ? '' : `, so viewers are still told ${ip}`}`).join('; ')}. `
        + (lost ? 'Viewers are told this machine\'s own addresses, which only those on the same network reach.' : 'Viewers who need that address do not reach the seeder over WebRTC; the CDN still serves them.'),
      action: 'Check the name in SWITCH_ANNOUNCE and the name server this machine uses. The name is looked up again by itself; an address in its place needs no lookup.',
    });
  }
  const known = announced.filter(({ ip }) => ip !== null);
  if (known.length > 0 && known.every(({ ip }) => LOOPBACK.test(ip ?? ''))) {
    notices.push({
      code: 'announce-local', severity: 'warning',
      what: `Only ${known.map(({ given }) => given).join(', ')} is announced, which is this machine seen from itself: viewers on other machines do not reach the seeder.`,
      action: 'Add this machine\'s address in the house to SWITCH_ANNOUNCE, such as 192.168.1.10.',
    });
  }
  return notices;
}

function unannouncedNotices({ udpPort, ownAddresses }: ReachFigures, { isBridgeOnly, seenHosts }: ReachFindings): Notice[] {
  if (!isBridgeOnly) return [];
  const addresses = `This node sees only addresses inside its container's network (${ownAddresses.join(', ')}), which other machines do not reach.`;
  if (udpPort === 0) {
    return [{
      code: 'udp-port-unfixed', severity: 'problem',
      what: `${addresses} As SWITCH_UDP_PORT is 0, no port can be published for it: viewers do not reach the seeder over WebRTC, and get videos from the CDN alone.`,
      action: 'Set SWITCH_UDP_PORT to a port such as 9000, publish it (-p 9000:9000/udp), and set SWITCH_ANNOUNCE to the address of the machine the container runs on.',
    }];
  }
  const useful = seenHosts.filter((host) => !LOOPBACK.test(host)).map((host) => (host.includes(':') ? `[${host}]` : host));
  return [{
    code: 'announce-unset', severity: 'warning',
    what: `${addresses} Nothing is announced, so each viewer is told the address in its own browser's address bar, where that is an address and not a name; `
      + 'viewers who come by a name or through a proxy may not reach the seeder over WebRTC, and get videos from the CDN alone.',
    action: useful.length > 0
      ? `Set SWITCH_ANNOUNCE=${useful.join(',')} (addresses by which viewers came), and publish the port: -p ${udpPort}:${udpPort}/udp.`
      : `Set SWITCH_ANNOUNCE to the address of the machine the container runs on, such as SWITCH_ANNOUNCE=192.168.1.10, and publish the port: -p ${udpPort}:${udpPort}/udp.`,
  }];
}
