/** The newest lines of text, up to a number and up to a size together. */

export interface NumberedLine {
  readonly seq: number;
  readonly text: string;
}

export interface LineRingOptions {
  readonly maxLines: number;
  /** Of all lines together, in UTF-16 units. */
  readonly maxChars: number;
}

const GONE: NumberedLine = { seq: 0, text: '' };

export class LineRing {
  readonly #options: LineRingOptions;
  /** The line that was the n-th to come is at `n % maxLines`. */
  readonly #lines: NumberedLine[] = [];
  #oldest = 0;
  #next = 0;
  #chars = 0;

  constructor(options: LineRingOptions) {
    this.#options = options;
  }

  /** undefined while there is none. */
  get oldestSeq(): number | undefined {
    return this.#oldest === this.#next ? undefined : this.#lines[this.#oldest % this.#options.maxLines]?.seq;
  }

  /** `seq` grows from line to line. */
  push(line: NumberedLine): void {
    const { maxLines, maxChars } = this.#options;
    if (this.#next - this.#oldest >= maxLines) this.#dropOldest();
    this.#lines[this.#next % maxLines] = line;
    this.#next += 1;
    this.#chars += line.text.length;
    while (this.#chars > maxChars) this.#dropOldest();
  }

  /** Oldest first. */
  *[Symbol.iterator](): IterableIterator<NumberedLine> {
    for (let at = this.#oldest; at < this.#next; at += 1) yield this.#lines[at % this.#options.maxLines] ?? GONE;
  }

  #dropOldest(): void {
    const at = this.#oldest % this.#options.maxLines;
    this.#chars -= this.#lines[at]?.text.length ?? 0;
    this.#lines[at] = GONE;
    this.#oldest += 1;
  }
}
