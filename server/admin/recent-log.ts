/**
 * The last lines of the log, for the admin page. It stands between the logger and its destination: a line goes on at once and
 * as it is, and is only kept here as text; it is parsed when somebody asks. Of warnings and errors more are kept: a few viewers
 * make requests by the hundred, and would push out the one line that says what is wrong.
 */
import { LineRing, type NumberedLine } from './line-ring.ts';


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
  /** Of the newest. Default 1,000. */
  readonly maxLines?: number;
  /** Of the newest together, in UTF-16 units. Default 512 Ki. */
  readonly maxChars?: number;
  /** Warnings and worse, beyond the newest lines. Default 200, of 128 Ki together. */
  readonly maxWarnings?: number;
  /** Nothing of ours logs a secret; where an error of a library repeats one, who reads the lines here finds it hidden. */
  readonly secrets?: readonly (string | undefined)[];
}

const DEFAULT_MAX_LINES = 1_000;
const DEFAULT_MAX_CHARS = 512 * 1024;
const DEFAULT_MAX_WARNINGS = 200;
const MAX_WARNINGS_CHARS = 128 * 1024;
/** A line longer than this would push out all others. */
const MAX_LINE_CHARS = 32 * 1024;
/** pino's levels. */
const LEVEL_STEP = 10;
const INFO = 30;
/** How pino begins a line of 40 (warn) to 60 (fatal): not parsed, for every line comes by here. */
const IS_WARNING = /^\{"level":[456]/;

export class RecentLog implements LogDestination {
  readonly #destination: LogDestination;
  readonly #secrets: readonly string[];
  readonly #newest: LineRing;
  readonly #warnings: LineRing;
  #lastSeq = 0;

  constructor(destination: LogDestination, options: RecentLogOptions = {}) {
    this.#destination = destination;
    this.#newest = new LineRing({ maxLines: options.maxLines ?? DEFAULT_MAX_LINES, maxChars: options.maxChars ?? DEFAULT_MAX_CHARS });
    this.#warnings = new LineRing({ maxLines: options.maxWarnings ?? DEFAULT_MAX_WARNINGS, maxChars: MAX_WARNINGS_CHARS });
    this.#secrets = (options.secrets ?? []).flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** From here on nothing is missing. One more than `lastSeq` while there is no line. */
  get oldestSeq(): number {
    return this.#newest.oldestSeq ?? this.#lastSeq + 1;
  }

  write(line: string): void {
    this.#destination.write(line);
    this.#lastSeq += 1;
    const kept = { seq: this.#lastSeq, text: line.length <= MAX_LINE_CHARS ? line : shortened(line) };
    this.#newest.push(kept);
    if (IS_WARNING.test(line)) this.#warnings.push(kept);
  }

  /** Lines after `seq` of at least `level`, oldest first. A number beyond the last is of an earlier process: all are answered. */
  after(seq: number, level: LogLevel): readonly LogLine[] {
    const least = LOG_LEVELS.indexOf(level);
    const from = seq > this.#lastSeq ? 0 : seq;
    const found: LogLine[] = [];
    for (const kept of this.#kept()) {
      const line = kept.seq > from ? this.#read(kept) : undefined;
      if (line !== undefined && LOG_LEVELS.indexOf(line.level) >= least) found.push(line);
    }
    return found;
  }

  *#kept(): IterableIterator<NumberedLine> {
    const { oldestSeq } = this;
    for (const warning of this.#warnings) if (warning.seq < oldestSeq) yield warning;
    yield* this.#newest;
  }

  #read({ seq, text }: NumberedLine): LogLine {
    const { level, time, msg, reqId, pid: _pid, hostname: _hostname, ...details } = parsed(text, (value) => this.#legible(value));
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
