/** A child process that a bench asks for one thing after the other: what it costs there, in time and memory, is nobody else's. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Closing } from '../fixtures/browser.ts';

const STOP_LIMIT_MS = 20_000;

export interface AskedProcess<Question> {
  /** One at a time. Rejects with what went wrong there, or when the process ends. */
  ask(question: Question): Promise<unknown>;
  /** Closes what the process opened, and ends it. */
  stop(): Promise<void>;
}

interface Reply {
  readonly value?: unknown;
  readonly error?: string;
}

/** Ends when `t` does, or by `stop`. */
export function startAsked<Question extends object>(t: Closing, module: string, args: readonly string[]): AskedProcess<Question> {
  const child = fork(module, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => `${module} ended with ${String(signal ?? code)}`);
  ended.catch(() => undefined);
  // Whatever breaks between the two, the bench is told how the child ended: that says more.
  child.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(limit);
  };
  t.teardown(stop);
  const ask = async (question: Question): Promise<unknown> => {
    const done = new AbortController();
    try {
      const answered = once(child, 'message', { signal: done.signal });
      answered.catch(() => undefined);
      child.send(question, () => undefined);
      const [reply] = await Promise.race([answered, ended.then((how) => Promise.reject(new Error(how)))]) as [Reply];
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.value;
    } finally {
      done.abort();
    }
  };
  return { ask, stop };
}

/** The child's side. `close` is called when the bench wants no more, or is gone. */
export function answerBench<Question>(answer: (question: Question) => Promise<unknown>, close: () => Promise<void>): void {
  process.on('message', (question: Question) => {
    answer(question).then((value) => tell({ value }), (error: unknown) => tell({ error: textOf(error) }));
  });
  process.on('disconnect', () => {
    close().catch((error: unknown) => {
      process.stderr.write(`${textOf(error)}\n`);
      process.exitCode = 1;
    }).finally(() => process.exit());
  });
}

function tell(reply: Reply): void {
  if (process.connected) process.send?.(reply);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
