/** Waiting with a limit, given up with its signal. */
import { SwitchError } from '../protocol/errors.ts';

/** What `settled` comes to; undefined when that takes longer than `limitMs`. SwitchError `aborted` when given up; rejects as `settled` does. */
export async function atMost<T>(settled: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) throw aborted();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limitMs);
  const abort = (): void => reject(aborted());
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([settled, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

export function aborted(): SwitchError {
  return new SwitchError('aborted', 'The diagnosis was given up.');
}
