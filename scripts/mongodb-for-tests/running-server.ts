// A MongoDB server that one of our scripts runs as a child process. The script ends
// the server when its standard input ends, so the server goes even when we are killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';

export interface MongoDbForTests {
  /** `mongodb://127.0.0.1:PORT/` */
  readonly uri: string;
  /** What it is, for a log line. */
  readonly kind: string;
  /** Settles when the server is gone, with what happened if nobody asked for it. */
  readonly ended: Promise<Error | null>;
  /** Ends the server and everything it left; may be called twice. */
  stop(): Promise<void>;
}

/** No MongoDB server can be had on this machine; the message says what would be needed. */
export class NoMongoDbError extends Error {
  readonly code = 'NO_MONGODB';
}

const readyTimeoutMs = 90_000;
const stopTimeoutMs = 20_000;

/**
 * Starts `command`, which must print the server's URI as its first line when it is
 * ready, and must stop when its standard input ends.
 */
export const startServer = async (
  kind: string,
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<MongoDbForTests> => {
  // Detached: a Ctrl-C in the terminal is for us to turn into an orderly stop.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  // A server that died already has no use for the end of its input.
  child.stdin.on('error', () => {});
  let asked = false;
  const ended = endOf(child).then((how) => (asked ? null : new Error(`${kind} ended by itself (${how})`)));
  const stop = async (): Promise<void> => {
    asked = true;
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(timer);
  };

  const limit = AbortSignal.timeout(readyTimeoutMs);
  const lines = createInterface({ input: child.stdout });
  try {
    const [uri] = await Promise.race([
      once(lines, 'line', { signal: signal ? AbortSignal.any([signal, limit]) : limit }),
      ended.then((error) => Promise.reject(error ?? new Error(`${kind} was stopped while it started`))),
    ]);
    return { uri: String(uri), kind, ended, stop };
  } catch (error) {
    await stop();
    if (limit.aborted) throw new Error(`${kind} was not ready in ${readyTimeoutMs / 1000} s`, { cause: error });
    throw error;
  }
};

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(by ?? `exit code ${code}`));
  });
