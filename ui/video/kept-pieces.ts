/** The pieces of one content in this browser, as the page uses them. The only place that knows the store. */
import { BrowserPieceStore, IndexedDbPieceStore, type KeptContent, type PieceStore } from '../../engine/index.ts';
import type { KeptKind } from '../state/kept.ts';
import { watchedLimitBytes } from '../state/watched-limit.ts';

export class KeptPieces {
  #store: BrowserPieceStore | undefined;

  /** What the browser keeps, of all contents. */
  static async list(): Promise<KeptContent[]> {
    return IndexedDbPieceStore.list();
  }

  static async delete(contentId: string): Promise<void> {
    await IndexedDbPieceStore.delete(contentId);
  }

  /** Removes what was only watched, save for what is in use. */
  static async deleteWatched({ except }: { readonly except: readonly string[] }): Promise<void> {
    for (const { contentId, kind } of await KeptPieces.list()) {
      if (kind === 'watched' && !except.includes(contentId)) await KeptPieces.delete(contentId);
    }
  }

  /** The browser refuses its storage: what is here goes with the tab. Known once the store is open. */
  get isInMemory(): boolean {
    return this.#store?.place === 'memory';
  }

  /** For one Download, which opens and closes it. What was kept for good before stays so, also when it is opened as `watched`. */
  store(kind: KeptKind): PieceStore {
    this.#store = new BrowserPieceStore({ keep: kind === 'watched' ? 'until-evicted' : 'for-good', maxWatchedBytes: watchedLimitBytes.peek() });
    return this.#store;
  }

  /** It was watched, and is now a download: only the reader removes it. SwitchError `store-failed`. */
  async keepForGood(): Promise<void> {
    await this.#store?.keepForGood();
  }

  /** SwitchError `store-failed`. */
  async toBlob(): Promise<Blob> {
    if (this.#store === undefined) throw new TypeError('Nothing is open that could be saved.');
    return this.#store.toBlob();
  }
}
