import { test } from 'tap';
import type { DownloadFigures, PeerFigures, SwitchReason, SwitchRecord, SwitchState } from '../../../engine/index.ts';
import { historySentence, newsOf, stateSentence, watchSentence } from '../../../ui/words/switch-words.ts';

const peer = (role: PeerFigures['role'], at: number): PeerFigures => ({
  peerId: `peer-${at}`, role, state: 'open', piecesHeld: 3, bytesReceived: 0, bytesSent: 0, receiveMbps: 0, sendMbps: 0, roundTripMs: null, path: null,
});

type Seen = Parameters<typeof stateSentence>[0];

function seen(state: SwitchState, over: Partial<Seen> = {}): Seen {
  return { state, switches: [], peers: [], cdnQueuePosition: null, bytesResumed: 0, sharing: true, failure: null, policy: 'cdn-first', ...over };
}

function switched(from: SwitchState, to: SwitchState, reason: SwitchReason): DownloadFigures['switches'] {
  return [{ atMs: 0, from, to, reason }];
}

const full = { activeStreams: 8, maxStreams: 8 };

test('says what the switch does and what it means', async (t) => {
  const cases: [string, Seen, typeof full | null][] = [
    ['The CDN has room and serves this video.', seen('cdn', { switches: switched('starting', 'cdn', 'cdn-admitted') }), full],
    ['Back on the CDN.', seen('cdn', { switches: switched('swarm', 'cdn', 'cdn-granted') }), full],
    ['The CDN is full (8 of 8). Three viewers have pieces of this video; getting it from them. Second in the queue for the CDN.',
      seen('swarm', { switches: switched('cdn', 'swarm', 'cdn-busy'), peers: [peer('viewer', 1), peer('viewer', 2), peer('viewer', 3)], cdnQueuePosition: 2 }), full],
    ['The CDN is full. The appliance’s seeder has pieces of this video; getting it from there.',
      seen('swarm', { switches: switched('cdn', 'swarm', 'cdn-busy'), peers: [peer('seeder', 1)] }), null],
    ['The appliance stopped answering in the middle. One viewer has pieces of this video; getting it from there.',
      seen('swarm', { switches: switched('cdn', 'swarm', 'cdn-gone'), peers: [peer('viewer', 1)] }), null],
    ['The CDN did not answer in time. One viewer has pieces of this video; getting it from there.',
      seen('swarm', { switches: switched('cdn', 'swarm', 'cdn-down'), peers: [peer('viewer', 1)] }), full],
    ['Nobody has the missing pieces right now. First in the queue for the CDN.', seen('waiting', { cdnQueuePosition: 1 }), full],
    ['Nobody has the missing pieces right now. Asking again by itself.', seen('waiting'), null],
    ['Going on from the 12 MB that this browser kept.', seen('starting', { bytesResumed: 12_000_000 }), null],
    ['All of it is here, and every piece is verified. Sharing is off.', seen('done', { sharing: false }), null],
    ['No room.', seen('failed', { failure: 'No room.' }), null],
  ];
  for (const [words, figures, cdn] of cases) t.equal(stateSentence(figures, cdn), words);
});

test('never counts a CDN with room as full', async (t) => {
  t.match(stateSentence(seen('swarm', { switches: switched('cdn', 'swarm', 'cdn-busy') }), { activeStreams: 2, maxStreams: 8 }), /^The CDN is full\. /);
});

test('the history tells apart a refusal that found peers and one that found nobody', async (t) => {
  t.not(historySentence({ atMs: 0, from: 'cdn', to: 'swarm', reason: 'cdn-busy' }), historySentence({ atMs: 0, from: 'cdn', to: 'waiting', reason: 'cdn-busy' }));
});

const record = (from: SwitchState, to: SwitchState, reason: SwitchReason): SwitchRecord => ({ atMs: 0, from, to, reason });

test('a player that rests and goes on with the same source has not switched', async (t) => {
  const records = [
    record('starting', 'cdn', 'cdn-admitted'), record('cdn', 'idle', 'complete'), record('idle', 'cdn', 'cdn-admitted'), record('cdn', 'idle', 'complete'),
    record('idle', 'swarm', 'cdn-busy'), record('swarm', 'waiting', 'no-source'), record('waiting', 'swarm', 'peers-found'),
    record('swarm', 'idle', 'complete'), record('idle', 'cdn', 'cdn-granted'), record('cdn', 'done', 'complete'),
  ];
  t.same(newsOf(records).map(({ to }) => to), ['cdn', 'swarm', 'waiting', 'swarm', 'cdn', 'done']);
  t.same(newsOf([]), []);
});

test('a content that is watched says who it came from while it rests, and what happens to it when nobody plays it', async (t) => {
  const swarm: SwitchRecord = { atMs: 0, from: 'cdn', to: 'swarm', reason: 'cdn-busy' };
  t.equal(watchSentence(seen('idle', { switches: [swarm] }), null, { isPlaying: true, isKept: true }), 'Enough is here for now. It came from other viewers.');
  t.equal(watchSentence(seen('idle'), null, { isPlaying: true, isKept: true }), 'Enough is here for now.');
  t.match(watchSentence(seen('waiting'), null, { isPlaying: true, isKept: true }), /^Nobody has the missing pieces right now/);
  t.match(watchSentence(seen('idle'), null, { isPlaying: false, isKept: true }), /shared with other viewers while this tab is open/);
  t.notMatch(watchSentence(seen('idle', { sharing: false }), null, { isPlaying: false, isKept: true }), /shared/);
  t.match(watchSentence(seen('idle', { sharing: false }), null, { isPlaying: false, isKept: false }), /gone when this tab is closed/);
  t.match(watchSentence(seen('done'), null, { isPlaying: false, isKept: true }), /every piece is verified/);
});
