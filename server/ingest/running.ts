/** The uploads being handled at this moment, so that a stop can wait for their files to be closed and their progress saved. */

export class Running {
  readonly #work = new Set<Promise<unknown>>();

  async track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  /** Resolves when what runs now has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#work);
  }
}
