/** Which source is asked, CDN or peers, and what is shown of it. */
import { test } from 'tap';
import { advance, cdnOf, decide, wakeAtMs } from '../../../../engine/schedule/decide.ts';
import { SWARM_PATIENCE_MS } from '../../../../engine/schedule/limits.ts';
import { cdnAsked, cdnEnded, cdnGave, cdnProgressed, granted, peerGave, queued, wantedChanged } from '../../../../engine/schedule/schedule-events.ts';
import { addPeer, cdn, decided, newState, only, PIECE, refused, streaming } from '../../../fixtures/schedule-table.ts';

test('asks the CDN first, for one window from the start, and holds three warm peers', (t) => {
  const state = newState();
  addPeer(state, 'a');
  const decisions = advance(state, 0);
  t.match(only(decisions, 'ask-cdn'), [{ cdnId: 'http://cdn', grant: undefined }]);
  t.match(only(decisions, 'want-peers'), [{ count: 3 }]);
  t.same(only(decisions, 'ask-peer'), [], 'no peer is asked before the CDN answered');
  t.equal(state.shown, 'starting');
  t.end();
});

test('shows cdn once it is admitted, and stays there between two windows', (t) => {
  const state = streaming();
  t.equal(state.shown, 'cdn');
  addPeer(state, 'a');
  for (let piece = 0; piece < 64; piece += 1) {
    cdnProgressed(state, cdn(state), PIECE, 10);
    cdnGave(state, cdn(state), piece);
  }
  cdnEnded(state, cdn(state), { how: 'given' }, 20);
  const decisions = advance(state, 20);
  t.equal(only(decisions, 'ask-cdn').length, 1);
  t.same(only(decisions, 'enter'), [], 'no flapping while the next answer is awaited');
  t.same(only(decisions, 'ask-peer'), []);
  t.end();
});

test('a refusal turns to the peers in the same moment and stands in the queue', (t) => {
  const state = newState();
  addPeer(state, 'a');
  addPeer(state, 'b');
  advance(state, 0);
  cdnEnded(state, cdn(state), { how: 'busy', retryAfterMs: 2_000 }, 10);
  const decisions = advance(state, 10);
  t.equal(only(decisions, 'ask-peer').length, 4, 'two pieces each of two unproven peers');
  t.equal(only(decisions, 'wait-for-cdn').length, 1);
  t.match(only(decisions, 'enter'), [{ state: 'swarm', reason: 'cdn-busy' }]);
  t.match(only(decisions, 'want-peers'), [{ count: 12 }]);
  t.end();
});

test('a refusal with nobody in the swarm is waiting, and names the CDN as the reason', (t) => {
  const state = refused();
  t.match(decided(state, 'enter', 10), [{ state: 'waiting', reason: 'cdn-busy' }]);
  addPeer(state, 'a');
  t.match(decided(state, 'enter', 20), [{ state: 'swarm', reason: 'peers-found' }]);
  t.end();
});

test('who stands in the queue does not poll, and presents the grant when it comes', (t) => {
  const state = refused();
  addPeer(state, 'a');
  advance(state, 10);
  queued(state, 1);
  t.same(decided(state, 'ask-cdn', 60_000), []);
  granted(state, { token: 'now', expiresAtMs: 65_000 });
  t.match(decided(state, 'ask-cdn', 60_001), [{ grant: 'now' }]);
  t.equal(state.grant, undefined, 'a grant goes with one request');
  cdnProgressed(state, cdn(state), 0, 60_010);
  t.match(decided(state, 'enter', 60_010), [{ state: 'cdn', reason: 'cdn-granted' }]);
  t.same(decided(state, 'ask-peer', 60_011), [], 'pieces in flight land, and no more are asked for');
  t.end();
});

test('an expired grant is not presented, and the queue is joined again', (t) => {
  const state = refused();
  advance(state, 10);
  queued(state, 1);
  granted(state, { token: 'late', expiresAtMs: 50 });
  const decisions = advance(state, 60);
  t.same(only(decisions, 'ask-cdn'), []);
  t.equal(only(decisions, 'wait-for-cdn').length, 1);
  t.end();
});

test('without the queue the CDN is asked again at its Retry-After, not before and not for ever later', (t) => {
  const state = refused({ grants: false });
  advance(state, 10);
  t.same(decided(state, 'ask-cdn', 2_009), []);
  const wake = wakeAtMs(state, 2_009);
  t.ok(wake !== undefined && wake > 2_010 && wake <= 3_012, `wakes at ${wake}`);
  t.equal(decided(state, 'ask-cdn', wake ?? 0).length, 1);
  t.end();
});

test('two clients refused together do not come back together', (t) => {
  const times = [1, 2, 3, 4, 5].map((seed) => Math.round(refused({ grants: false, seed }).cdns[0]?.retryAtMs ?? 0));
  t.equal(new Set(times).size, times.length, times.join(' '));
  t.end();
});

test('the second appliance is asked at once when the first refuses, and peers are not held back for it', (t) => {
  const state = newState({ cdnIds: ['one', 'two'] });
  addPeer(state, 'a');
  advance(state, 0);
  cdnEnded(state, cdn(state), { how: 'busy', retryAfterMs: undefined }, 10);
  const decisions = advance(state, 10);
  t.match(only(decisions, 'ask-cdn'), [{ cdnId: 'two' }]);
  t.ok(only(decisions, 'ask-peer').length > 0);
  cdnProgressed(state, cdn(state, 1), 0, 20);
  advance(state, 20);
  t.equal(state.shown, 'cdn');
  t.end();
});

