import { test } from 'tap';
import { Room } from '../../../../server/ingest/room.ts';
import type { VideoStore } from '../../../../server/storage/video-store.ts';

/** More than any disk has: nothing fits beside such a reserve. */
const NO_DISK = 2 ** 60;

function roomWith(freeBytes: number | null, reserveFreeBytes: number, incomingDir: string): Room {
  const usage = async () => ({ usedBytes: 0, freeBytes });
  return new Room({ videos: { usage } as unknown as VideoStore }, { incomingDir, reserveFreeBytes });
}

async function problemOf(promise: Promise<void>): Promise<unknown> {
  return promise.then(() => undefined, (error: unknown) => error);
}

test('a full staging disk does not refuse what goes past it into a database', async (t) => {
  const room = roomWith(null, NO_DISK, t.testdir());
  t.match(await problemOf(room.require(1)), { type: 'no-space', status: 507 });
  await room.requireInStore(1);
});

test('a full store refuses what goes straight into it, with the figures', async (t) => {
  const room = roomWith(100, 10, t.testdir());
  await room.requireInStore(90);
  t.match(await problemOf(room.requireInStore(91)), { type: 'no-space', status: 507, extensions: { neededBytes: 91, freeBytes: 100, reserveBytes: 10 } });
});
