/** A complete content of the browser's database as one Blob that refers to the kept ones. */
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceCount } from '../protocol/pieces.ts';
import { keyOf, type PieceDatabase } from './piece-database.ts';
import { bytesOf, type StoredRun, type StoredRuns } from './stored-runs.ts';

/** Fetched at once: references, not bytes. */
const BLOBS_PER_READ = 64;

/** Pieces `first` to `last` as far as they are taken from `run`: runs of two tabs that fetched the same pieces overlap. */
interface Part extends StoredRun {
  readonly run: StoredRun;
}

/** SwitchError `store-failed` when a piece is missing. */
export async function wholeBlob(database: PieceDatabase, manifest: Manifest, runs: StoredRuns): Promise<Blob> {
  const parts = partsOf(manifest, runs);
  const blobs: Blob[] = [];
  for (let at = 0; at < parts.length; at += BLOBS_PER_READ) {
    const some = parts.slice(at, at + BLOBS_PER_READ);
    const found = await Promise.all(some.map(({ run }) => database.get('pieces', keyOf(manifest.contentId, run))));
    for (const [index, part] of some.entries()) {
      const blob = found[index];
      if (blob === undefined) throw incomplete(manifest);
      blobs.push(cut(blob, part, manifest));
    }
  }
  const whole = new Blob(blobs, { type: manifest.mediaType });
  if (whole.size !== manifest.sizeBytes) throw incomplete(manifest);
  return whole;
}

function partsOf(manifest: Manifest, runs: StoredRuns): Part[] {
  const parts: Part[] = [];
  for (let piece = 0; piece < pieceCount(manifest);) {
    const run = runs.runOf(piece);
    if (run === undefined) throw incomplete(manifest);
    const first = piece;
    while (runs.runOf(piece) === run) piece += 1;
    parts.push({ run, first, last: piece - 1 });
  }
  return parts;
}

function cut(blob: Blob, { run, first, last }: Part, manifest: Manifest): Blob {
  if (first === run.first && last === run.last) return blob;
  const start = first === run.first ? 0 : bytesOf(manifest, { first: run.first, last: first - 1 });
  return blob.slice(start, start + bytesOf(manifest, { first, last }));
}

function incomplete({ name }: Manifest): SwitchError {
  return new SwitchError('store-failed', `${name} is not complete in this browser.`);
}
