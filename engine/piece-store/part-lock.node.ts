/**
 * One writer for one unfinished file, among all processes of this machine: a local socket whose name is made of the file's own
 * identity. The system ends it with the process, however that ends, so nothing is left over that would have to be judged stale.
 * (Linux has such names without a file, Windows has pipes; elsewhere, and among containers, two writers are not told apart.)
 */
import type { FileHandle } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';

export class PartLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `taken` when another process, or another store of this one, writes the file; undefined where there are no such locks. */
  static async acquire(file: FileHandle): Promise<PartLock | 'taken' | undefined> {
    const { dev, ino } = await file.stat();
    const path = lockPath(`software-switch-part-${dev}-${ino}`);
    if (path === undefined) return undefined;
    const server = createServer((socket) => socket.destroy());
    const listening = Promise.withResolvers<PartLock | 'taken' | undefined>();
    server.once('error', (error) => listening.resolve('code' in error && error.code === 'EADDRINUSE' ? 'taken' : undefined));
    server.listen(path, () => listening.resolve(new PartLock(server)));
    server.unref();
    return listening.promise;
  }

  async release(): Promise<void> {
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
  }
}

function lockPath(name: string): string | undefined {
  switch (process.platform) {
    case 'linux': return `\0${name}`;
    case 'win32': return `\\\\.\\pipe\\${name}`;
    default: return undefined;
  }
}
