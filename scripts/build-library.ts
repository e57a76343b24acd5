// Builds the package into dist when a source is newer than the last build: compiled modules with their types, the page, and
// bundles for pages that have no bundler. `npm pack` and `npm publish` run it first (prepack). It writes only into dist and
// ui/dist, so a build that fails half-way leaves the checkout, package.json included, as it was.
//
// dist has a package.json of its own: there "#webrtc" and "#sha256" mean compiled files, in the checkout they mean sources.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { buildPage } from './build-page.ts';
import { fingerprintOf } from './fingerprint.ts';

const root = dirname(import.meta.dirname);
const SOURCES = ['bin', 'config', 'engine', 'server', 'ui', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts'];
const stamp = join(root, '.cache/library-build');
const dist = join(root, 'dist');

/** For pages without a bundler: each a module that needs nothing but its neighbours. hls.js is the page's own. */
const BUNDLES: Readonly<Record<string, string>> = {
  engine: 'engine/library.ts',
  media: 'engine/media/index.ts',
  player: 'ui/player/index.ts',
  hls: 'ui/player/hls/index.ts',
  stream: 'ui/player/stream/index.ts',
};

/** Side effects are to define the player's element, and to run the server. */
const SIDE_EFFECTS = ['./ui/player/**', './server/**', './browser/**'];

class LibraryBuildError extends Error {
  readonly code = 'LIBRARY_BUILD';
}

/** Builds the package's files if they are stale; throws LibraryBuildError, or what vite says, if it cannot. */
export async function buildLibrary(): Promise<void> {
  const before = fingerprintOf(root, SOURCES, ['ui/dist']);
  if (existsSync(join(dist, 'package.json')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === before) return;
  const startedAt = performance.now();
  rmSync(stamp, { force: true });
  mkdirSync(dirname(stamp), { recursive: true });
  const fresh = join(dirname(stamp), `library-${process.pid}`);
  try {
    compile(fresh);
    writePackage(fresh);
    await bundle(join(fresh, 'browser'));
    buildPage();
    cpSync(join(root, 'ui/dist'), join(fresh, 'ui/dist'), { recursive: true });
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  // Taken before the build: a source saved meanwhile is built next time.
  writeFileSync(stamp, before);
  console.error(`Built the library in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** JavaScript of everything that ships, and the types of what others import. `npm run check` is who checks the types. */
function compile(outDir: string): void {
  run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', outDir]);
  for (const folder of ['server', 'config']) removeTypes(join(outDir, folder));
}

function removeTypes(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) rmSync(join(folder, name));
  }
}

interface Package {
  readonly version: string;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function writePackage(outDir: string): void {
  const { version, imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;
  const compiled = Object.fromEntries(Object.entries(imports).map(([name, targets]) => [
    name, Object.fromEntries(Object.entries(targets).map(([condition, path]) => [condition, path.replace(/\.ts$/, '.js')])),
  ]));
  writeFileSync(join(outDir, 'package.json'), `${JSON.stringify({ version, type: 'module', sideEffects: SIDE_EFFECTS, imports: compiled }, null, 2)}\n`);
}

async function bundle(outDir: string): Promise<void> {
  const entry = Object.fromEntries(Object.entries(BUNDLES).map(([name, path]) => [name, join(root, path)]));
  await build({
    configFile: false, root, publicDir: false, logLevel: 'warn',
    resolve: { conditions: ['browser', 'module', 'import', 'default'] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir, emptyOutDir: false, target: 'es2022', minify: true, reportCompressedSize: false,
      lib: { entry, formats: ['es'] },
      rolldownOptions: { external: ['hls.js'], output: { chunkFileNames: 'chunks/[name]-[hash].js', minify: true } },
    },
  });
}

function run(script: string, words: readonly string[]): void {
  const ran = spawnSync(process.execPath, [script, ...words], { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  if (ran.status !== 0) throw new LibraryBuildError(`The library could not be built.\n${ran.error?.message ?? ''}${ran.stdout ?? ''}${ran.stderr ?? ''}`);
}

if (import.meta.main) {
  try {
    await buildLibrary();
  } catch (error) {
    console.error(error instanceof LibraryBuildError ? error.message : error);
    process.exitCode = 1;
  }
}
