/** Tries again what fails for reasons that pass: a full disk, a data directory that is not there yet. */
import { indexFailed, type FolderNotice } from './folder-notices.ts';
import { Waker } from './waker.ts';

export interface AttemptsOptions {
  readonly indexDir: string;
  readonly retryMs: number;
}

export class Attempts {
  readonly #log: { warn(details: object, message: string): void };
  readonly #options: AttemptsOptions;
  readonly #pause = new Waker();
  #notice: FolderNotice | undefined;

  constructor({ log }: { readonly log: { warn(details: object, message: string): void } }, options: AttemptsOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** While it fails. */
  get notice(): FolderNotice | undefined {
    return this.#notice;
  }

  /** Runs `task` until it works, and once even when it is told to stop already: what was found should not be lost. @returns false when it gave up. */
  async at(task: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    do {
      try {
        await task();
        this.#notice = undefined;
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        // Told once, not at each attempt.
        if (this.#notice === undefined) this.#log.warn({ err: error }, 'the watched folder cannot be indexed at the moment; trying again later');
        this.#notice = indexFailed(this.#options.indexDir, error);
        await this.#pause.sleep(this.#options.retryMs, signal);
      }
    } while (!signal.aborted);
    return false;
  }
}
