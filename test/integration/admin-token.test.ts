import { chown, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { eventually, fetchWhole } from '../fixtures/http.ts';
import { mongoDatabase } from '../fixtures/mongo.ts';
import { oldVolume } from '../fixtures/old-data.ts';
import { changeWith, command, serve, shownToken, type Served } from '../fixtures/served-node.ts';

/** Far above what a node takes to look, for a machine that is busy with other tests. */
const NOTICED_WITHIN_MS = 15_000;

/** Told by the log: asking with tokens until one is right would be taken for guessing. */
async function noticed(node: Served): Promise<void> {
  await eventually('the node notices', () => node.log().includes('the admin token was reset'), NOTICED_WITHIN_MS);
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

test('a made token is in a file that only its owner reads, and a running node takes a reset one and ends the old one\'s sessions', async (t) => {
  const dataDir = t.testdir();
  const node = serve(t, ['--port', '0', '--data-dir', dataDir]);
  const url = await node.url;
  const token = await shownToken(node);
  const file = join(dataDir, 'admin-token');
  t.equal(await readFile(file, 'utf8'), `${token}\n`);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.match(node.output(), `It is in the file ${file} too.`);
  const signedIn = await fetchWhole(`${url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  t.equal(await changeWith(url, { cookie, origin: url }), 404);

  const reset = await command(['admin', 'reset-token', '--json'], { SWITCH_DATA_DIR: dataDir });
  t.equal(reset.exitCode, 0, reset.stderr);
  const made = JSON.parse(reset.stdout.split('\n')[0] ?? '') as { type: string; token: string; file: string };
  t.match(made, { type: 'admin-token', token: /^[\w-]{43}$/, file });
  t.not(made.token, token);
  t.equal(await readFile(file, 'utf8'), `${made.token}\n`);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  await noticed(node);
  t.equal(await changeWith(url, bearer(made.token)), 404);
  t.equal(await changeWith(url, bearer(token)), 401);
  t.equal(await changeWith(url, { cookie, origin: url }), 401, 'who was signed in with the old one is not any more');
  t.notMatch(node.log(), made.token);

  const plain = await command(['admin', 'reset-token', '--data-dir', dataDir]);
  t.match(plain.stdout, /^[\w-]{43}\n$/, 'alone on standard output, for a script');
});

test('a token given by a setting writes no file, and is not reset', async (t) => {
  const dataDir = t.testdir();
  const node = serve(t, ['--port', '0', '--data-dir', dataDir], { SWITCH_ADMIN_TOKEN: 'mine' });
  t.equal(await changeWith(await node.url, bearer('mine')), 404);
  t.notOk((await readdir(dataDir)).includes('admin-token'));
  const reset = await command(['admin', 'reset-token', '--data-dir', dataDir], { SWITCH_ADMIN_TOKEN: 'mine' });
  t.equal(reset.exitCode, 2);
  t.match(reset.stderr, /set by a setting \(SWITCH_ADMIN_TOKEN or SWITCH_ADMIN_TOKEN_FILE\).*Change it there and restart/);
});

test('where no node has run there is nothing to reset, and nothing is made', async (t) => {
  const dataDir = t.testdir();
  for (const folder of [dataDir, join(dataDir, 'nowhere')]) {
    const reset = await command(['admin', 'reset-token', '--data-dir', folder]);
    t.equal(reset.exitCode, 2);
    t.match(reset.stderr, `No node has run with ${folder} yet`);
  }
  t.same(await readdir(dataDir), []);
  t.equal((await command(['admin', 'reset'])).exitCode, 2);
});

test('root writes as whoever owns the data, so that the node goes on reading them', { skip: process.geteuid?.() === 0 ? false : 'not root' }, async (t) => {
  const { dataDir } = await oldVolume(t);
  const owner = 12_345;
  for (const name of ['', 'state', ...(await readdir(join(dataDir, 'state'))).map((file) => join('state', file))]) await chown(join(dataDir, name), owner, owner);
  const reset = await command(['admin', 'reset-token', '--data-dir', dataDir]);
  t.equal(reset.exitCode, 0, reset.stderr);
  for (const name of ['admin-token', 'state/admin-token-sha256.value']) t.match(await stat(join(dataDir, name)), { uid: owner, gid: owner }, name);
});

test('with MongoDB nothing is written on the disk, and every node on the database takes a reset token', async (t) => {
  const database = await mongoDatabase();
  if (database === undefined) return void t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
  t.teardown(() => database.drop());
  const folder = t.testdir();
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  const env = { SWITCH_MONGODB_URI: database.uri };
  const first = serve(t, ['--port', '0', '--data-dir', dataDir], env);
  const token = await shownToken(first);
  t.match(first.output(), /in this log only; SWITCH_ADMIN_TOKEN_FILE/);
  await rm(dataDir, { recursive: true });
  const second = serve(t, ['--port', '0', '--data-dir', join(folder, 'other')], env);
  const urls = await Promise.all([first.url, second.url]);
  for (const url of urls) t.equal(await changeWith(url, bearer(token)), 404);
  const reset = await command(['admin', 'reset-token'], env);
  t.equal(reset.exitCode, 0, reset.stderr);
  await Promise.all([first, second].map(noticed));
  for (const url of urls) {
    t.equal(await changeWith(url, bearer(reset.stdout.trim())), 404);
    t.equal(await changeWith(url, bearer(token)), 401);
  }
  t.same(await readdir(join(folder, 'other')), ['uploads']);
});
