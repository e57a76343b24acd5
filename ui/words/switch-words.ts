/** What the switch does and why, in sentences for people. Pure: figures in, words out. */
import type { DownloadFigures, PeerPath, Policy, SwitchReason, SwitchRecord, SwitchState } from '../../engine/index.ts';
import { size } from '../format/numbers.ts';
import { counted, place, sentenceCase } from './counts.ts';

/** How full the CDN is. Null where it is expected: the appliance is silent, or has not said yet. */
export interface CdnLoad {
  readonly activeStreams: number;
  readonly maxStreams: number;
}

type Seen = Pick<DownloadFigures, 'state' | 'switches' | 'peers' | 'cdnQueuePosition' | 'bytesResumed' | 'sharing' | 'failure' | 'policy'>;

export function stateSentence(figures: Seen, cdn: CdnLoad | null): string {
  const last = figures.switches.at(-1)?.reason;
  switch (figures.state) {
    case 'starting':
      return figures.bytesResumed > 0
        ? `Going on from the ${size(figures.bytesResumed)} that this browser kept.`
        : 'Asking who can serve this video.';
    case 'cdn':
      return hasBeen(figures.switches, 'swarm') || hasBeen(figures.switches, 'waiting') ? 'Back on the CDN.' : 'The CDN has room and serves this video.';
    case 'swarm':
      return [swarmReason(last, cdn), swarmPeers(figures), queueSentence(figures.cdnQueuePosition)].filter(Boolean).join(' ');
    case 'waiting':
      return [cdn === null && (last === 'cdn-down' || last === 'cdn-gone') ? 'The appliance does not answer, and nobody else has the missing pieces right now.' : 'Nobody has the missing pieces right now.',
        queueSentence(figures.cdnQueuePosition) || 'Asking again by itself.'].join(' ');
    case 'idle':
      return 'Nothing is wanted right now.';
    case 'done':
      return figures.sharing
        ? 'All of it is here, and every piece is verified. Shared with other viewers while this tab is open.'
        : 'All of it is here, and every piece is verified. Sharing is off.';
    case 'failed':
      return figures.failure ?? 'It did not work, and the reason is not known. Try again.';
    case 'stopped':
      return 'Stopped. What came so far is kept.';
  }
}

/** For a content that is played, or was, and of which nobody asked for everything: its rests are no news. */
export function watchSentence(figures: Seen, cdn: CdnLoad | null, { isPlaying, isKept }: { readonly isPlaying: boolean; readonly isKept: boolean }): string {
  if (figures.state === 'done') return stateSentence(figures, cdn);
  if (!isPlaying) return `Not playing. What came so far is ${figures.sharing ? 'shared with other viewers while this tab is open' : isKept ? 'kept for next time' : 'gone when this tab is closed'}.`;
  if (figures.state !== 'idle') return stateSentence(figures, cdn);
  const from = figures.switches.findLast(({ to }) => to === 'cdn' || to === 'swarm')?.to;
  const before = from === 'swarm' ? ' It came from other viewers.' : from === 'cdn' ? ' It came from the CDN.' : '';
  return `Enough is here for now.${before}`;
}

function hasBeen(switches: readonly SwitchRecord[], state: SwitchState): boolean {
  return switches.some((record) => record.from === state);
}

function swarmReason(reason: SwitchReason | undefined, cdn: CdnLoad | null): string {
  switch (reason) {
    // While the appliance answers the page's own questions, it was only too slow for this one.
    case 'cdn-down': return cdn === null ? 'The appliance does not answer.' : 'The CDN did not answer in time.';
    case 'cdn-gone': return cdn === null ? 'The appliance stopped answering in the middle.' : 'The CDN broke off in the middle.';
    case 'swarm-preferred': return 'Sparing the CDN.';
    default: {
      const load = cdn !== null && cdn.activeStreams >= cdn.maxStreams ? ` (${cdn.activeStreams} of ${cdn.maxStreams})` : '';
      return `The CDN is full${load}.`;
    }
  }
}

function swarmPeers(figures: Seen): string {
  const open = figures.peers.filter((peer) => peer.state === 'open' && peer.piecesHeld > 0);
  const viewers = open.filter((peer) => peer.role === 'viewer').length;
  const seeders = open.length - viewers;
  if (open.length === 0) return 'Looking for others who have it.';
  const who = [
    viewers > 0 ? counted(viewers, 'viewer') : '',
    seeders > 0 ? (seeders === 1 ? 'the appliance’s seeder' : counted(seeders, 'appliance seeder')) : '',
  ].filter(Boolean).join(' and ');
  return open.length === 1 ? `${sentenceCase(who)} has pieces of this video; getting it from there.` : `${sentenceCase(who)} have pieces of this video; getting it from them.`;
}

function queueSentence(position: number | null): string {
  return position === null ? '' : `${place(position)} in the queue for the CDN.`;
}

const HISTORY: Readonly<Record<SwitchReason, string>> = {
  'cdn-admitted': 'The CDN had room and took over.',
  'cdn-granted': 'The CDN had room again and called: back on the CDN.',
  'cdn-busy': 'The CDN was full. Went to the swarm and joined the queue.',
  'cdn-down': 'The CDN did not answer in time. Went to the swarm.',
  'cdn-gone': 'The CDN broke off in the middle. Went to the swarm.',
  'swarm-preferred': 'Went to the swarm, to spare the CDN.',
  'peers-found': 'Found others who have it.',
  'no-source': 'Nobody could serve the next piece. Waiting.',
  complete: 'Everything arrived and was verified.',
  stopped: 'Stopped.',
  'timed-out': 'Nobody served a byte for too long. Gave up.',
  'no-such-video': 'The appliance does not have this video any more.',
  'store-failed': 'This browser could not keep a piece.',
  resumed: 'Went on from what was kept.',
};

/**
 * Those that are news. A player that has its buffer rests, and goes on with whom it had before: that is no switch.
 * In the order they came.
 */
export function newsOf(records: readonly SwitchRecord[]): SwitchRecord[] {
  let last: SwitchState = 'starting';
  return records.filter(({ to }) => {
    if (to === 'idle' || to === last) return false;
    last = to;
    return true;
  });
}

export function historySentence(record: SwitchRecord): string {
  if (record.reason === 'cdn-busy' && record.to === 'waiting') return 'The CDN was full and nobody else had it. Waiting in the queue.';
  return HISTORY[record.reason];
}

export const POLICY_WORDS: Readonly<Record<Policy, { readonly title: string; readonly meaning: string }>> = {
  'cdn-first': { title: 'CDN first', meaning: 'From the appliance while it has room; from other viewers when it is full.' },
  'swarm-first': { title: 'Swarm first', meaning: 'From other viewers; the CDN gives only what they lack. Leaves room for others.' },
  both: { title: 'Both at once', meaning: 'From the CDN and from other viewers together. The fastest.' },
};

const CANDIDATE_WORDS = {
  host: 'its own address', srflx: 'the address that a router gives it', prflx: 'an address seen while connecting', relay: 'a relay',
} as const;

/** The candidate pair (RFC 8445) for people. */
export function pathWords({ localType, remoteType }: PeerPath): string {
  return `This device is reached at ${CANDIDATE_WORDS[localType]}, the other one at ${CANDIDATE_WORDS[remoteType]}.`;
}

export const ROLE_WORDS = { viewer: 'Viewer', seeder: 'Appliance seeder' } as const;
export const PEER_STATE_WORDS = { connecting: 'Connecting', open: 'Connected' } as const;
export const SIGNALLING_WORDS = {
  connected: 'Connected',
  connecting: 'Not connected: trying.',
  off: 'Off',
} as const;
