import { randomBytes } from 'node:crypto';
import { access, appendFile, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { MerkleHasher } from '../../../../engine/index.ts';
import { folderFile, type FolderFile } from '../../../../server/folder/folder-file.ts';
import { FileChangedError, FolderHasher } from '../../../../server/folder/folder-hasher.ts';
import { eventually } from '../../../fixtures/http.ts';

const MIB = 1024 * 1024;
const NEVER = new AbortController().signal;

interface Sample {
  readonly root: string;
  readonly bytes: Buffer;
  readonly look: () => Promise<FolderFile>;
  hasher(bytesPerSecond?: () => number): FolderHasher;
}

async function sample(t: Test, sizeBytes = 6 * MIB + 5): Promise<Sample> {
  const root = t.testdir();
  const bytes = randomBytes(sizeBytes);
  await writeFile(join(root, 'film.mp4'), bytes);
  return {
    root, bytes,
    look: async () => folderFile('film.mp4', await stat(join(root, 'film.mp4'))),
    hasher: (bytesPerSecond = () => Infinity) => new FolderHasher({ bytesPerSecond }, { root, progressPath: join(root, 'hashing'), saveEveryBytes: MIB }),
  };
}

function contentIdOf(bytes: Uint8Array): string {
  const hasher = new MerkleHasher();
  hasher.update(bytes);
  return hasher.finish().contentId;
}

test('a killed process reads again only what came after the last saving', async (t) => {
  const { root, bytes, look, hasher } = await sample(t);
  const killed = new AbortController();
  let turns = 0;
  const first = hasher(() => (turns += 1) > 3 ? 1 : Infinity);
  const hashing = first.hash(await look(), killed.signal);
  hashing.catch(() => undefined);
  await eventually('it stands still after some savings', () => turns > 3 && access(join(root, 'hashing')).then(() => true, () => false));
  const second = hasher();
  await second.load();
  t.equal(second.hasBegun(await look()), true);
  const content = await second.hash(await look(), NEVER);
  t.equal(content.contentId, contentIdOf(bytes));
  t.ok(second.readBytes <= bytes.length - 3 * MIB, `${second.readBytes} bytes were read`);
  await t.rejects(access(join(root, 'hashing')), 'the progress of a file that is done is removed');
  killed.abort();
  await t.rejects(hashing);
});

test('a progress that is torn is not believed', async (t) => {
  const { root, bytes, look, hasher } = await sample(t);
  const stopped = new AbortController();
  let turns = 0;
  const hashing = hasher(() => {
    turns += 1;
    if (turns === 4) stopped.abort();
    return Infinity;
  }).hash(await look(), stopped.signal);
  await t.rejects(hashing);
  const path = join(root, 'hashing');
  await truncate(path, (await stat(path)).size - 1);
  const second = hasher();
  await second.load();
  t.equal(second.hasBegun(await look()), true, 'it says of which file it is');
  t.equal((await second.hash(await look(), NEVER)).contentId, contentIdOf(bytes));
  t.equal(second.readBytes, bytes.length);
});

test('reads no faster than it may, and asks again all the time', async (t) => {
  const { bytes, look, hasher } = await sample(t, 2 * MIB);
  let asked = 0;
  const startedMs = performance.now();
  const content = await hasher(() => {
    asked += 1;
    return 10 * MIB;
  }).hash(await look(), NEVER);
  t.ok(performance.now() - startedMs >= 195);
  t.ok(asked >= 2);
  t.equal(content.contentId, contentIdOf(bytes));
});

test('a file that is written to, shortened or replaced is not taken for what it was', async (t) => {
  const { root, look, hasher } = await sample(t);
  const path = join(root, 'film.mp4');
  const before = await look();
  await appendFile(path, 'x');
  await t.rejects(hasher().hash(before, NEVER), FileChangedError);
  let turns = 0;
  const now = await look();
  let writing: Promise<void> | undefined;
  const changing = hasher(() => {
    turns += 1;
    if (turns === 2) writing = writeFile(path, randomBytes(MIB));
    return turns < 4 ? 20 * MIB : Infinity;
  });
  await t.rejects(changing.hash(now, NEVER), FileChangedError, 'also when it happens in the middle');
  await writing;
  await rename(path, join(root, 'elsewhere.mp4'));
  await symlink('elsewhere.mp4', path);
  await t.rejects(hasher().hash(await look(), NEVER), { code: 'ELOOP' }, 'a link is not followed');
});

test('a full disk, where the progress cannot be saved, ends no hashing', async (t) => {
  const { root, bytes, look } = await sample(t);
  const hasher = new FolderHasher({ bytesPerSecond: () => Infinity }, { root, progressPath: join(root, 'nowhere', 'hashing'), saveEveryBytes: MIB });
  t.equal((await hasher.hash(await look(), NEVER)).contentId, contentIdOf(bytes));
});
