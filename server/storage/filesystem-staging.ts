/**
 * The `incoming` folder: uploads being written and deleted videos on their way out. Each folder's name tells which process
 * owns it, so that a start sweeps what dead processes left and never what a living one is writing.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isContentId } from '../../engine/index.ts';

export class FilesystemStaging {
  readonly #folder: string;
  readonly #dead: string[] = [];
  #owner = '';

  constructor(_components: object, { folder }: { readonly folder: string }) {
    this.#folder = folder;
  }

  /** Makes the folder and finds what dead processes left there. @returns the videos whose extras they were changing. */
  async start(): Promise<Set<string>> {
    this.#owner = `${process.pid}-${await startTicksOf(process.pid) ?? 'x'}`;
    await mkdir(this.#folder, { recursive: true });
    const changing = new Set<string>();
    for (const name of await readdir(this.#folder)) {
      if (await isOwned(name)) continue;
      for (const inside of await namesIn(join(this.#folder, name))) if (isContentId(inside)) changing.add(inside);
      this.#dead.push(join(this.#folder, name));
    }
    return changing;
  }

  /** Ends what {@link start} began, once the extras are tidy. */
  async sweep(): Promise<void> {
    for (const path of this.#dead.splice(0)) await rm(path, { recursive: true, force: true });
  }

  /** A new name nobody else uses, inside the folder. */
  newPath(): string {
    return join(this.#folder, `${this.#owner}-${randomBytes(8).toString('hex')}`);
  }

  async create(): Promise<string> {
    const path = this.newPath();
    await mkdir(path);
    return path;
  }

  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  }
}

async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}

async function isOwned(name: string): Promise<boolean> {
  const match = /^(\d+)-(\d+|x)-[0-9a-f]+$/u.exec(name);
  if (match === null) return false;
  const pid = Number(match[1]);
  const ticks = await startTicksOf(pid);
  if (ticks !== undefined) return ticks === match[2];
  return match[2] === 'x' && isRunning(pid);
}

/** When a process started, in clock ticks since boot: with the pid it names a process for good, in containers too
 *  (where every appliance is pid 1). undefined where /proc does not tell. Source: proc_pid_stat(5), field 22. */
async function startTicksOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
