/**
 * Says to the other tabs of this origin that a content is open here, so that they do not take its pieces away. By signs of life in
 * the database, and not by Web Locks, which plain `http://` pages do not have: one way for all. A tab that the browser has frozen
 * gives none; it then loses pieces at worst, and fetches them again.
 */
import type { PieceDatabase } from './piece-database.ts';

const BEAT_MS = 20_000;

/** Browsers let the timers of a hidden tab run once a minute: two may be missed. */
const ALIVE_MS = 150_000;

export class ContentOpening {
  readonly #database: PieceDatabase;
  readonly #contentId: string;
  readonly #key: number;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(database: PieceDatabase, contentId: string, key: number) {
    this.#database = database;
    this.#contentId = contentId;
    this.#key = key;
    // A beat that fails is one that is missed; whatever is wrong with the database is told to who reads or writes.
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), BEAT_MS);
  }

  static async begin(database: PieceDatabase, contentId: string): Promise<ContentOpening> {
    const key = await database.add('openings', { contentId, aliveAtMs: Date.now() });
    return new ContentOpening(database, contentId, key);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#database.delete('openings', this.#key).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const aliveAtMs = Date.now();
    const transaction = this.#database.transaction(['openings', 'contents'], 'readwrite', { durability: 'relaxed' });
    const contents = transaction.objectStore('contents');
    await transaction.objectStore('openings').put({ contentId: this.#contentId, aliveAtMs }, this.#key);
    const content = await contents.get(this.#contentId);
    if (content !== undefined) await contents.put({ ...content, usedAtMs: aliveAtMs });
    await transaction.done;
  }
}

/** The contents open in any tab; forgets the openings of tabs that are gone. */
export async function openContents(database: PieceDatabase): Promise<ReadonlySet<string>> {
  const transaction = database.transaction('openings', 'readwrite', { durability: 'relaxed' });
  const alive = new Set<string>();
  for (let cursor = await transaction.store.openCursor(); cursor !== null; cursor = await cursor.continue()) {
    // A clock that was set back makes an opening come from the future: that one is judged by nothing, and goes.
    if (Math.abs(Date.now() - cursor.value.aliveAtMs) <= ALIVE_MS) alive.add(cursor.value.contentId);
    else await cursor.delete();
  }
  await transaction.done;
  return alive;
}
