/** Where the segments of a virtual playlist begin and end. */
import { test } from 'tap';
import { durationsOf, planOfGrid, planOfKeyFrames } from '../../../../../ui/player/hls/segment-plan.ts';

const every = (seconds: number, count: number): number[] => Array.from({ length: count }, (_, index) => index * seconds);

test('puts whole groups of pictures together to about four seconds, the first ones shorter', async (t) => {
  t.same(planOfKeyFrames(every(0.5, 40), 20).starts, [0, 1, 3, 7, 11, 15, 19]);
  t.same(planOfKeyFrames(every(2.5, 8), 20).starts, [0, 2.5, 5, 10, 15]);
});

test('never cuts within a group of pictures, however long', async (t) => {
  t.same(planOfKeyFrames([0, 10, 20], 27).starts, [0, 10, 20]);
  t.same(planOfKeyFrames([0], 27).starts, [0]);
});

test('begins at zero, also before the first frame, and lasts exactly as long as the file', async (t) => {
  const plan = planOfKeyFrames([1.4, 3.4, 8], 11.4);
  t.same(plan.starts, [0, 3.4, 8]);
  t.equal(durationsOf(plan).reduce((sum, seconds) => sum + seconds), 11.4);
});

test('has no empty segment for a key frame at the very end', async (t) => {
  t.ok(durationsOf(planOfKeyFrames([0, 5, 10], 10)).every((seconds) => seconds > 0));
});

test('without key frames goes in even steps, wide enough for the groups that were seen', async (t) => {
  t.same(planOfGrid(null, 20).starts, [0, 6, 12, 18]);
  t.same(planOfGrid(10, 40).starts, [0, 15, 30]);
  t.same(planOfGrid(1000, 45).starts, [0, 20, 40], 'but not wider than a viewer waits for');
  t.same(planOfGrid(2, 0.5), { starts: [0], endSeconds: 0.5, isExact: false });
});
