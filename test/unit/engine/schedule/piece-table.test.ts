import * as fc from 'fast-check';
import { test } from 'tap';
import { PieceTable } from '../../../../engine/schedule/piece-table.ts';

const COUNT = 12;
const MOVES = ['ask', 'answered', 'arrive', 'keep', 'lose'] as const;

/** The same in the plainest way. */
class Model {
  readonly copies = Array.from({ length: COUNT }, () => 0);
  readonly kept = Array.from({ length: COUNT }, (): '' | 'arrived' | 'held' => '');

  ask(piece: number): void { this.copies[piece] = (this.copies[piece] ?? 0) + 1; }
  answered(piece: number): void { this.copies[piece] = Math.max(0, (this.copies[piece] ?? 0) - 1); }
  arrive(piece: number): void { if (this.kept[piece] === '') this.kept[piece] = 'arrived'; }
  keep(piece: number): void { if (this.kept[piece] === 'arrived') this.kept[piece] = 'held'; }
  lose(piece: number): void { this.kept[piece] = ''; }
  isMissing(piece: number): boolean { return this.kept[piece] === '' && this.copies[piece] === 0; }
}

test('whatever happens, in whatever order, the counts and the missing pieces are right', (t) => {
  const move = fc.tuple(fc.constantFrom(...MOVES), fc.nat(COUNT - 1));
  fc.assert(fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
    const table = new PieceTable(COUNT);
    const model = new Model();
    for (const [what, piece] of moves) {
      table[what](piece);
      model[what](piece);
    }
    const pieces = Array.from({ length: COUNT }, (_, piece) => piece);
    const missing = pieces.filter((piece) => model.isMissing(piece));
    const listed = Array.from({ length: table.missingCount }, (_, place) => table.missingAt(place) ?? -1).toSorted((a, b) => a - b);
    return JSON.stringify(listed) === JSON.stringify(missing)
      && table.missingAt(table.missingCount) === undefined
      && table.heldCount === model.kept.filter((kept) => kept === 'held').length
      && table.arrivedCount === model.kept.filter((kept) => kept === 'arrived').length
      && pieces.every((piece) => table.isMissing(piece) === model.isMissing(piece) && table.isHere(piece) === (model.kept[piece] !== ''));
  }));
  t.pass('for 100 random histories');
  t.end();
});

test('begins with what is held', (t) => {
  const table = new PieceTable(3, [0, 1, 2]);
  t.ok(table.isComplete);
  t.equal(table.missingCount, 0);
  table.lose(1);
  t.same([table.heldCount, table.missingCount, table.missingAt(0), table.returns], [2, 1, 1, 1]);
  t.end();
});
