/** Where something may have happened, gathered for a moment so that a file being copied is not looked at for every write. */
const MAX_HINTS = 200;

export class Hints {
  readonly #paths = new Set<string>();
  readonly #delayMs: number;
  #isOverflowing = false;
  #dueMs = Infinity;

  constructor(_components: object, { delayMs }: { readonly delayMs: number }) {
    this.#delayMs = delayMs;
  }

  /** When to look; Infinity: there is nothing to look at. */
  get dueMs(): number {
    return this.#dueMs;
  }

  add(path: string, nowMs: number): void {
    if (this.#paths.size >= MAX_HINTS) this.#isOverflowing = true;
    else this.#paths.add(path);
    if (this.#dueMs === Infinity) this.#dueMs = nowMs + this.#delayMs;
  }

  /** The paths, each once; the empty text alone where the whole folder is to be looked through. */
  take(): readonly string[] {
    const paths = this.#isOverflowing || this.#paths.has('') ? [''] : [...this.#paths];
    this.#paths.clear();
    this.#isOverflowing = false;
    this.#dueMs = Infinity;
    return paths;
  }
}
