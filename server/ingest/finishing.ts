/**
 * The uploads that are being made into videos at this moment. The tus library gives its lock back before, so a request that asks
 * about such an upload finds its file on the way to the library: it waits here, and then finds it finished.
 */
import type { Finished } from './upload-records.ts';

export class Finishing {
  readonly #running = new Map<string, Promise<Finished>>();

  /** Joins the work that runs for `id`, or begins it. */
  once(id: string, work: () => Promise<Finished>): Promise<Finished> {
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const finishing = work().finally(() => this.#running.delete(id));
    this.#running.set(id, finishing);
    return finishing;
  }

  /** Resolves when no work runs for `id`, well ended or not. */
  async settled(id: string): Promise<void> {
    await this.#running.get(id)?.catch(() => undefined);
  }
}
