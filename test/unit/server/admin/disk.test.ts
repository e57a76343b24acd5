import { test } from 'tap';
import { databasePlace, diskFigures, networkName } from '../../../../server/admin/disk.ts';
import { diskNotices, gatherNotices, type AdminNotice } from '../../../../server/admin/notices.ts';

const GB = 1_000_000_000;
const roomy = { folder: '/data', totalBytes: 1000 * GB, freeBytes: 500 * GB, reservedBytes: GB, network: null };

function notice(code: string, severity: AdminNotice['severity']): AdminNotice {
  return { code, severity, what: `what of ${code}`, action: `action of ${code}` };
}

test('the place of a database is told without user, password and options', async (t) => {
  for (const [uri, place] of [
    ['mongodb://db:27017/switch', 'db:27017/switch'], ['mongodb://me:secret@db:27017/switch?authSource=admin', 'db:27017/switch'],
    ['mongodb://me:s%40cret@a:1,b:2/', 'a:1,b:2/'], ['mongodb+srv://me:secret@cluster.example.org/x', 'cluster.example.org/x'],
    ['mongodb://me:secret@[::1]:27017', '[::1]:27017'],
    ['mongodb://me:se@cret@db/x', 'MongoDB'], ['mongodb://me:se/cret@db/x', 'MongoDB'], ['mongodb://me:se?cret@db/x', 'MongoDB'],
  ] as const) t.equal(databasePlace(uri), place, uri);
});

test('network file systems are known by the number the system gives', async (t) => {
  t.equal(networkName(0x6969), 'NFS');
  t.equal(networkName(0xff534d42), 'SMB');
  t.equal(networkName(0xff534d42 - 2 ** 32), 'SMB', 'with a sign');
  t.equal(networkName(0xef53), null, 'ext4');
});

test('the disk under a folder is told, and a folder that is gone is an error', async (t) => {
  const dir = t.testdir({});
  const disk = await diskFigures(dir, { reservedBytes: 7 });
  t.match(disk, { folder: dir, reservedBytes: 7 });
  t.ok(disk.totalBytes > disk.freeBytes && disk.freeBytes > 0);
  await t.rejects(diskFigures(`${dir}/gone`, { reservedBytes: 0 }), { code: 'ENOENT' });
});

test('a disk gives notice before it is full, and when it lies on the network', async (t) => {
  const codes = (disk: Partial<typeof roomy> | { network: string }): string[] => diskNotices({ ...roomy, ...disk }).map(({ code }) => code);
  t.same(codes({}), []);
  t.same(codes({ freeBytes: 6 * GB }), []);
  t.same(codes({ freeBytes: 4 * GB }), ['disk-low']);
  t.same(codes({ freeBytes: GB }), ['disk-full']);
  t.same(codes({ freeBytes: GB / 2, reservedBytes: 0 }), ['disk-low'], 'without a reserve too');
  t.same(codes({ network: 'NFS' }), ['data-on-network-folder']);
  t.match(diskNotices({ ...roomy, network: 'NFS' }), [{ severity: 'warning', what: /NFS/, action: /SWITCH_LIBRARY_DIR/ }]);
  t.same(diskNotices(undefined), [], 'with MongoDB there is no data folder');
});

test('the worst comes first, each once, and a part that cannot be asked hides no other', async (t) => {
  const gathered = await gatherNotices([
    () => [notice('a', 'hint'), notice('b', 'warning')],
    async () => [notice('c', 'problem'), notice('a', 'problem')],
    () => { throw new Error('out of order'); },
  ]);
  t.same(gathered.map(({ code }) => code), ['c', 'b', 'part-unasked', 'a']);
  t.match(gathered[2]?.what, /out of order/);
});
