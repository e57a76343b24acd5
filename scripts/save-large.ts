/**
 * Shows that a page on plain http saves a file of several gigabytes: `node scripts/save-large.ts [GIGABYTES]`, 4 by default.
 *
 * Starts a node in a temporary folder, puts a file of that size into it, downloads it in Chromium through the page, by this
 * machine's own address (so that nothing of a secure context is there), saves it, compares the SHA-256 of what was put and what
 * was saved, and prints the times and the peak memory of Chromium's processes. Not part of the tests: it takes some minutes and,
 * for a while, three times the file's size on the disk that holds the temporary folder. test/browser/save-large.test.ts is its
 * small sister. Linux only, for the memory figures. Exit code 0 when the bytes are the same.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configWith } from '../config/load.ts';
import { startAppliance } from '../server/appliance.ts';
import { launchProfile } from '../test/fixtures/browser.ts';
import { plainOrigin, unexpected } from '../test/fixtures/browser-switch.ts';
import { saveLarge } from '../test/fixtures/large-save.ts';
import { buildPage } from './build-page.ts';

const GIB = 1024 ** 3;
const DEFAULT_GIBIBYTES = 4;
/** In the node, in the browser's storage, and saved. */
const COPIES = 3;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

async function main(sizeBytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize < (COPIES + 0.5) * sizeBytes) {
    say(`${tmpdir()} has ${megabytes(bavail * bsize)} free; ${megabytes((COPIES + 0.5) * sizeBytes)} are needed. Set TMPDIR to a larger disk, or ask for less.`);
    return false;
  }
  buildPage();
  const closers: (() => unknown)[] = [];
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'switch-save-large-'));
    closers.unshift(() => rm(dataDir, { recursive: true, force: true }));
    const adminToken = randomBytes(16).toString('hex');
    const node = await startAppliance(configWith({
      host: '0.0.0.0', port: 0, dataDir, adminToken, logLevel: 'error', seeder: false, drainTimeoutMs: 0, reserveFreeBytes: 0,
    }), { logDestination: process.stderr });
    closers.unshift(() => node.stop());
    const plain = plainOrigin(node.url);
    const profile = await launchProfile({ teardown: (close) => closers.unshift(close) }, { args: plain.args });
    say(`${megabytes(sizeBytes)} through ${plain.url}`);
    const saved = await saveLarge(profile, { uploadTo: node.url, url: plain.url, adminToken }, { sizeBytes });
    say(`uploaded in ${seconds(saved.uploadMs)}, downloaded and verified in ${seconds(saved.downloadMs)}, saved in ${seconds(saved.saveMs)}`);
    say(`peak memory: browser process ${megabytes(saved.peaks.browserBytes)}, page process ${megabytes(saved.peaks.pageBytes)}`);
    const isSame = saved.sha256Before === saved.sha256After;
    say(isSame ? `the same bytes: SHA-256 ${saved.sha256After}` : `OTHER BYTES: SHA-256 ${saved.sha256Before} became ${saved.sha256After}`);
    for (const error of unexpected(profile.errors)) say(`on the console: ${error}`);
    return isSame;
  } finally {
    for (const close of closers) await close();
  }
}

const gibibytes = Number(process.argv[2] ?? DEFAULT_GIBIBYTES);
if (gibibytes > 0 && gibibytes < 1_000) process.exitCode = (await main(Math.round(gibibytes * GIB))) ? 0 : 1;
else {
  say('Usage: node scripts/save-large.ts [GIGABYTES]');
  process.exitCode = 2;
}
