/**
 * One process for one data directory: each keeps the list of videos in memory, so a second one would answer for videos that the
 * first deleted. Each process puts a Unix socket of its own into the folder, and then looks for others: who shows itself before
 * looking cannot be overlooked by one who does the same. The system ends a socket with its process, however that ends, and it is
 * seen from other containers on the same volume, where process ids mean nothing. (Machines that share a network folder do not
 * see each other's.)
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errnoOf } from './durable-files.ts';
import { StorageError } from './storage-error.ts';

/** A socket that is shown listens already, so one of this name that refuses has no process any more. */
const SHOWN = /^in-use-[0-9a-f]+\.sock$/;
/** What a socket says to who connects: its process has the folder, or wants it. */
const HOLDS = 'holds';
const WANTS = 'wants';
/** A process that lives but says nothing in this time is taken to have the folder. */
const ANSWER_TIMEOUT_MS = 2_000;
/** Processes that start at the same moment step back for a random part of this, and try again. */
const STEP_BACK_MS = 400;
const MAX_ROUNDS = 20;

export interface DataDirLockComponents {
  readonly log?: { warn(details: object, message: string): void } | undefined;
}

interface Held {
  readonly server: Server;
  readonly folder: FileHandle;
  readonly path: string;
}

export class DataDirLock {
  readonly #log: DataDirLockComponents['log'];
  readonly #dataDir: string;
  #held: Held | undefined;

  constructor({ log }: DataDirLockComponents, { dataDir }: { readonly dataDir: string }) {
    this.#log = log;
    this.#dataDir = dataDir;
  }

  /** The folder exists. @throws StorageError `unavailable` when another process has it. Where sockets cannot lie in it, says so and goes on. */
  async acquire(): Promise<void> {
    if (this.#held !== undefined) return;
    const folder = await open(this.#dataDir, 'r');
    try {
      // The address of a socket holds some hundred bytes; by its descriptor a folder is near, however deep it lies.
      const near = `/proc/self/fd/${folder.fd}`;
      const base = existsSync(near) ? near : this.#dataDir;
      for (let round = 0; round < MAX_ROUNDS && this.#held === undefined; round += 1) {
        if (round > 0) await setTimeout(Math.random() * STEP_BACK_MS);
        this.#held = await this.#try(folder, base);
      }
    } catch (error) {
      await folder.close();
      if (error instanceof StorageError) throw error;
      this.#log?.warn({ err: error }, `Cannot tell whether another appliance uses ${this.#dataDir}: its file system takes no sockets. Start only one there.`);
      return;
    }
    if (this.#held === undefined) {
      await folder.close();
      throw this.#taken();
    }
  }

  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    await rm(held.path, { force: true });
    await close(held.server);
    await held.folder.close();
  }

  /** undefined when others want the folder at this moment. @throws StorageError when one has it. */
  async #try(folder: FileHandle, base: string): Promise<Held | undefined> {
    const name = randomBytes(6).toString('hex');
    const hidden = join(base, `${name}.sock`);
    const path = join(base, `in-use-${name}.sock`);
    const server = createServer((socket) => {
      socket.on('error', () => undefined).end(this.#held?.server === server ? HOLDS : WANTS);
    });
    let held: Held | undefined;
    try {
      await listen(server, hidden);
      await rename(hidden, path);
      const others = (await readdir(base)).filter((other) => SHOWN.test(other) && other !== `in-use-${name}.sock`);
      const answers = await Promise.all(others.map((other) => ask(join(base, other))));
      // A name is used once only, so a dead one is removed without a race.
      for (const [index, answer] of answers.entries()) if (answer === 'dead') await rm(join(base, others[index] ?? ''), { force: true });
      if (answers.includes(HOLDS)) throw this.#taken();
      if (!answers.includes(WANTS)) held = { server, folder, path };
      return held;
    } finally {
      if (held === undefined) {
        await rm(path, { force: true });
        await close(server);
      }
    }
  }

  #taken(): StorageError {
    return new StorageError('unavailable', `Another appliance is using the data directory ${this.#dataDir}. Stop it, or give this one its own folder with --data-dir or SWITCH_DATA_DIR. Appliances share a library through MongoDB.`);
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
}

async function close(server: Server): Promise<void> {
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
}

async function ask(path: string): Promise<'dead' | typeof HOLDS | typeof WANTS> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    const settle = (answer: 'dead' | typeof HOLDS | typeof WANTS): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle(HOLDS));
    socket.setEncoding('latin1').on('data', (text: string) => { said += text; });
    socket.once('end', () => settle(said === WANTS ? WANTS : HOLDS));
    socket.once('error', (error) => settle(['ECONNREFUSED', 'ENOENT'].includes(errnoOf(error) ?? '') ? 'dead' : HOLDS));
  });
}
