// Takes out of an installed node_modules what no program loads: `node scripts/prune-modules.ts node_modules`. The image is a third
// of the size without it. Licences stay: they are what we owe for the rest.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Maps, types, sources, and what is written for readers. */
const FILES = /(\.(map|flow|tsbuildinfo|md|markdown|ts|mts|cts|tsx|coffee)|^(\.[^/]+|Makefile|Gruntfile\.js|karma\.conf\.js|tsconfig.*\.json|changelog|authors|contributors))$/i;
const KEPT = /^(licen[cs]e|copying|notice)/i;
const FOLDERS = /^(\.github|\.vscode|\.idea|__tests__|tests?|docs?|examples?|benchmarks?|coverage)$/i;

/**
 * Packages, or parts of one, that nothing of the server loads: what only a browser runs, builds for other ways to load a module, and
 * stores that an upload library offers and we do not use.
 */
const UNUSED = [
  '.bin', '.package-lock.json', 'media-chrome', 'custom-media-element', 'react', 'ce-la-react', '@types', 'hls.js',
  '@redis', 'ioredis', '@ioredis', '@opentelemetry',
];

const root = process.argv[2];
if (root === undefined) throw new Error('prune-modules.ts takes the node_modules to prune.');
for (const name of UNUSED) rmSync(join(root, name), { recursive: true, force: true });
prune(root, 0);

function prune(folder: string, depth: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = lstatSync(path);
    // A package may be called "docs"; a folder in one is what its name says.
    if (found.isDirectory()) {
      if (depth > 1 && FOLDERS.test(name)) rmSync(path, { recursive: true });
      else prune(path, depth + 1);
    } else if (FILES.test(name) && !KEPT.test(name)) rmSync(path);
  }
}
