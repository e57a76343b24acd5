/** What is kept in this browser, over all contents: to list it, to remove it, and to find room. */
import { pieceLengthFor, type PieceShape } from '../protocol/pieces.ts';
import { openContents } from './content-opening.ts';
import { change, type KeptContent, type KeptKind, type PieceDatabase, runOf, runsOf } from './piece-database.ts';
import { bytesOf } from './stored-runs.ts';

/** Runs removed in one transaction: a few MiB to some hundred, and no wait for who reads meanwhile. */
const RUNS_PER_CHANGE = 64;

/** The least recently used first. */
export async function listContents(database: PieceDatabase): Promise<KeptContent[]> {
  return (await database.getAll('contents')).toSorted((a, b) => a.usedAtMs - b.usedAtMs);
}

export function heldBytes(contents: readonly KeptContent[], kind?: KeptKind): number {
  return contents.reduce((sum, content) => sum + (kind === undefined || content.kind === kind ? content.heldBytes : 0), 0);
}

export async function deleteContent(database: PieceDatabase, contentId: string): Promise<void> {
  await change(database, ['pieces', 'contents'], async (transaction) => {
    await Promise.all([transaction.objectStore('pieces').delete(runsOf(contentId)), transaction.objectStore('contents').delete(contentId)]);
  });
}

/** Removes pieces of watched contents that no tab has open, the least recently used first. Answers how many bytes that freed. */
export async function evictWatched(database: PieceDatabase, bytes: number): Promise<number> {
  const open = await openContents(database);
  let freed = 0;
  for (const content of await listContents(database)) {
    if (content.kind !== 'watched' || open.has(content.contentId)) continue;
    for (let step = -1; step !== 0 && freed < bytes; freed += step) step = await evictSome(database, content, bytes - freed);
    if (freed >= bytes) break;
  }
  return freed;
}

/** Some runs from the start of the content on: what was seen first. Answers the bytes that went, 0 when nothing is left. */
function evictSome(database: PieceDatabase, { contentId, sizeBytes }: KeptContent, bytes: number): Promise<number> {
  const shape: PieceShape = { sizeBytes, pieceLengthBytes: pieceLengthFor(sizeBytes) };
  return change(database, ['pieces', 'contents'], async (transaction) => {
    const pieces = transaction.objectStore('pieces');
    const contents = transaction.objectStore('contents');
    const [keys, content] = await Promise.all([pieces.getAllKeys(runsOf(contentId), RUNS_PER_CHANGE), contents.get(contentId)]);
    if (content?.kind === 'kept') return 0;
    let count = 0;
    let freed = 0;
    for (; count < keys.length && freed < bytes; count += 1) {
      const key = keys[count];
      if (key !== undefined) freed += bytesOf(shape, runOf(key));
    }
    await Promise.all(keys.slice(0, count).map((key) => pieces.delete(key)));
    const left = (content?.heldBytes ?? 0) - freed;
    const isAll = count === keys.length && keys.length < RUNS_PER_CHANGE;
    if (isAll || content === undefined) await contents.delete(contentId);
    else await contents.put({ ...content, heldBytes: Math.max(0, left) });
    return freed;
  });
}
