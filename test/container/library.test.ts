/** A library that is there already, and a token that was lost: what people do with a container that runs. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { content, names, sha256, signedIn, signIn } from '../fixtures/container-library.ts';
import { containerTest, docker, RESTRICTIONS, startContainer } from '../fixtures/docker.ts';
import { eventually } from '../fixtures/http.ts';

const INDEX_LIMIT_MS = 60_000;

containerTest('shows a folder that is mounted read-only, with what comes into it, and writes nothing there', async (t) => {
  const library = await mkdtemp(join(tmpdir(), 'switch-container-'));
  t.teardown(() => rm(library, { recursive: true, force: true }));
  await mkdir(join(library, 'Films'));
  await chmod(library, 0o755);
  const [first, second] = [randomBytes(1_500_000), randomBytes(700_000)];
  await writeFile(join(library, 'Films/First.mp4'), first);
  await writeFile(join(library, 'Films/notes.txt'), 'no video');
  const node = await startContainer(t, [...RESTRICTIONS, '--user', '65534:65534', '-v', `${library}:/library:ro`, '-e', 'SWITCH_LIBRARY_DIR=/library']);
  await node.healthy();
  const url = await node.url();
  const shows = (wanted: readonly string[]): Promise<unknown> =>
    eventually(`the list has ${wanted.join(', ')}`, async () => JSON.stringify(await names(url)) === JSON.stringify(wanted), INDEX_LIMIT_MS);
  await shows(['First.mp4']);
  await writeFile(join(library, 'Second.mp4'), second);
  await shows(['First.mp4', 'Second.mp4']);

  const { items } = await (await fetch(`${url}/api/videos?sort=title`)).json() as { readonly items: readonly { readonly contentId: string; readonly folderPath?: string }[] };
  t.same(items.map(({ folderPath }) => folderPath), ['Films/First.mp4', 'Second.mp4']);
  const range = await content(url, items[0]?.contentId ?? '', 'bytes=1000000-1400000');
  t.equal(range.status, 206);
  t.ok(range.bytes.equals(first.subarray(1_000_000, 1_400_001)), 'a range of the file as it lies there');
  t.equal(sha256((await content(url, items[1]?.contentId ?? '')).bytes), sha256(second));
  t.same((await readdir(library, { recursive: true })).toSorted(), ['Films', 'Films/First.mp4', 'Films/notes.txt', 'Second.mp4']);
});

containerTest('a lost token is replaced beside the running node, also by root while the node is somebody else', async (t) => {
  const node = await startContainer(t, ['-e', 'PUID=1234', '-e', 'PGID=2345'], { setsToken: false });
  await node.healthy();
  const url = await node.url();
  const old = (await docker('exec', node.name, 'cat', '/data/admin-token')).trim();
  t.match(await node.logs(), old, 'the log has it too');
  const cookie = await signIn(url, old);
  const made = await docker('exec', node.name, 'software-switch', 'admin', 'reset-token');
  t.not(made, old);
  await eventually('the old token is out', async () => !await signedIn(url, cookie), 15_000);
  t.ok(await signedIn(url, await signIn(url, made)));
  await t.rejects(signIn(url, old), /401/);
  t.equal(await docker('exec', node.name, 'stat', '-c', '%u:%g %a', '/data/admin-token'), '1234:2345 600');
  t.equal((await docker('exec', '--user', '1234', node.name, 'cat', '/data/admin-token')).trim(), made);
});
