// Runs a script that builds a Debian tree, as root, in a mount and a process namespace of its own: mounts and processes go when the
// build does, and the build goes when we do. A tree is finished or not there; two builds of one tree wait for each other.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const BUILD_LIMIT_MS = 20 * 60_000;
const SHOWN_LINES = 15;

/** For `unshare`. */
export const IN_NAMESPACES: readonly string[] = ['--mount', '--pid', '--ipc', '--fork', '--kill-child'];

export interface TreeBuild {
  /** The script's lines that begin with it and a colon are for the reader. */
  readonly name: string;
  /** Called with `tree` and `args`; makes the folder `tree`, or leaves it alone if it is there. */
  readonly script: string;
  readonly tree: string;
  readonly args?: readonly string[];
  readonly lock: string;
}

/** Does nothing when the tree is there. */
export async function buildTree({ name, script, tree, args = [], lock }: TreeBuild, log: (line: string) => void, signal?: AbortSignal): Promise<void> {
  if (existsSync(tree)) return;
  mkdirSync(dirname(tree), { recursive: true });
  // Each command becomes the next one, so that the build dies with us and the lock with the build.
  const build = spawn('setpriv', ['--pdeathsig', 'KILL', 'flock', '--no-fork', lock, 'unshare', ...IN_NAMESPACES, 'bash', script, tree, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'], detached: true,
  });
  const timer = setTimeout(() => build.kill('SIGKILL'), BUILD_LIMIT_MS);
  const abort = (): void => void build.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  const logFile = createWriteStream(`${tree}.log`);
  const lastLines: string[] = [];
  createInterface({ input: build.stderr }).on('line', (line) => {
    logFile.write(`${line}\n`);
    if (line.startsWith(`${name}: `)) log(line.slice(name.length + 2));
    if (lastLines.push(line) > SHOWN_LINES) lastLines.shift();
  });
  const status = await new Promise<string | null>((resolve) => {
    build.once('error', (error) => resolve(error.message));
    build.once('close', (code, by) => resolve(code === 0 ? null : (by ?? `exit code ${code}`)));
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  await new Promise<void>((resolve) => logFile.end(resolve));
  signal?.throwIfAborted();
  if (status !== null) throw new Error(`Building ${tree} failed (${status}). The log is ${tree}.log and ends:\n${lastLines.join('\n')}`);
}
