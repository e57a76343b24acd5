import { test } from 'tap';
import { Bitfield } from '../../../../engine/protocol/bitfield.ts';
import { PieceSpread } from '../../../../engine/swarm/piece-spread.ts';
import { seededRandom } from '../../../fixtures/seeded-random.ts';

function full(count: number): Bitfield {
  const field = new Bitfield(count);
  for (let piece = 0; piece < count; piece += 1) field.add(piece);
  return field;
}

function spread(): { readonly spread: PieceSpread<string>; readonly clock: { ms: number } } {
  const clock = { ms: 0 };
  return { clock, spread: new PieceSpread({ now: () => clock.ms, random: seededRandom(3) }, { hungryMs: 1_000 }) };
}

test('shows a lone peer everything at once', async (t) => {
  const { spread: pieces } = spread();
  pieces.open('a');
  t.equal(pieces.show('a', full(100)).length, 100);
  t.same(pieces.show('a', full(100)), []);
  t.same(pieces.show('a', full(101)), [100], 'and what comes later too');
});

test('shows different pieces to different peers, and to all the start and the end', async (t) => {
  const { spread: pieces } = spread();
  for (const peer of ['a', 'b', 'c']) pieces.open(peer);
  const shown = ['a', 'b', 'c'].map((peer) => pieces.show(peer, full(200)));
  for (const one of shown) t.ok(one.length >= 8 && one.length <= 11);
  const own = shown.flatMap((one) => one.slice(0, 8));
  t.equal(new Set(own).size, own.length);
  for (const one of shown) t.ok([0, 1, 199].every((piece) => one.includes(piece)));
});

test('every piece is shown once before any is shown twice, while the peers make progress', async (t) => {
  const { spread: pieces, clock } = spread();
  const peers = ['a', 'b', 'c', 'd'];
  const times = new Map<number, number>();
  for (const peer of peers) pieces.open(peer);
  for (let round = 0; round < 500; round += 1) {
    clock.ms += 20;
    for (const peer of peers) {
      const more = pieces.show(peer, full(400));
      for (const piece of more) times.set(piece, (times.get(piece) ?? 0) + 1);
      pieces.onHave(peer, more);
    }
  }
  t.equal(times.size, 400);
  t.equal([...times].filter(([piece, count]) => count > 1 && piece > 1 && piece < 399).length, 0);
});

test('shows more at a time to who takes them faster', async (t) => {
  const { spread: pieces, clock } = spread();
  pieces.open('fast');
  pieces.open('slow');
  let largest = 0;
  for (let round = 0; round < 40; round += 1) {
    clock.ms += 50;
    const more = pieces.show('fast', full(5_000));
    largest = Math.max(largest, more.length);
    pieces.onHave('fast', more);
  }
  t.ok(largest >= 128, `${largest} at a time`);
});

test('helps a peer that gets nothing from others with pieces they have', async (t) => {
  const { spread: pieces, clock } = spread();
  pieces.open('a');
  pieces.open('b');
  pieces.onHave('a', Array.from({ length: 90 }, (_, piece) => piece));
  pieces.onHave('b', [95]);
  const first = pieces.show('b', full(100));
  pieces.onHave('b', first);
  pieces.onHave('b', pieces.show('b', full(100)));
  t.same(pieces.show('b', full(100)), [], 'nothing is left that nobody has');
  clock.ms += 260;
  const help = pieces.show('b', full(100));
  t.ok(help.length > 0 && help.every((piece) => piece < 90));
});

test('shows everything to a peer that asks for nothing of what it was shown', async (t) => {
  const { spread: pieces, clock } = spread();
  pieces.open('a');
  pieces.open('b');
  const first = pieces.show('a', full(100)).length;
  clock.ms += 600;
  pieces.onActive('a');
  clock.ms += 600;
  t.same(pieces.show('a', full(100)), [], 'it asked a moment ago');
  clock.ms += 600;
  t.equal(pieces.show('a', full(100)).length, 100 - first);
});

test('what a peer took with it is free to be shown to others', async (t) => {
  const { spread: pieces } = spread();
  for (const peer of ['a', 'b', 'c']) pieces.open(peer);
  const taken = new Set([...pieces.show('a', full(19)), ...pieces.show('b', full(19))]);
  t.ok(taken.size >= 16);
  pieces.close('a');
  pieces.close('b');
  pieces.open('d');
  t.ok(pieces.show('c', full(19)).length >= 8);
});
