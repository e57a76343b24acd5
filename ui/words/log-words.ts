/** A line of the log as people read it, on the page and in what is copied. */
import type { LogLine } from '../api/admin.ts';

export const LEVEL_WORDS = { trace: 'Trace', debug: 'Debug', info: 'Info', warn: 'Warning', error: 'Error', fatal: 'Fatal' } as const;

export interface LogWords {
  readonly message: string;
  /** `name: value`, each on its own. */
  readonly details: readonly string[];
  /** The stack of an error, where it has one. */
  readonly stack: string | null;
}

export function logWords({ message, details }: LogLine): LogWords {
  const { err, ...rest } = details;
  const error = typeof err === 'object' && err !== null ? err : {};
  const reason = text(Reflect.get(error, 'message'));
  const stack = text(Reflect.get(error, 'stack'));
  if (message === 'request' && typeof rest['method'] === 'string') return { ...requestWords(rest), stack };
  return {
    message: reason === null ? message : `${message}: ${reason}`,
    details: Object.entries(rest).map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`),
    stack,
  };
}

/** `GET /api/videos: 200 in 3 ms`. */
function requestWords({ method, url, status, elapsedMs, remoteAddress, cut, ...rest }: Readonly<Record<string, unknown>>): Omit<LogWords, 'stack'> {
  return {
    message: `${String(method)} ${String(url)}: ${String(status)} in ${String(elapsedMs)} ms${cut === true ? ', cut short' : ''}`,
    details: [`from ${String(remoteAddress)}`, ...Object.entries(rest).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)],
  };
}

/** One line, for a report: in UTC, as the log itself. */
export function logText(line: LogLine): string {
  const { message, details, stack } = logWords(line);
  const id = line.requestId === null ? [] : [`request ${line.requestId}`];
  return `${line.time} ${line.level.toUpperCase().padEnd(5)} ${[message, ...details, ...id].join(' | ')}${stack === null ? '' : `\n${stack}`}`;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
