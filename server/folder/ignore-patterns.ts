/**
 * Which names of the watched folder are passed by. A pattern without a slash fits a name anywhere, one with a slash the path from
 * the watched folder on. Any case: the folders of Windows and of NAS systems come in several.
 */
import { matchesGlob } from 'node:path';

type Matcher = (text: string) => boolean;

/** What makes more of a pattern than plain text. */
const SPECIAL = /[*?[\]{}()\\]/;

export class IgnorePatterns {
  readonly #names: readonly Matcher[];
  readonly #paths: readonly Matcher[];

  constructor(patterns: readonly string[]) {
    const names: Matcher[] = [];
    const paths: Matcher[] = [];
    for (const pattern of patterns) {
      const whole = pattern.trim().toLowerCase().replace(/\/+$/, '');
      const plain = whole.replace(/^\.?\/+/, '');
      // `/Extras` is the one at the top: it has a slash, if only before it.
      if (plain !== '') (whole.includes('/') ? paths : names).push(matcherOf(plain));
    }
    this.#names = names;
    this.#paths = paths;
  }

  /** For one file or folder whose parents are not ignored. `path` is from the watched folder on. */
  ignores(path: string): boolean {
    const folded = path.toLowerCase();
    const name = folded.slice(folded.lastIndexOf('/') + 1);
    return this.#names.some((matches) => matches(name)) || this.#paths.some((matches) => matches(folded));
  }

  /** For a path of which nothing is known: one of its parents may be ignored. */
  ignoresAnyOf(path: string): boolean {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) if (this.ignores(path.slice(0, at))) return true;
    return this.ignores(path);
  }
}

/** The usual shapes are compared as text: a walk through a large library asks a million times. */
function matcherOf(pattern: string): Matcher {
  if (!SPECIAL.test(pattern) && !pattern.startsWith('!')) return (text) => text === pattern;
  const [before = '', behind = '', ...more] = pattern.split('*');
  const isSimple = more.length === 0 && !pattern.includes('/') && !SPECIAL.test(before + behind) && !/[!@+]$/.test(before);
  if (isSimple) return (text) => text.length >= before.length + behind.length && text.startsWith(before) && text.endsWith(behind);
  return (text) => matchesGlob(text, pattern);
}
