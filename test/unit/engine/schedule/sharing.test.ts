import { test } from 'tap';
import { cdnAsked, cdnProgressed } from '../../../../engine/schedule/schedule-events.ts';
import type { CdnView, ScheduleState } from '../../../../engine/schedule/schedule-state.ts';
import { mostPiecesOf } from '../../../../engine/schedule/sharing.ts';
import { addPeer, decided, newState } from '../../../fixtures/schedule-table.ts';

const cdnOf = ({ cdns: [cdn] }: ScheduleState): CdnView => {
  if (cdn === undefined) throw new Error('the state has a CDN');
  return cdn;
};

test('a slot that others wait for is taken for a short window only, where there are peers to get the rest from', (t) => {
  const state = newState();
  t.equal(mostPiecesOf(state, cdnOf(state), true), 64);
  addPeer(state, 'complete');
  t.equal(mostPiecesOf(state, cdnOf(state), true), 8);
  t.equal(mostPiecesOf(state, cdnOf(state), false), 64, 'nobody waits, and nobody lacks anything');
  t.end();
});

test('let in at once beside viewers who lack the same, a client takes what the CDN gives in a second, and no less than 2 MiB', (t) => {
  const state = newState();
  addPeer(state, 'empty', { has: () => false });
  t.equal(mostPiecesOf(state, cdnOf(state), false), 8);
  cdnOf(state).throughput.add(5_000_000, 1_000);
  t.equal(mostPiecesOf(state, cdnOf(state), false), 19);
  cdnOf(state).throughput.add(100_000_000, 1_000);
  t.equal(mostPiecesOf(state, cdnOf(state), false), 64, 'never more than a window');
  t.end();
});

test('a window that was asked for alone ends sooner when a viewer comes who lacks it, once', (t) => {
  const state = newState();
  cdnAsked(state, cdnOf(state), { first: 0, last: 63 }, undefined, 0);
  cdnProgressed(state, cdnOf(state), 0, 10);
  cdnProgressed(state, cdnOf(state), 25_000, 20);
  addPeer(state, 'complete', {}, 20);
  t.same(decided(state, 'shorten-window', 20), []);
  addPeer(state, 'empty', { has: () => false }, 20);
  t.match(decided(state, 'shorten-window', 20), [{ last: 8 }]);
  t.same(decided(state, 'shorten-window', 30), []);
  t.end();
});
