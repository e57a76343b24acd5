/** Lets a loop sleep until it is time, something happens, or it is told to stop. */
export class Waker {
  #wake = Promise.withResolvers<void>();

  /** Ends the sleep, or the next one if nobody sleeps. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Infinity: until woken. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted && ms > 0) {
      const wake = this.#wake;
      const onAbort = (): void => wake.resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      const timer = Number.isFinite(ms) ? setTimeout(onAbort, ms) : undefined;
      timer?.unref();
      await wake.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
    this.#wake = Promise.withResolvers();
  }
}
