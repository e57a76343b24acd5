// Builds the page into ui/dist when a source is newer than the last build, so that
// `npm start` and `npm test` always run what is in the checkout, and start at once when
// nothing changed. Says one line when it builds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprintOf } from './fingerprint.ts';

const root = dirname(import.meta.dirname);
const sources = ['ui', 'engine', 'package.json', 'package-lock.json', 'scripts/build-page.ts'];
const built = join(root, 'ui/dist/index.html');
// Outside ui/dist: the appliance serves everything in there.
const stamp = join(root, '.cache/page-build');

class PageBuildError extends Error {
  readonly code = 'PAGE_BUILD';
}

/** Builds the page if it is stale; throws `PageBuildError` with vite's words if it cannot. */
export const buildPage = (): void => {
  if (!existsSync(join(root, 'ui/vite.config.ts'))) {
    throw new PageBuildError('The page cannot be built: ui/vite.config.ts is missing.');
  }
  const before = fingerprintOf(root, sources, ['ui/dist']);
  if (existsSync(built) && existsSync(stamp) && readFileSync(stamp, 'utf8') === before) return;

  const startedAt = performance.now();
  rmSync(stamp, { force: true });
  const vite = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'ui', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (vite.status !== 0 || !existsSync(built)) {
    throw new PageBuildError(
      `The page could not be built.\n${vite.error?.message ?? ''}${vite.stdout ?? ''}${vite.stderr ?? ''}`,
    );
  }
  // Taken before the build: a source saved meanwhile is built next time.
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, before);
  console.error(`Built the page in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
};

if (import.meta.main) {
  try {
    buildPage();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
