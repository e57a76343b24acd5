/** webtorrent on our node-datachannel: its own, an earlier one, is fetched from elsewhere at its installation, and would compare two libraries. */
import { createRequire, registerHooks } from 'node:module';
import type WebTorrent from 'webtorrent';

const LIBRARY = 'node-datachannel';

export interface LoadedWebTorrent {
  readonly Client: typeof WebTorrent;
  /** The store in memory that it comes with, for the option `store`. */
  readonly MemoryStore: unknown;
}

/** From here on this process has one node-datachannel, whoever asks for it. */
export async function loadWebTorrent(): Promise<LoadedWebTorrent> {
  registerHooks({
    resolve: (specifier, context, next) => next(specifier, specifier === LIBRARY ? { ...context, parentURL: import.meta.url } : context),
  });
  const { default: Client } = await import('webtorrent');
  return { Client, MemoryStore: createRequire(import.meta.resolve('webtorrent'))('memory-chunk-store') };
}
