// FerretDB on PostgreSQL with DocumentDB: a MongoDB server for machines that have no
// mongod. It lives in a Debian tree of its own, built once into the user's cache, and
// runs in namespaces of its own, so mounts and processes end with the script.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NoMongoDbError, startServer } from './running-server.ts';
import { findCommand } from './find-command.ts';
import type { MongoDbForTests } from './running-server.ts';

const here = import.meta.dirname;
const buildTimeoutMs = 20 * 60_000;
const inNamespaces = ['--mount', '--pid', '--ipc', '--fork', '--kill-child'];
const neededCommands = ['debootstrap', 'go', 'flock', 'setpriv', 'unshare', 'mount', 'chroot'];

/** Throws `NoMongoDbError` when this machine cannot run it. */
export const startFerretDb = async (log: (line: string) => void, signal?: AbortSignal): Promise<MongoDbForTests> => {
  const reason = whyNot();
  if (reason !== null) throw new NoMongoDbError(reason);
  const tree = await ensureTree(log, signal);
  const data = mkdtempSync(join(tmpdir(), 'switch-mongodb-'));
  return await startServer('FerretDB', 'unshare', [...inNamespaces, 'bash', join(here, 'run.sh'), tree, data], signal);
};

const whyNot = (): string | null => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'FerretDB is run only by root on Debian';
  const missing = neededCommands.filter((name) => findCommand(name) === null);
  if (missing.length > 0) return `FerretDB needs commands that are not on the PATH: ${missing.join(', ')}`;
  const mayMount = spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  if (mayMount.status !== 0) return 'FerretDB needs the right to mount, which this container does not have';
  return null;
};

const ensureTree = async (log: (line: string) => void, signal?: AbortSignal): Promise<string> => {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'software-switch');
  const tree = join(cache, `mongodb-for-tests-${process.arch}-${recipeKey()}`);
  if (existsSync(tree)) return tree;
  mkdirSync(cache, { recursive: true });
  log(`building FerretDB and PostgreSQL in ${tree} (a minute or two, once; waits if another build is under way)`);

  // Each command becomes the next one, so that the build dies with us and the lock with the build.
  const diesWithUs = ['--pdeathsig', 'KILL'];
  const locked = ['flock', '--no-fork', join(cache, 'mongodb-for-tests.lock')];
  const build = spawn(
    'setpriv',
    [...diesWithUs, ...locked, 'unshare', ...inNamespaces, 'bash', join(here, 'build.sh'), tree],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const timer = setTimeout(() => build.kill('SIGKILL'), buildTimeoutMs);
  const abort = (): void => void build.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  const logFile = createWriteStream(`${tree}.log`);
  const lastLines: string[] = [];
  createInterface({ input: build.stderr }).on('line', (line) => {
    logFile.write(`${line}\n`);
    if (line.startsWith('mongodb-for-tests: ')) log(line.slice('mongodb-for-tests: '.length));
    if (lastLines.push(line) > 15) lastLines.shift();
  });
  const status = await new Promise<string | null>((resolve) => {
    build.once('error', (error) => resolve(error.message));
    build.once('close', (code, by) => resolve(code === 0 ? null : (by ?? `exit code ${code}`)));
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  await new Promise<void>((resolve) => logFile.end(resolve));
  signal?.throwIfAborted();
  if (status !== null) {
    throw new Error(`Building FerretDB failed (${status}). The log is ${tree}.log and ends:\n${lastLines.join('\n')}`);
  }
  return tree;
};

/** Changes with everything that goes into the tree, so that a changed recipe is a new tree. */
const recipeKey = (): string => {
  const hash = createHash('sha256').update(readFileSync(join(here, 'build.sh')));
  for (const name of readdirSync(join(here, 'ferretdb')).toSorted()) {
    hash.update(name).update(readFileSync(join(here, 'ferretdb', name)));
  }
  return hash.digest('hex').slice(0, 12);
};
