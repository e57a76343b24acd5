// The images of the container tests, each made once for what it is made from: the stand-ins for those that cannot be pulled, under
// their names, and ours.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildTree } from '../debian-tree.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { ferretDbTree } from '../mongodb-for-tests/ferretdb.ts';
import { findCommand } from '../mongodb-for-tests/find-command.ts';

const root = join(import.meta.dirname, '../..');
const here = import.meta.dirname;
const LABEL = 'software-switch.made-from';
const BASE = 'node:24-bookworm-slim';
const MONGODB = 'mongo:8';
const IMAGE = 'software-switch-test';
const BUILD_LIMIT_MS = 15 * 60_000;
const PULL_SILENCE_MS = 15_000;

/** What the image is made from. */
const SOURCES = [
  'Dockerfile', '.dockerignore', '.npmrc', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json',
  'bin', 'config', 'engine', 'server', 'ui', 'scripts/build-library.ts', 'scripts/build-page.ts', 'scripts/bundle-server.ts', 'scripts/compile-ahead.ts', 'scripts/fingerprint.ts', 'scripts/prune-modules.ts',
];

export interface ImageMaker {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Ours, on the base it names. @returns its name. */
export async function buildImage(maker: ImageMaker): Promise<string> {
  await provideBase(maker);
  const base = await docker(maker, ['image', 'inspect', '--format', '{{.Id}}', BASE]);
  const madeFrom = `${base}-${fingerprintOf(root, SOURCES, ['ui/dist'])}`;
  if (await labelOf(maker, IMAGE) === madeFrom) return IMAGE;
  maker.log('building the image');
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]).filter((name) => process.env[name] !== undefined);
  await docker(maker, ['build', '--quiet', '--network', 'host', '--tag', IMAGE, '--label', `${LABEL}=${madeFrom}`, ...proxies.flatMap((name) => ['--build-arg', name]), '.']);
  return IMAGE;
}

/** A server that speaks MongoDB's protocol under the name that compose.yaml has. */
export async function provideMongoDb(maker: ImageMaker): Promise<void> {
  const label = await labelOf(maker, MONGODB);
  // One without our label was pulled.
  if (label === '') return;
  const tree = await ferretDbTree(maker.log, maker.signal);
  const scripts = ['run-mongodb', 'mongosh'] as const;
  const key = createHash('sha256').update(tree);
  for (const name of scripts) key.update(readFileSync(join(here, `${name}.sh`)));
  const madeFrom = key.digest('hex').slice(0, 16);
  if (label === madeFrom || (label === undefined && await pull(maker, MONGODB))) return;
  maker.log(`making the stand-in for ${MONGODB}`);
  const commands = join(tree, 'usr/local/bin');
  for (const name of scripts) {
    const unfinished = join(commands, `.${name}-${process.pid}`);
    copyFileSync(join(here, `${name}.sh`), unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, join(commands, name));
  }
  await importTree(maker, tree, MONGODB, madeFrom, ['ENTRYPOINT ["run-mongodb"]', 'EXPOSE 27017', 'VOLUME /data/db', 'ENV LC_ALL=C.UTF-8', 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']);
}

async function provideBase(maker: ImageMaker): Promise<void> {
  const label = await labelOf(maker, BASE);
  if (label === '') return;
  const node = realpathSync(join(root, 'node_modules/.bin/node'));
  const npm = npmFolder();
  const recipe = join(here, 'build-base.sh');
  const version = (await promisify(execFile)(node, ['--version'])).stdout.trim();
  const madeFrom = createHash('sha256').update(readFileSync(recipe)).update(version).update(readFileSync(join(npm, 'package.json'))).digest('hex').slice(0, 16);
  if (label === madeFrom || (label === undefined && await pull(maker, BASE))) return;
  const tree = join(maker.cache, `base-${madeFrom}`);
  await buildTree({ name: 'container-for-tests', script: recipe, tree, args: [node, npm], lock: join(maker.cache, 'base.lock') }, maker.log, maker.signal);
  await importTree(maker, tree, BASE, madeFrom, ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'CMD ["node"]']);
  rmSync(tree, { recursive: true, force: true });
}

/** The folder of the npm that is on the PATH. */
function npmFolder(): string {
  const command = findCommand('npm');
  if (command === null) throw new Error('npm is not on the PATH.');
  for (let folder = dirname(realpathSync(command)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'bin/npm-cli.js'))) return folder;
  }
  throw new Error(`${command} is not in npm's package.`);
}

async function importTree(maker: ImageMaker, tree: string, image: string, madeFrom: string, changes: readonly string[]): Promise<void> {
  const words = [`LABEL ${LABEL}=${madeFrom}`, ...changes].flatMap((change) => ['--change', change]);
  const tar = spawn('tar', ['-C', tree, '--exclude=./proc/*', '--exclude=./dev/shm/*', '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const importing = spawn('docker', ['import', ...words, '-', image], { stdio: [tar.stdout, 'ignore', 'inherit'], env: maker.env, signal: maker.signal });
  tar.stdout.destroy();
  const codes = await Promise.all([tar, importing].map((child) => new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  })));
  if (codes.some((code) => code !== 0)) throw new Error(`${image} could not be made from ${tree} (exit codes ${codes.join(' and ')}).`);
}

/** Whether it came: one that says nothing for a while will not. */
async function pull(maker: ImageMaker, image: string): Promise<boolean> {
  const child = spawn('docker', ['pull', image], { stdio: ['ignore', 'pipe', 'ignore'], env: maker.env, signal: maker.signal });
  let timer = setTimeout(() => child.kill(), PULL_SILENCE_MS);
  child.stdout.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill(), PULL_SILENCE_MS);
  });
  const code = await new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  maker.signal.throwIfAborted();
  return code === 0;
}

/** undefined: there is no such image; empty: it has none. */
async function labelOf(maker: ImageMaker, image: string): Promise<string | undefined> {
  try {
    return await docker(maker, ['image', 'inspect', '--format', `{{index .Config.Labels "${LABEL}"}}`, image]);
  } catch {
    maker.signal.throwIfAborted();
    return undefined;
  }
}

async function docker({ env, signal }: ImageMaker, words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', words, { cwd: root, env, signal, timeout: BUILD_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}
