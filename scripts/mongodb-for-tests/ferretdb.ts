// FerretDB on PostgreSQL with DocumentDB: a MongoDB server for machines that have no
// mongod. It lives in a Debian tree of its own, built once into the user's cache, and
// runs in namespaces of its own, so mounts and processes end with the script.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTree, IN_NAMESPACES } from '../debian-tree.ts';
import { NoMongoDbError, startServer } from './running-server.ts';
import { findCommand } from './find-command.ts';
import type { MongoDbForTests } from './running-server.ts';

const here = import.meta.dirname;
const neededCommands = ['debootstrap', 'go', 'flock', 'setpriv', 'unshare', 'mount', 'chroot'];

/** Throws `NoMongoDbError` when this machine cannot run it. */
export const startFerretDb = async (log: (line: string) => void, signal?: AbortSignal): Promise<MongoDbForTests> => {
  const tree = await ferretDbTree(log, signal);
  const data = mkdtempSync(join(tmpdir(), 'switch-mongodb-'));
  return await startServer('FerretDB', 'unshare', [...IN_NAMESPACES, 'bash', join(here, 'run.sh'), tree, data], signal);
};

const whyNot = (): string | null => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'FerretDB is run only by root on Debian';
  const missing = neededCommands.filter((name) => findCommand(name) === null);
  if (missing.length > 0) return `FerretDB needs commands that are not on the PATH: ${missing.join(', ')}`;
  const mayMount = spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  if (mayMount.status !== 0) return 'FerretDB needs the right to mount, which this container does not have';
  return null;
};

/** The tree with the servers in it, built when it is not there. Throws `NoMongoDbError` when this machine cannot build it. */
export const ferretDbTree = async (log: (line: string) => void, signal?: AbortSignal): Promise<string> => {
  const reason = whyNot();
  if (reason !== null) throw new NoMongoDbError(reason);
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'software-switch');
  const tree = join(cache, `mongodb-for-tests-${process.arch}-${recipeKey()}`);
  if (existsSync(tree)) return tree;
  log(`building FerretDB and PostgreSQL in ${tree} (a minute or two, once; waits if another build is under way)`);
  await buildTree({ name: 'mongodb-for-tests', script: join(here, 'build.sh'), tree, lock: join(cache, 'mongodb-for-tests.lock') }, log, signal);
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
