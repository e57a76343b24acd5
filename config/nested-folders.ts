/** Whether one folder lies in another, as the file system has it, links followed as far as they are there. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** Also when both are the same. */
export function liesIn(folder: string, other: string): boolean {
  const path = relative(realOf(resolve(other)), realOf(resolve(folder)));
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`));
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realOf(parent), basename(path));
  }
}
