/** Who the node is in its container, and what it says when it cannot be that. */
import { chown, lstat, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { put } from '../fixtures/container-library.ts';
import { containerTest, docker, runToEnd, startContainer } from '../fixtures/docker.ts';

containerTest('becomes PUID:PGID, creates by UMASK, and takes only the top of its folder for itself', async (t) => {
  const folder = await emptyFolder(t);
  await mkdir(join(folder, 'lost+found'));
  await writeFile(join(folder, 'lost+found/somebody-else'), '');
  const node = await startContainer(t, ['-e', 'PUID=1234', '-e', 'PGID=2345', '-e', 'UMASK=027', '-v', `${folder}:/data`]);
  await node.healthy();
  await put(await node.url(), 'Mine.mp4', randomBytes(10_000));
  const owner = async (name: string): Promise<string> => {
    const { uid, gid, mode } = await lstat(join(folder, name));
    return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
  };
  t.match(await owner(''), /^1234:2345 /);
  t.equal(await owner('videos'), '1234:2345 750');
  t.match(await owner('lost+found/somebody-else'), /^0:0 /, 'what is below is left alone');
  t.match(await docker('top', node.name, '-eo', 'pid,uid,gid,args'), /1234\s+2345\s+.*software-switch/);
  t.match(await docker('exec', node.name, 'sh', '-c', 'cat /proc/[0-9]*/status'), /Name:\tMainThread\n[^]*?Groups:\t2345 \n/, 'root\'s group is given up too');
});

containerTest('leaves a user that the engine set, and says that PUID does nothing then', async (t) => {
  const node = await startContainer(t, ['--user', '4321:4321', '-e', 'PUID=1234']);
  await node.healthy();
  t.match(await node.logs(), 'PUID and PGID (1234:1000) change nothing: the container was started as 4321:4321, and stays so.');
});

containerTest('refuses with what to do', async (t) => {
  const folder = await emptyFolder(t);
  const ofTheNode = await emptyFolder(t);
  await chown(ofTheNode, 1000, 1000);
  const refusals: readonly (readonly [words: readonly string[], exitCode: number, sentence: RegExp])[] = [
    [['--cap-drop', 'ALL'], 1, /without the right to become the user 1000:1000\. Start it with --user 1000:1000, or add --cap-add SETUID --cap-add SETGID/],
    [['-e', 'PUID=me', '-e', 'UMASK=9'], 2, /PUID is "me"; it must be the number of a user[^]*UMASK is "9"; it must be three octal digits/],
    [['--user', '4321:4321', '-v', `${folder}:/data`], 1, /runs as user 4321:4321, and may not write to \/data \(which belongs to 0:0\)\. On the host, give the folder to that user \(chown -R 4321:4321 FOLDER\)/],
    [['-v', `${ofTheNode}:/data:ro`], 1, /\/data is mounted read-only[^]*Mount it without :ro/],
  ];
  await Promise.all(refusals.map(async ([words, exitCode, sentence]) => {
    const ended = await runToEnd(t, words);
    t.match(ended.logs, sentence);
    t.equal(ended.exitCode, exitCode, words.join(' '));
  }));
});

/** Root's, and readable by all, as a folder that the engine makes for `-v`. */
async function emptyFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switch-container-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await chown(folder, 0, 0);
  t.equal((await stat(folder)).uid, 0);
  return folder;
}
