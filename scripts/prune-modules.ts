// Takes out of an installed node_modules what no program loads: `node scripts/prune-modules.ts node_modules`. The image is a third
// of the size without it. Licences stay: they are what we owe for the rest.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Maps, types, sources, and what is written for readers. */
const FILES = /(\.(map|flow|tsbuildinfo|md|markdown|ts|mts|cts|tsx|coffee)|^(\.[^/]+|Makefile|Gruntfile\.js|karma\.conf\.js|tsconfig.*\.json|changelog|authors|contributors))$/i;
const KEPT = /^(licen[cs]e|copying|notice)/i;
const FOLDERS = /^(\.github|\.vscode|\.idea|__tests__|tests?|docs?|examples?|benchmarks?|coverage)$/i;

/**
 * Packages that nothing of the server loads: what only a browser runs, stores that an upload library offers and we do not use, and
 * what bundle-server.ts has put into the server's own files.
 */
const UNUSED = [
  '.bin', '.package-lock.json', 'media-chrome', 'custom-media-element', 'react', 'ce-la-react', '@types', 'hls.js',
  '@redis', 'ioredis', '@ioredis', 'mediabunny', 'hash-wasm', 'idb',
];

const root = process.argv[2];
if (root === undefined) throw new Error('prune-modules.ts takes the node_modules to prune.');
for (const name of UNUSED) rmSync(join(root, name), { recursive: true, force: true });
prune(root);

function prune(folder: string): void {
  const names = readdirSync(folder);
  // Only beside a package.json is a folder named "docs" sure to be no code.
  const isPackage = names.includes('package.json');
  for (const name of names) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) {
      if (isPackage && FOLDERS.test(name)) rmSync(path, { recursive: true });
      else prune(path);
    } else if (FILES.test(name) && !KEPT.test(name)) rmSync(path);
  }
}
