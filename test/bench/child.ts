/** A child process that answers each message with one: the shape of all helpers of benches that need a process of their own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Closing } from '../fixtures/browser.ts';

const ANSWER_LIMIT_MS = 120_000;

export interface Child {
  /** Resolves with the next message of the child's. Rejects when it ends without, or after two minutes. */
  next(): Promise<unknown>;
  ask(message: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** Ends with `t` at the latest. */
export function startChild(t: Closing, file: URL, argv: readonly string[] = [], execArgv: readonly string[] = []): Child {
  const child = fork(fileURLToPath(file), [...argv], { execArgv: [...execArgv] });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.teardown(stop);
  const next = async (): Promise<unknown> => {
    const given = new AbortController();
    const { signal } = given;
    try {
      return await Promise.race([
        once(child, 'message', { signal }).then(([message]) => message as unknown),
        exited.then(() => { throw new Error(`${file.pathname} ended in the middle of the bench.`); }),
        once(AbortSignal.timeout(ANSWER_LIMIT_MS), 'abort', { signal }).then(() => { throw new Error(`${file.pathname} did not answer within ${ANSWER_LIMIT_MS / 1_000} s.`); }),
      ]);
    } finally {
      given.abort();
    }
  };
  return {
    next, stop,
    ask: (message) => {
      const answer = next();
      child.send(message);
      return answer;
    },
  };
}
