/** compose.yaml itself, by Debian's docker-compose: the node beside a MongoDB server, thrown away and made again. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { content, names, put, sha256, signedIn, signIn } from '../fixtures/container-library.ts';
import { ADMIN_TOKEN, container, containerTest, docker, image, type Container } from '../fixtures/docker.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMPOSE_LIMIT_MS = 120_000;

containerTest('compose.yaml starts the node when its database is well, and keeps all of it when the node is made again', async (t) => {
  const compose = await project(t);
  await compose('up', '--detach', '--no-build');
  const node = await nodeOf(compose);
  await node.healthy();
  t.match(await docker('inspect', '--format', '{{range .Mounts}}{{if eq .Type "volume"}}{{.Destination}} {{end}}{{end}}', node.name), /^\/data ?$/, 'only the place for unfinished uploads');
  const bytes = randomBytes(3_000_000);
  const contentId = await put(await node.url(), 'Kept.mp4', bytes);
  const cookie = await signIn(await node.url());

  // With everything that was the container's own.
  await compose('rm', '--stop', '--force', '-v', 'node');
  await t.rejects(docker('inspect', node.name), 'it is gone');
  await compose('up', '--detach', '--no-build');
  const again = await nodeOf(compose);
  await again.healthy();
  const url = await again.url();
  t.same(await names(url), ['Kept.mp4']);
  t.equal(sha256((await content(url, contentId)).bytes), sha256(bytes));
  t.ok(await signedIn(url, cookie), 'who was signed in still is');
  t.notMatch(await again.logs(), ADMIN_TOKEN);
});

type Compose = (...words: readonly string[]) => Promise<string>;

/** Under a name of its own, on free ports, with the admin token in a file as the comments in it say. Removed in the teardown. */
async function project(t: Test): Promise<Compose> {
  const folder = await mkdtemp(join(tmpdir(), 'switch-compose-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'admin-token.txt'), `${ADMIN_TOKEN}\n`, { mode: 0o644 });
  await writeFile(join(folder, 'override.yaml'), `
services:
  node:
    environment:
      SWITCH_ADMIN_TOKEN_FILE: /run/secrets/admin-token
      SWITCH_RESERVE_FREE_BYTES: "0"
    secrets:
      - admin-token
secrets:
  admin-token:
    file: ${folder}/admin-token.txt
`);
  const name = `switch-test-${randomBytes(4).toString('hex')}`;
  const compose: Compose = async (...words) => (await promisify(execFile)('docker-compose',
    ['--project-name', name, '--project-directory', ROOT, '--file', join(ROOT, 'compose.yaml'), '--file', join(folder, 'override.yaml'), ...words],
    { timeout: COMPOSE_LIMIT_MS, env: { ...process.env, SWITCH_IMAGE: image(), HTTP_PORT: '0', UDP_PORT: '0' } })).stdout.trim();
  t.teardown(() => compose('down', '--volumes', '--timeout', '1'));
  return compose;
}

async function nodeOf(compose: Compose): Promise<Container> {
  return container(await compose('ps', '--quiet', 'node'));
}
