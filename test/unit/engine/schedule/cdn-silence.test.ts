/** A CDN that dies, falls silent or lies: what is taken from it, and when it is asked again. */
import { test } from 'tap';
import { advance, wakeAtMs } from '../../../../engine/schedule/decide.ts';
import { CDN_QUIET_MAX_MS, CDN_QUIET_MS, STALL_PAUSE_MS } from '../../../../engine/schedule/limits.ts';
import {
  applianceReturned, cdnEnded, cdnProgressed, forgiveSilence, peerFailed, peerProgressed,
} from '../../../../engine/schedule/schedule-events.ts';
import { addPeer, cdn, decided, newState, only, refused, streaming } from '../../../fixtures/schedule-table.ts';

test('a CDN that dies in mid-stream is a refusal: its pieces go to the peers in the same moment', (t) => {
  const state = streaming();
  addPeer(state, 'a');
  cdnEnded(state, cdn(state), { how: 'failed', retryAfterMs: undefined }, 100);
  const decisions = advance(state, 100);
  t.equal(only(decisions, 'ask-peer').length, 2);
  t.match(only(decisions, 'enter'), [{ state: 'swarm', reason: 'cdn-gone' }]);
  t.ok((state.cdns[0]?.retryAtMs ?? 0) > 100);
  t.end();
});

test('an appliance that is back is asked at once, and not when the pause after its death is over', (t) => {
  const state = streaming();
  for (let failure = 1; failure <= 4; failure += 1) cdnEnded(state, cdn(state), { how: 'failed', retryAfterMs: undefined }, 100 * failure);
  t.same(decided(state, 'ask-cdn', 1_000), []);
  applianceReturned(state, 1_000);
  t.equal(decided(state, 'ask-cdn', 1_000).length, 1);
  const busy = refused();
  applianceReturned(busy, 20);
  t.same(decided(busy, 'ask-cdn', 20), [], 'one that was full said when to come back');
  t.end();
});

test('a CDN that falls silent is not waited for, and goes on if it speaks again', (t) => {
  const state = streaming();
  addPeer(state, 'a');
  const wake = wakeAtMs(state, 6) ?? 0;
  t.ok(wake <= 5 + CDN_QUIET_MS + 1);
  const decisions = advance(state, wake);
  t.match(only(decisions, 'shorten-window'), [{ last: 0 }], 'it keeps the piece it is at');
  t.equal(only(decisions, 'ask-peer').length, 2);
  t.match(only(decisions, 'enter'), [{ state: 'swarm', reason: 'cdn-gone' }]);
  cdnProgressed(state, cdn(state), 1, wake + 10);
  t.match(decided(state, 'enter', wake + 10), [{ state: 'cdn', reason: 'cdn-admitted' }]);
  t.end();
});

test('a CDN that comes back from silences is given longer ones, and never so long that the switch takes a second', (t) => {
  const cases: readonly { readonly gapsMs: readonly number[]; readonly waitsMs: number }[] = [
    { gapsMs: [20, 130, 40], waitsMs: CDN_QUIET_MS },
    { gapsMs: [20, 320, 40], waitsMs: 640 },
    { gapsMs: [450, 10, 10, 480], waitsMs: CDN_QUIET_MAX_MS },
  ];
  for (const { gapsMs, waitsMs } of cases) {
    const state = streaming();
    addPeer(state, 'a');
    let nowMs = 5;
    for (const gapMs of gapsMs) {
      nowMs += gapMs;
      t.same(decided(state, 'enter', nowMs), [], `${gapMs} ms is no switch`);
      cdnProgressed(state, cdn(state), 1_000, nowMs);
    }
    t.same(decided(state, 'enter', nowMs + waitsMs), [], `after ${gapsMs.join(', ')} ms it waits ${waitsMs} ms`);
    const wake = wakeAtMs(state, nowMs + 1) ?? 0;
    t.equal(wake, nowMs + waitsMs + 1);
    const decisions = advance(state, wake);
    t.match(only(decisions, 'enter'), [{ state: 'swarm', reason: 'cdn-gone' }]);
    t.equal(only(decisions, 'ask-peer').length, 2, 'and asks peers in the same moment');
  }
  t.ok(CDN_QUIET_MAX_MS < 1_000);
  t.end();
});

test('a silence of an earlier window counts half', (t) => {
  const state = streaming();
  addPeer(state, 'a');
  cdnProgressed(state, cdn(state), 1_000, 5 + 400);
  cdnEnded(state, cdn(state), { how: 'given' }, 405);
  advance(state, 405);
  cdnProgressed(state, cdn(state), 0, 410);
  t.match(decided(state, 'enter', 410 + CDN_QUIET_MS + 1), [{ state: 'swarm', reason: 'cdn-gone' }]);
  t.end();
});

test('a peer that died without a word is tried again, and is not shown as the swarm until it gives something', (t) => {
  const state = newState({ cdnIds: [] });
  const peer = addPeer(state, 'dead');
  t.match(decided(state, 'enter', 0), [{ state: 'swarm' }]);
  const asked = peer.requests.map(({ piece }) => piece);
  for (const piece of asked) peerFailed(state, peer, piece, { how: 'stalled' }, 4_000);
  t.match(decided(state, 'enter', 4_000), [{ state: 'waiting', reason: 'no-source' }]);
  const again = advance(state, 4_000 + STALL_PAUSE_MS);
  t.equal(only(again, 'ask-peer').length, 2, 'it is tried');
  t.same(only(again, 'enter'), [], 'and waiting goes on');
  peerProgressed(state, peer, 9_100);
  t.match(decided(state, 'enter', 9_100), [{ state: 'swarm', reason: 'peers-found' }]);
  t.end();
});

test('a CDN that falls silent with nobody else is not given up before its source does', (t) => {
  const state = streaming();
  t.same(decided(state, 'enter', 5 + 2 * CDN_QUIET_MS), []);
  cdnEnded(state, cdn(state), { how: 'failed', retryAfterMs: undefined }, 3_000);
  t.match(decided(state, 'enter', 3_000), [{ state: 'waiting', reason: 'cdn-gone' }]);
  t.end();
});

test('silence that our own store caused is not held against the CDN', (t) => {
  const state = streaming();
  addPeer(state, 'a');
  for (let piece = 100; piece < 180; piece += 1) state.pieces.arrive(piece);
  t.same(advance(state, 5_000), []);
  t.end();
});

test('silence while we ourselves were not listening is not held against anybody', (t) => {
  const state = streaming();
  addPeer(state, 'a');
  forgiveSilence(state, 5_000, 5_010);
  t.same(advance(state, 5_010), []);
  t.equal(state.shown, 'cdn');
  t.end();
});

test('a CDN that was given up for its silence is not taken back because we were busy afterwards', (t) => {
  const state = streaming();
  addPeer(state, 'a');
  t.match(decided(state, 'enter', 5 + CDN_QUIET_MS + 1), [{ state: 'swarm', reason: 'cdn-gone' }]);
  forgiveSilence(state, 300, 510 + 300, 50);
  t.same(decided(state, 'enter', 510 + 300), []);
  t.equal(state.shown, 'swarm');
  t.end();
});

test('a CDN whose bytes were wrong is asked once more, then left alone', (t) => {
  const state = streaming();
  cdnEnded(state, cdn(state), { how: 'wrong-bytes' }, 50);
  t.equal(decided(state, 'ask-cdn', 50).length, 1);
  cdnProgressed(state, cdn(state), 0, 60);
  cdnEnded(state, cdn(state), { how: 'wrong-bytes' }, 70);
  t.same(decided(state, 'ask-cdn', 30_000), []);
  t.end();
});