test('no piece is asked for twice while others are missing', (t) => {
  for (const policy of ['cdn-first', 'swarm-first', 'both'] as const) {
    const state = newState({ policy });
    for (const id of ['a', 'b', 'c']) addPeer(state, id, { bytesPerMs: 20_000 });
    const asked = new Set<number>();
    for (const decision of advance(state, 0)) {
      const pieces = decision.do === 'ask-peer' ? [decision.piece]
        : decision.do === 'ask-cdn' ? Array.from({ length: decision.window.last - decision.window.first + 1 }, (_, at) => decision.window.first + at) : [];
      for (const piece of pieces) {
        t.notOk(asked.has(piece), `${policy}: piece ${piece}`);
        asked.add(piece);
      }
    }
    t.ok(asked.size > 0, policy);
  }
  t.end();
});

test('both: the CDN and the peers work at the same time', (t) => {
  const state = newState({ policy: 'both' });
  addPeer(state, 'a');
  const decisions = advance(state, 0);
  t.equal(only(decisions, 'ask-cdn').length, 1);
  t.equal(only(decisions, 'ask-peer').length, 2);
  t.end();
});

test('swarm-first: the CDN is spared while peers deliver, and asked when they do not', (t) => {
  const state = newState({ policy: 'swarm-first' });
  const peer = addPeer(state, 'a');
  const first = advance(state, 0);
  t.same(only(first, 'ask-cdn'), []);
  t.match(only(first, 'enter'), [{ state: 'swarm', reason: 'swarm-preferred' }]);
  const [ask] = only(first, 'ask-peer');
  peerGave(state, peer, ask?.piece ?? -1, PIECE, 1_000);
  t.same(decided(state, 'ask-cdn', SWARM_PATIENCE_MS + 10), [], 'its patience begins anew with every byte');
  t.equal(decided(state, 'ask-cdn', 1_000 + SWARM_PATIENCE_MS).length, 1);
  t.end();
});

test('swarm-first: a piece that is due and that no peer has comes from the CDN at once', (t) => {
  const state = newState({ policy: 'swarm-first', wants: 'what-is-read' });
  addPeer(state, 'a', { has: (piece) => piece < 50 });
  wantedChanged(state, [{ first: 40, last: 60, deadlineMs: 0, msPerPiece: 0 }]);
  t.match(decided(state, 'ask-cdn', 0), [{ window: { first: 50 } }]);
  t.end();
});

test('while paused nothing is asked for, and what is in flight is taken back', (t) => {
  const state = newState({ policy: 'both' });
  addPeer(state, 'a');
  advance(state, 0);
  state.running = false;
  const decisions = advance(state, 10);
  t.match(only(decisions, 'shorten-window'), [{ last: -1 }]);
  t.equal(only(decisions, 'cancel-peer').length, 2);
  t.equal(state.pieces.missingCount, 200);
  t.equal(wakeAtMs(state, 10), undefined);
  t.end();
});

test('reading only: idle while nothing is read, and a seek drops what is no longer wanted', (t) => {
  const state = newState({ wants: 'what-is-read' });
  t.match(decided(state, 'enter', 0), [{ state: 'idle', reason: 'complete' }]);
  wantedChanged(state, [{ first: 10, last: 19, deadlineMs: 0, msPerPiece: 100 }]);
  t.match(decided(state, 'ask-cdn', 1), [{ window: { first: 10, last: 19 } }]);
  cdnProgressed(state, cdn(state), 0, 2);
  advance(state, 2);
  wantedChanged(state, [{ first: 100, last: 109, deadlineMs: 3, msPerPiece: 100 }]);
  t.match(decided(state, 'shorten-window', 3), [{ last: 9 }]);
  t.equal(cdn(state).window, undefined);
  cdnEnded(state, cdn(state), { how: 'cancelled' }, 4);
  t.match(decided(state, 'ask-cdn', 4), [{ window: { first: 100, last: 109 } }]);
  t.end();
});

test('an urgent piece goes to a peer although the CDN streams, and else the CDN makes way for it', (t) => {
  const helped = streaming();
  addPeer(helped, 'a');
  wantedChanged(helped, [{ first: 150, last: 150, deadlineMs: 100, msPerPiece: 0 }]);
  t.match(decided(helped, 'ask-peer', 100), [{ piece: 150 }]);

  const alone = streaming();
  wantedChanged(alone, [{ first: 150, last: 151, deadlineMs: 100, msPerPiece: 0 }]);
  t.match(decided(alone, 'shorten-window', 100), [{ last: 0 }]);
  cdnGave(alone, cdn(alone), 0);
  cdnEnded(alone, cdn(alone), { how: 'given' }, 110);
  t.match(decided(alone, 'ask-cdn', 110), [{ window: { first: 150 } }]);
  t.end();
});

test('deciding changes nothing', (t) => {
  const state = newState();
  addPeer(state, 'a');
  t.same(decide(state, 0), decide(state, 0));
  t.equal(state.pieces.missingCount, 200);
  cdnAsked(state, cdnOf(state, 'http://cdn'), { first: 0, last: 0 }, undefined, 0);
  t.equal(state.pieces.missingCount, 199);
  t.end();
});
