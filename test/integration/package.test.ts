/** The package as other developers get it: packed, installed in an empty folder, imported, typed, bundled, and run. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { build } from 'vite';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { fetchWhole } from '../fixtures/http.ts';
import { installPackage } from '../fixtures/installed-package.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const installed = await installPackage(['hls.js', 'typescript']);
test('the package', async (all) => {
  all.teardown(() => installed.remove());

  all.test('holds compiled files only', async (t) => {
    const files = await filesOf(installed.path);
    t.same(files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts')), []);
    t.same(files.filter((file) => !/^(bin|dist)\//.test(file)).toSorted(), ['README.md', 'package.json']);
    t.ok(files.includes('dist/ui/dist/index.html'), 'and the page');
  });

  all.test('depends on everything it imports', async (t) => {
    const allowed = new Set([...Object.keys(installed.json.dependencies), ...Object.keys(installed.json.peerDependencies)]);
    const missing = new Set<string>();
    for (const file of await filesOf(installed.path)) {
      // Bundles and the page bring everything with them.
      if (!/\.(js|d\.ts)$/.test(file) || /^dist\/(browser|ui\/dist)\//.test(file)) continue;
      for (const name of bareImports(await readFile(join(installed.path, file), 'utf8'))) if (!allowed.has(name)) missing.add(`${name} in ${file}`);
    }
    t.same([...missing], []);
  });

  all.test('imports in Node by every entry', async (t) => {
    await writeFile(join(installed.folder, 'entries.js'), `
      const names = {};
      for (const entry of ['', '/node', '/media', '/player', '/hls', '/stream']) names[entry] = Object.keys(await import('software-switch' + entry));
      console.log(JSON.stringify(names));
    `);
    const names = JSON.parse((await installed.node(['entries.js'])).stdout) as Record<string, string[]>;
    t.same(names[''], [
        'DIAGNOSIS_STEPS', 'IndexedDbPieceStore', 'MAX_ANNOUNCED_ADDRESSES', 'MAX_READ_AHEAD_RUNS', 'MemoryPieceStore', 'PIECE_SOURCES', 'SwitchError',
        'createEngine', 'diagnose', 'isContentId',
      ]);
    t.same(names['/node'], ['FilePieceStore']);
    t.same(names['/stream'], ['contentStream']);
    t.same(names['/hls'], ['createHlsLoader']);
    t.ok(names['/player']?.includes('SoftwareSwitchPlayer'), 'where there are no custom elements it defines none');
    t.ok(names['/media']?.includes('openMedia'));
  });

  all.test('has types that both ways of resolving find', async (t) => {
    await writeFile(join(installed.folder, 'consumer.ts'), CONSUMER);
    for (const [module, moduleResolution] of [['esnext', 'bundler'], ['nodenext', 'nodenext']] as const) {
      await writeFile(join(installed.folder, 'tsconfig.json'), JSON.stringify({
        compilerOptions: { target: 'es2022', lib: ['es2024', 'dom', 'esnext.disposable'], types: [], strict: true, noEmit: true, module, moduleResolution },
        files: ['consumer.ts'],
      }));
      const checked = installed.node(['node_modules/typescript/bin/tsc', '-p', '.']).catch((error: { stdout: string }) => error);
      t.equal((await checked).stdout, '', moduleResolution);
    }
  });

  all.test('bundles for a browser without anything of Node', async (t) => {
    await writeFile(join(installed.folder, 'page.js'), "export * from 'software-switch';\nexport * from 'software-switch/stream';\nexport * from 'software-switch/media';\nexport * from 'software-switch/hls';\nimport 'software-switch/player';\n");
    const outDir = join(installed.folder, 'bundle');
    await build({
      configFile: false, root: installed.folder, logLevel: 'silent',
      build: { outDir, target: 'es2022', lib: { entry: 'page.js', formats: ['es'], fileName: 'page' } },
    });
    const code = (await Promise.all((await filesOf(outDir)).map((file) => readFile(join(outDir, file), 'utf8')))).join('\n');
    t.match(code, 'RTCPeerConnection');
    t.match(code, 'software-switch-player', 'an import for its side effect alone is kept');
    t.notMatch(code, /node-datachannel|from ?"node:|require\("/);
  });

  all.test('downloads in Node, as its example says', async (t) => {
    const appliance = await startAppliance(t);
    const bytes = randomBytes(3_000_000);
    const { contentId } = await putVideo(appliance, 'Holiday.mp4', bytes);
    await copyFile(join(ROOT, 'examples/node-download.mjs'), join(installed.folder, 'node-download.mjs'));
    const { stdout } = await installed.node(['node-download.mjs', `${appliance.url}/videos/${contentId}`, 'Saved.mp4']);
    t.match(stdout, 'Holiday.mp4: 3000000 bytes from the CDN, 0 from viewers, 0 from a seeder');
    t.equal(sha256(await readFile(join(installed.folder, 'Saved.mp4'))), sha256(bytes));
  });

  all.test('has the command', async (t) => {
    const command = join(installed.folder, 'node_modules/.bin/software-switch');
    t.equal((await installed.node([command, '--version'])).stdout, `${installed.json.version}\n`);
    t.match((await installed.node([command, '--help'])).stdout, 'software-switch');
    const { url, stop } = await serve(t, command);
    t.equal((await fetchWhole(`${url}readyz`)).status, 200);
    const page = await fetchWhole(url, { headers: { accept: 'text/html' } });
    t.match(page, { status: 200, headers: { 'content-type': /text\/html/ } });
    const script = /src="([^"]+assets[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
    t.equal((await fetchWhole(new URL(script, url).href)).status, 200, 'the page is built in');
    t.match((await fetchWhole(`${url}api/status`)).text, `"version":"${installed.json.version}"`);
    t.equal(await stop(), 0, 'and stops when it is told to');
  });
});

/** What a developer would write; it must compile, and what is wrong in it must not. */
const CONSUMER = `
import { createEngine, IndexedDbPieceStore, SwitchError, type DownloadFigures } from 'software-switch';
import { FilePieceStore } from 'software-switch/node';
import type { MediaFile } from 'software-switch/media';
import { createHlsLoader } from 'software-switch/hls';
import type { SoftwareSwitchPlayer } from 'software-switch/player';
import { contentStream } from 'software-switch/stream';
import Hls from 'hls.js';

const engine = createEngine({ appliances: ['http://nas:8080'], maxUploadMbps: 8 });
const manifest = await engine.manifest('00');
const download = await engine.open(manifest, { store: new IndexedDbPieceStore(), wants: 'what-is-read' });
await engine.open(manifest, { store: new FilePieceStore({ path: 'film.mp4' }) });
const off: () => void = download.subscribe((figures: DownloadFigures) => figures.bytesFrom.cdn.toFixed());
const stream: ReadableStream<Uint8Array> = contentStream(download, { start: 0, end: 10 });
const { loader, url } = await createHlsLoader({ Hls, source: download, subtitles: [{ url: 'http://nas/text', label: 'English', language: null }] });
new Hls({ loader }).loadSource(url);
export const stalls = (player: SoftwareSwitchPlayer): number | undefined => player.figures?.stalls.length;
export const code = (error: unknown): string | undefined => (error instanceof SwitchError ? error.code : undefined);
export const seconds = (file: MediaFile): number | null => file.info.durationSeconds;
// @ts-expect-error: there is no such policy
download.setPolicy('peers-only');
export { off, stream };
`;

