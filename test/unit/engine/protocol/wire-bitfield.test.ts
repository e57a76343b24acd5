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
