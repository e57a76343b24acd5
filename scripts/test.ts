// Runs the tests: `npm test`, or `npm test -- test/unit/x.test.ts` with any of tap's arguments.
//
// tap runs each test file in a process of its own. What all of them need is made here, once:
// the page that the browser tests open, tap's plugins, and a MongoDB server for the GridFS tests,
// whose URI the tests find in SWITCH_TEST_MONGODB_URI. Without a server those tests are skipped;
// with CI=true that is a failure. So are the container tests without a Docker engine, for which
// the image is built here too, unless the arguments name other tests only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildLibrary } from './build-library.ts';
import { NoDockerError } from './container-for-tests/docker.ts';
import { prepareContainers, type ContainersForTests } from './container-for-tests/prepare.ts';
import { startMongoDbForTests } from './mongodb-for-tests/server.ts';
import type { MongoDbForTests } from './mongodb-for-tests/running-server.ts';

const root = dirname(import.meta.dirname);
const bin = join(root, 'node_modules/.bin');
const tap = join(bin, 'tap');
const inCi = process.env['CI'] === 'true';
const say = (line: string): void => console.error(line);
const env: NodeJS.ProcessEnv = {
  ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
  // Some 140 test files and what they start load much the same modules: compiled once, and stripped of their types.
  NODE_COMPILE_CACHE: join(root, '.cache/compiled'),
};
if (!process.argv.some((given) => /coverage|changed|^-n$/.test(given))) {
  env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${pathToFileURL(join(import.meta.dirname, 'lean-tests.mjs')).href}`.trim();
}

const main = async (): Promise<number> => {
  const stopping = new AbortController();
  let running: ReturnType<typeof spawn> | null = null;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      stopping.abort();
      // On Ctrl-C the terminal has told tap as well.
      if (name !== 'SIGINT') running?.kill(name);
    });
  }

  // And with it the page.
  await buildLibrary();
  buildTapPlugins();
  const server = await startServer(stopping.signal);
  let containers: ContainersForTests | null = null;
  try {
    containers = await startContainers(stopping.signal);
    if (stopping.signal.aborted) return 130;
    if (server !== null) env['SWITCH_TEST_MONGODB_URI'] = server.uri;
    Object.assign(env, containers?.env);
    running = spawn(tap, process.argv.slice(2), { cwd: root, env, stdio: 'inherit' });
    return await exitCodeOf(running);
  } finally {
    await containers?.stop();
    await server?.stop();
  }
};

const startContainers = async (signal: AbortSignal): Promise<ContainersForTests | null> => {
  const named = process.argv.slice(2).filter((argument) => argument.startsWith('test/'));
  if (named.length > 0 && !named.some((path) => path.startsWith('test/container'))) return null;
  try {
    return await prepareContainers((line) => say(`container-for-tests: ${line}`), signal);
  } catch (error) {
    if (inCi || signal.aborted || !(error instanceof NoDockerError)) throw error;
    say(error.message);
    say('*** The container tests are SKIPPED in this run: there is no Docker engine for them. ***');
    return null;
  }
};

const startServer = async (signal: AbortSignal): Promise<MongoDbForTests | null> => {
  try {
    return await startMongoDbForTests((line) => say(`mongodb-for-tests: ${line}`), signal);
  } catch (error) {
    if (inCi || signal.aborted) throw error;
    say(error instanceof Error ? error.message : String(error));
    say('*** The GridFS tests are SKIPPED in this run: there is no MongoDB server for them. ***');
    return null;
  }
};

/** tap compiles its set of plugins into its own package, which `npm ci` lays afresh with the default set. */
const buildTapPlugins = (): void => {
  const built = join(root, 'node_modules/@tapjs/test/test-built');
  const stamp = join(built, 'software-switch-plugins');
  const wanted = readFileSync(join(root, 'package.json'), 'utf8').match(/"plugin":\s*\[[^\]]*\]/)?.[0] ?? '';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const build = spawnSync(tap, ['build'], { cwd: root, env, encoding: 'utf8' });
  if (build.status !== 0)
    throw new Error(`tap build failed: ${build.error?.message ?? ''}${build.stdout}${build.stderr}`);
  writeFileSync(stamp, wanted);
};

const exitCodeOf = (child: ReturnType<typeof spawn>): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, by) => resolve(code ?? 128 + (by === null ? 0 : constants.signals[by])));
  });

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
