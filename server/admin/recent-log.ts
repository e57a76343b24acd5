/**
 * The last lines of the log, for the admin page. It stands between the logger and its destination: a line goes on at once and
 * as it is, and is only kept here as text; it is parsed when somebody asks.
 */

/** What the logger writes to; every Writable is one. */
export interface LogDestination {
  write(line: string): unknown;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  /** Grows by one a line, from 1 at the start of the process. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RecentLogOptions {
  /** Default 1,000. */
  readonly maxLines?: number;
  /** Of all lines kept together, in UTF-16 units. Default 512 Ki. */
  readonly maxChars?: number;
  /** Nothing of ours logs a secret; where an error of a library repeats one, who reads the lines here finds it hidden. */
  readonly secrets?: readonly (string | undefined)[];
}

const DEFAULT_MAX_LINES = 1_000;
const DEFAULT_MAX_CHARS = 512 * 1024;
/** A line longer than this would push out all others. */
const MAX_LINE_CHARS = 32 * 1024;
/** pino's levels. */
const LEVEL_STEP = 10;
const INFO = 30;

export class RecentLog implements LogDestination {
  readonly #destination: LogDestination;
  readonly #maxLines: number;
  readonly #maxChars: number;
  readonly #secrets: readonly string[];
  /** A ring: line `seq` is at `seq % maxLines`. */
  readonly #lines: string[] = [];
  #chars = 0;
  #oldestSeq = 1;
  #lastSeq = 0;

  constructor(destination: LogDestination, options: RecentLogOptions = {}) {
    this.#destination = destination;
    this.#maxLines = options.maxLines ?? DEFAULT_MAX_LINES;
    this.#maxChars = options.maxChars ?? DEFAULT_MAX_CHARS;
    this.#secrets = (options.secrets ?? []).flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** One more than `lastSeq` while there is none. */
  get oldestSeq(): number {
    return this.#oldestSeq;
  }

  write(line: string): void {
    this.#destination.write(line);
    if (this.#lastSeq - this.#oldestSeq + 1 >= this.#maxLines) this.#dropOldest();
    const text = line.length <= MAX_LINE_CHARS ? line : shortened(line);
    this.#lastSeq += 1;
    this.#lines[this.#lastSeq % this.#maxLines] = text;
    this.#chars += text.length;
    while (this.#chars > this.#maxChars) this.#dropOldest();
  }

  /** Lines after `seq` of at least `level`, oldest first. A number beyond the last is of an earlier process: all are answered. */
  after(seq: number, level: LogLevel): readonly LogLine[] {
    const least = LOG_LEVELS.indexOf(level);
    const found: LogLine[] = [];
    for (let at = Math.max(this.#oldestSeq, seq > this.#lastSeq ? 0 : seq + 1); at <= this.#lastSeq; at += 1) {
      const line = this.#read(at);
      if (LOG_LEVELS.indexOf(line.level) >= least) found.push(line);
    }
    return found;
  }

  #dropOldest(): void {
    const at = this.#oldestSeq % this.#maxLines;
    this.#chars -= this.#lines[at]?.length ?? 0;
    this.#lines[at] = '';
    this.#oldestSeq += 1;
  }

  #read(seq: number): LogLine {
    const line = parsed(this.#lines[seq % this.#maxLines] ?? '', (text) => this.#legible(text));
    const { level, time, msg, reqId, pid: _pid, hostname: _hostname, ...details } = line;
    return {
      seq,
      time: new Date(typeof time === 'number' ? time : 0).toISOString(),
      level: LOG_LEVELS[Math.floor((typeof level === 'number' ? level : INFO) / LEVEL_STEP) - 1] ?? 'info',
      message: typeof msg === 'string' ? msg : '',
      requestId: typeof reqId === 'string' ? reqId : null,
      details,
    };
  }

  #legible(text: string): string {
    let legible = text;
    for (const secret of this.#secrets) legible = legible.replaceAll(secret, '[hidden]');
    // What stands before an @ in an address: mongodb://user:password@host.
    return legible.replaceAll(/(:\/\/)[^\s/@]+@/g, '$1[hidden]@');
  }
}

function parsed(text: string, legible: (value: string) => string): Readonly<Record<string, unknown>> {
  try {
    const line: unknown = JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? legible(value) : value));
    if (typeof line === 'object' && line !== null) return { ...line };
  } catch {
    // Not one of the logger's lines; shown as it is.
  }
  return { msg: legible(text.trim()) };
}

/** Keeps what tells when and how bad. */
function shortened(line: string): string {
  const { level, time, reqId, msg } = parsed(line, (text) => text);
  const beginning = typeof msg === 'string' ? msg.slice(0, MAX_LINE_CHARS / 4) : '';
  return JSON.stringify({ level, time, reqId, msg: beginning, shortened: `This line has ${line.length} characters; the log itself has all of it.` });
}
