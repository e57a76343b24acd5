/** The names a download may take in its folder: `film.mp4`, then `film (1).mp4`, …, each with a `.part` and a journal beside it. */
import { extname } from 'node:path';

/** More files of one name than this in one folder is an accident of another kind. */
export const MAX_NAMES = 1_000;

export interface PartNames {
  readonly finalPath: string;
  /** The bytes, each piece at its place. */
  readonly partPath: string;
  /** Which pieces of the part are written. */
  readonly journalPath: string;
}

export function partNames(path: string, turn: number): PartNames {
  const extension = extname(path);
  const finalPath = turn === 0 ? path : `${path.slice(0, path.length - extension.length)} (${turn})${extension}`;
  return { finalPath, partPath: `${finalPath}.part`, journalPath: `${finalPath}.part.pieces` };
}