/** Starts the packed node on a free port; it ends with the test at the latest. */
async function serve(t: Test, command: string): Promise<{ readonly url: string; readonly stop: () => Promise<unknown> }> {
  const child = spawn(process.execPath, [command, 'serve', '--host', '127.0.0.1', '--port', '0', '--udp-port', '0', '--data-dir', t.testdir(), '--drain-timeout-ms', '0'], {
    cwd: installed.folder, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SWITCH_LOG_LEVEL: 'silent' },
  });
  const ended = once(child, 'exit');
  t.teardown(() => child.kill('SIGKILL'));
  const stop = async (): Promise<unknown> => {
    child.kill('SIGTERM');
    return (await ended)[0] as unknown;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url !== undefined) return { url: url.endsWith('/') ? url : `${url}/`, stop };
  }
  throw new Error('the packed node ended before it said where its page is');
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Names of the packages that a module imports. */
function bareImports(code: string): string[] {
  const specifiers = [...code.matchAll(/(?:^|\s|\()(?:from|import)[\s(]*['"]([^'"\n]+)['"]/g)].map(([, specifier]) => specifier ?? '');
  return specifiers.filter((specifier) => /^[@a-z]/.test(specifier) && !specifier.startsWith('node:') && !builtinModules.includes(specifier))
    .map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
