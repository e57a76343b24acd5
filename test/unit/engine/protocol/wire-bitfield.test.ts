import { array, assert, integer, property } from 'fast-check';
import { test } from 'tap';
import { Bitfield } from '../../../../engine/protocol/bitfield.ts';
import { MAX_PIECES } from '../../../../engine/protocol/limits.ts';

test('is a set of numbers, however it grows and travels', async (t) => {
  assert(property(array(integer({ min: 0, max: 3_000 })), array(integer({ min: 0, max: 3_000 })), (added, removed) => {
    const field = new Bitfield();
    const set = new Set(added);
    for (const piece of added) field.add(piece);
    for (const piece of removed) t.equal(field.delete(piece), set.delete(piece));
    t.equal(field.count, set.size);
    t.same([...field], [...set].sort((a, b) => a - b));
    const travelled = Bitfield.fromWire(field.toWire(), field.length);
    t.same([...travelled], [...field]);
    t.equal(travelled.count, field.count);
    t.equal(travelled.length, field.length);
  }), { numRuns: 60 });
});

test('grows with the pieces, up to the most there can be', async (t) => {
  const field = new Bitfield(3);
  t.equal(field.add(MAX_PIECES - 1), true);
  t.equal(field.add(MAX_PIECES - 1), false);
  t.equal(field.length, MAX_PIECES);
  t.throws(() => field.add(MAX_PIECES), { code: 'bad-message' });
  t.throws(() => field.add(-1), { code: 'bad-message' });
  t.notOk(field.has(MAX_PIECES * 2));
});

test('names in order what another set lacks, whichever of them is longer', async (t) => {
  const [some, more] = [[0, 7, 8, 30], [7, 8, 9, 31, 100]].map((pieces) => {
    const field = new Bitfield();
    for (const piece of pieces) field.add(piece);
    return field;
  });
  t.strictSame(some?.without(more ?? new Bitfield()), [0, 30]);
  t.strictSame(more?.without(some ?? new Bitfield()), [9, 31, 100]);
  t.strictSame(new Bitfield(64).without(new Bitfield()), []);
});
