/** What a playback says that it will read. */
import { test } from 'tap';
import type { Download, ReadAheadRun } from '../../../../../engine/index.ts';
import { ReadAhead, type ReadAheadNeed, type TrackPlace } from '../../../../../ui/player/playback/read-ahead.ts';

const PICTURE: TrackPlace = { trackNumber: 1, nextByte: 10_000_000, bytesPerSecond: 1_000_000, missingSeconds: 0, aheadSeconds: 0, fillSeconds: 30 };

function said(need: Partial<ReadAheadNeed>): ReadAheadRun | undefined {
  let last: readonly ReadAheadRun[] = [];
  const readAhead = new ReadAhead({ download: { readAhead: (runs: readonly ReadAheadRun[]) => { last = runs; } } as unknown as Download });
  readAhead.update({ tracks: [PICTURE], isPlaying: true, isInHurry: false, playbackRate: 1, ...need });
  return last[0];
}

function bytesOf(run: ReadAheadRun | undefined): number {
  return run === undefined ? 0 : run.end - run.start;
}

test('while a picture is waited for, what it takes to show it and to go on for a second, at the speed it is played with', async (t) => {
  const tracks = [{ ...PICTURE, missingSeconds: 3 }];
  t.equal(bytesOf(said({ tracks, isInHurry: true })), 4_000_000);
  t.equal(bytesOf(said({ tracks, isInHurry: true, playbackRate: 2 })), 5_000_000);
});

test('when that is there and the browser still decodes, what follows is asked for as in play', async (t) => {
  const tracks = [{ ...PICTURE, aheadSeconds: 1 }];
  const playing = bytesOf(said({ tracks }));
  t.ok(playing > 10_000_000);
  t.equal(bytesOf(said({ tracks, isInHurry: true })), playing);
});

test('while paused, no more than the buffer takes', async (t) => {
  t.equal(bytesOf(said({ tracks: [{ ...PICTURE, aheadSeconds: 10 }], isPlaying: false })), 20_000_000);
});

test('after a seek, the bytes where the picture lies, all of them until it is shown', async (t) => {
  let last: readonly ReadAheadRun[] = [];
  const readAhead = new ReadAhead({ download: { readAhead: (runs: readonly ReadAheadRun[]) => { last = runs; } } as unknown as Download });
  readAhead.expect({ start: 9_900_000, end: 19_000_000 });
  t.match(last, [{ start: 9_900_000, end: 19_000_000, dueInMs: 0 }]);
  // The average of the film is far less than this scene takes.
  const need = { tracks: [{ ...PICTURE, bytesPerSecond: 1_000 }], isPlaying: false, playbackRate: 1 };
  readAhead.update({ ...need, isInHurry: true });
  t.match(last, [{ start: 9_900_000, end: 19_000_000, dueInMs: 0 }]);
  readAhead.update({ ...need, isInHurry: false });
  t.match(last, [{ start: 10_000_000 }]);
  readAhead.expect({ start: 0, end: 5e9 });
  t.ok(bytesOf(last[0]) < 1e9, 'within what a piece store likes to hold');
});
