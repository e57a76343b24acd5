/**
 * One process for one data directory: each keeps the list of videos in memory, so a second one would answer for videos that the
 * first deleted. The lock is a Unix socket in the folder. The system ends it with the process, however that ends, and it is seen
 * from other containers on the same volume, where process ids mean nothing. (Machines that share a network folder do not see
 * each other's.)
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { errnoOf } from './durable-files.ts';
import { StorageError } from './storage-error.ts';

const LOCK_NAME = 'in-use.sock';
/** A process that lives but does not answer is one that lives: a connection is made by the system, not by the process. */
const CONNECT_TIMEOUT_MS = 2_000;
/** Each round is lost only to another process that starts at the same moment. */
const MAX_ROUNDS = 5;

export interface DataDirLockComponents {
  readonly log?: { warn(details: object, message: string): void } | undefined;
}

export class DataDirLock {
  readonly #log: DataDirLockComponents['log'];
  readonly #dataDir: string;
  #held: { readonly server: Server; readonly folder: FileHandle; readonly path: string } | undefined;

  constructor({ log }: DataDirLockComponents, { dataDir }: { readonly dataDir: string }) {
    this.#log = log;
    this.#dataDir = dataDir;
  }

  /** The folder exists. @throws StorageError `unavailable` when another process has it. Where sockets cannot lie in it, says so and goes on. */
  async acquire(): Promise<void> {
    if (this.#held !== undefined) return;
    const folder = await open(this.#dataDir, 'r');
    // The address of a socket holds some hundred bytes; by its descriptor a folder is near, however deep it lies.
    const near = `/proc/self/fd/${folder.fd}`;
    const base = existsSync(near) ? near : this.#dataDir;
    const ours = join(base, `${randomBytes(6).toString('hex')}.sock`);
    const path = join(base, LOCK_NAME);
    const server = createServer((socket) => socket.destroy());
    try {
      await listen(server, ours);
      await this.#place(ours, path);
      this.#held = { server, folder, path };
    } catch (error) {
      await close(server);
      await folder.close();
      if (error instanceof StorageError) throw error;
      this.#log?.warn({ err: error }, `Cannot tell whether another appliance uses ${this.#dataDir}: its file system takes no sockets. Start only one there.`);
    } finally {
      await rm(ours, { force: true }).catch(() => undefined);
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

  /** The link decides: it fails where the name exists. */
  async #place(ours: string, path: string): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      try {
        await link(ours, path);
        return;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      if (await isAlive(path)) break;
      // Looked at again under a name nobody else touches: another process may have taken the dead one's place just now.
      const aside = `${ours}.left`;
      try {
        await rename(path, aside);
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') continue;
        throw error;
      }
      const alive = await isAlive(aside);
      if (alive) await link(aside, path).catch(() => undefined);
      await rm(aside, { force: true });
      if (alive) break;
    }
    throw new StorageError('unavailable', `Another appliance is using the data directory ${this.#dataDir}. Stop it, or give this one its own folder with --data-dir or SWITCH_DATA_DIR. Appliances share a library through MongoDB.`);
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

async function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => settle(true));
    socket.once('connect', () => settle(true)).once('error', (error) => settle(!['ECONNREFUSED', 'ENOENT'].includes(errnoOf(error) ?? '')));
  });
}
