// What a build was made from, as one text that changes when a source is added, removed, or saved.
import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of the files and folders `paths` under `root`, in order, without those in `except`. */
export function fingerprintOf(root: string, paths: readonly string[], except: readonly string[] = []): string {
  const hash = createHash('sha256');
  const visit = (path: string, into: Hash): void => {
    if (except.includes(path) || !existsSync(join(root, path))) return;
    const found = statSync(join(root, path));
    if (found.isDirectory()) {
      for (const name of readdirSync(join(root, path)).toSorted()) visit(`${path}/${name}`, into);
    } else {
      into.update(`${path} ${found.size} ${found.mtimeMs}\n`);
    }
  };
  for (const path of paths) visit(path, hash);
  return hash.digest('hex');
}
