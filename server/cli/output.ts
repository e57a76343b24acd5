/**
 * Where a command speaks: a line that is redrawn on a terminal, plain lines in a pipe, one JSON object a line with `--json`.
 * Results go to standard output, everything else to standard error, so that a pipe sees results only.
 */
import type { Writable } from 'node:stream';

/** A piped, non-JSON run says how far it is this often. */
const PLAIN_INTERVAL_MS = 5000;
const TERMINAL_INTERVAL_MS = 100;
const JSON_INTERVAL_MS = 500;

export interface Terminal {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

export class Output {
  readonly json: boolean;
  readonly interactive: boolean;
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #drawn = false;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(components: { readonly terminal: Terminal; readonly now: () => number }, options: { readonly json: boolean }) {
    this.#terminal = components.terminal;
    this.#now = components.now;
    this.json = options.json;
    this.interactive = !options.json && components.terminal.stderr.isTTY === true;
  }

  get columns(): number {
    return this.#terminal.stderr.columns ?? 100;
  }

  /** A result: printed as it is, or as JSON with its type. */
  result(type: string, fields: Readonly<Record<string, unknown>>, sentence: string): void {
    this.#clear();
    this.#terminal.stdout.write(this.json ? `${JSON.stringify({ type, ...fields })}\n` : `${sentence}\n`);
  }

  /** Something that happened on the way. `fields` are for `--json`, the sentence for people. */
  event(type: string, fields: Readonly<Record<string, unknown>>, sentence: string): void {
    this.#clear();
    if (this.json) this.#terminal.stdout.write(`${JSON.stringify({ type, ...fields })}\n`);
    else this.#terminal.stderr.write(`${sentence}\n`);
  }

  /** Told as often as one likes; shown at a pace that suits the reader. `now` shows it at once. */
  progress(fields: () => Readonly<Record<string, unknown>>, line: () => string, options: { readonly now?: boolean } = {}): void {
    const atMs = this.#now();
    const intervalMs = this.json ? JSON_INTERVAL_MS : this.interactive ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
    if (options.now !== true && atMs - this.#lastAtMs < intervalMs) return;
    this.#lastAtMs = atMs;
    if (this.json) this.#terminal.stdout.write(`${JSON.stringify({ type: 'progress', ...fields() })}\n`);
    else if (this.interactive) {
      this.#terminal.stderr.write(`\r\u001b[K${line()}`);
      this.#drawn = true;
    } else this.#terminal.stderr.write(`${line()}\n`);
  }

  /** What went wrong: always on standard error, in JSON with its code. */
  error(code: string, sentence: string): void {
    this.#clear();
    this.#terminal.stderr.write(this.json ? `${JSON.stringify({ type: 'error', code, message: sentence })}\n` : `${sentence}\n`);
  }

  #clear(): void {
    if (!this.#drawn) return;
    this.#terminal.stderr.write('\r\u001b[K');
    this.#drawn = false;
  }
}
