/**
 * The node as its image has it, made once for what it is made from: bundled, compiled ahead, in a folder without its sources. Other than
 * in the image it shares the checkout's packages, of which it loads the same.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary } from '../../scripts/build-library.ts';
import { bundleServer } from '../../scripts/bundle-server.ts';
import { compileAhead } from '../../scripts/compile-ahead.ts';
import { fingerprintOf } from '../../scripts/fingerprint.ts';

const root = join(import.meta.dirname, '../..');
const FOLDER = join(root, '.cache/installed-node');
const STAMP = join(FOLDER, 'made-from');
const FILES = ['bin', 'package.json', 'dist'];

/** The command, whose words follow: `process.execPath COMMAND serve`. */
export const INSTALLED_COMMAND = join(FOLDER, 'bin/software-switch.js');

let made: Promise<void> | undefined;

/** Builds it where it is stale. */
export function installNode(): Promise<void> {
  return made ??= install();
}

async function install(): Promise<void> {
  await buildLibrary();
  const madeFrom = `${process.version} ${fingerprintOf(root, [...FILES, 'scripts/bundle-server.ts', 'scripts/compile-ahead.ts'])}`;
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === madeFrom) return;
  const fresh = `${FOLDER}-${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true });
    for (const name of FILES) cpSync(join(root, name), join(fresh, name), { recursive: true });
    await bundleServer(join(fresh, 'dist'));
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(fresh, FOLDER);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  // Node knows what it compiled by where it lies.
  await compileAhead(FOLDER);
  writeFileSync(STAMP, madeFrom);
}
