import { test } from 'tap';
import type { KeptContent } from '../../../../engine/piece-store/piece-database.ts';
import { planRoom } from '../../../../engine/piece-store/watched-limit.ts';

const MiB = 1024 * 1024;
const content = (kind: 'kept' | 'watched', heldBytes: number): KeptContent => ({
  contentId: kind, name: kind, mediaType: 'video/mp4', sizeBytes: heldBytes, heldBytes, kind, usedAtMs: 0,
});

test('what fits needs no room, whatever is kept for good', (t) => {
  t.match(planRoom([content('watched', 90 * MiB), content('kept', 1_000 * MiB)], 10 * MiB, 100 * MiB), { overBytes: 0, wantedBytes: 0 });
  t.end();
});

test('what does not fit makes more room than it needs, so that the next need not look again', (t) => {
  const plan = planRoom([content('watched', 1_020 * MiB)], 5 * MiB, 1_024 * MiB);
  t.equal(plan.overBytes, MiB);
  t.equal(plan.wantedBytes, 17 * MiB);
  t.end();
});

test('what is open keeps a part for itself, at most a quarter', (t) => {
  t.equal(planRoom([], 0, 4_096 * MiB).ownFloorBytes, 64 * MiB);
  t.equal(planRoom([], 0, 100 * MiB).ownFloorBytes, 25 * MiB);
  t.end();
});
