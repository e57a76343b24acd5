/** `npm run bench -- watch`: the player against a plain `<video src>` of the same file from the same appliance, on loopback and on a slow line. */
import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { configWith } from '../../config/load.ts';
import { startAppliance } from '../../server/appliance.ts';
import { launchProfile, type Closing } from '../fixtures/browser.ts';
import { putVideo } from '../fixtures/library.ts';
import { shapedLink } from '../fixtures/shaped-link.ts';
import { alternate, type Bench, type BenchOptions, type BenchRow, spreadOf, type Target, withClosing } from './bench.ts';
import { film, type FilmOptions } from '../fixtures/films.ts';
import { WATCH_TARGETS } from './targets.ts';
import type { WatchTask, WatchTimes } from './watch-page.ts';

const PATH = '/watch-bench';
const SHAPED = { mbps: 20, delayMs: 10 };

interface Sizes {
  readonly rounds: number;
  readonly films: readonly FilmOptions[];
  readonly playSeconds: number;
  readonly seekTo: readonly number[];
}

const SIZES: Record<BenchOptions['size'], Sizes> = {
  full: {
    rounds: 3, playSeconds: 4, seekTo: [0.8, 0.3, 0.6],
    films: [{ seconds: 120, height: 1080, mbps: 6, index: 'front' }, { seconds: 120, height: 1080, mbps: 6, index: 'end' }],
  },
  smallest: { rounds: 1, playSeconds: 1, seekTo: [0.7], films: [{ seconds: 10, height: 360, mbps: 2, index: 'end' }] },
};

export const bench: Bench = {
  what: 'first frame, seeks and stalls of the player against a plain <video> on the same file',
  run: (options) => withClosing((t) => run(t, options)),
};

async function run(t: Closing, { size, log }: BenchOptions): Promise<BenchRow[]> {
  const { rounds, films, ...task } = SIZES[size];
  const scratch = await mkdtemp(join(tmpdir(), 'switch-bench-'));
  t.teardown(() => rm(scratch, { recursive: true, force: true }));
  const adminToken = 'admin-token-of-the-bench';
  const node = await startAppliance(configWith({
    host: '127.0.0.1', port: 0, dataDir: scratch, adminToken, logLevel: 'silent', seeder: false, reserveFreeBytes: 0, drainTimeoutMs: 0,
  }), { logDestination: process.stderr });
  t.teardown(() => node.stop());
  const near = { name: 'loopback', url: node.url.replace('127.0.0.1', 'localhost'), isShaped: false };
  const far = { name: `${SHAPED.mbps} Mb/s`, url: (await shapedLink(t, node.url, SHAPED)).url, isShaped: true };
  const script = await pageScript();
  const rows: BenchRow[] = [];
  for (const one of films) {
    const path = await film(one);
    const { contentId } = await putVideo({ url: node.url, adminToken }, basename(path), await readFile(path));
    for (const line of [near, far]) {
      log(`${basename(path)}, ${line.name}`);
      const page = await openPage(t, line.url, script);
      const sample = (contender: WatchTask['contender']) => async (): Promise<WatchTimes> => {
        await fresh(page, line.url);
        return await page.evaluate((given) => (globalThis as unknown as { watch(given: WatchTask): Promise<WatchTimes> }).watch(given),
          { contender, address: `${line.url}/videos/${contentId}`, ...task });
      };
      const { player, video } = await alternate(rounds, { player: sample('player'), video: sample('video') });
      await page.close();
      const name = `${one.height}p, index at the ${one.index}, ${line.name}`;
      const row = (figure: string, unit: string, pick: (times: WatchTimes) => readonly number[], target: Target | null): BenchRow => ({
        figure: `${name}: ${figure}`, unit, ours: spreadOf(player.flatMap(pick)), rival: { name: '<video>', spread: spreadOf(video.flatMap(pick)) }, target,
      });
      rows.push(
        row('first frame', 'ms', ({ firstFrameMs }) => [firstFrameMs], line.isShaped ? WATCH_TARGETS.shapedFirstFrame : WATCH_TARGETS.firstFrame),
        row('seek', 'ms', ({ seekMs }) => seekMs, line.isShaped ? null : WATCH_TARGETS.seek),
        row('stalls', 'a run', ({ stalls }) => [stalls], WATCH_TARGETS.stalls),
      );
    }
  }
  return rows;
}

async function openPage(t: Closing, url: string, script: string): Promise<Page> {
  // The bench's page does not come from a server, which Chromium takes for the public internet: from there it lets nobody reach this machine.
  const { page } = await launchProfile(t, { args: ['--disable-features=LocalNetworkAccessChecks', '--autoplay-policy=no-user-gesture-required'] });
  await page.route(`**${PATH}/**`, (route) => (route.request().url().endsWith('.js')
    ? route.fulfill({ contentType: 'text/javascript', body: script })
    : route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><script type="module" src="page.js"></script>' })));
  await page.goto(`${url}${PATH}/`);
  return page;
}

/** As on a first visit: nothing cached, nothing kept. */
async function fresh(page: Page, url: string): Promise<void> {
  await page.goto('about:blank');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.clearBrowserCache');
  await devtools.send('Storage.clearDataForOrigin', { origin: url, storageTypes: 'all' });
  await devtools.detach();
  await page.goto(`${url}${PATH}/`);
  await page.waitForFunction(() => 'watch' in globalThis);
}

async function pageScript(): Promise<string> {
  const result = await build({
    configFile: false, logLevel: 'warn', resolve: { conditions: ['browser', 'module', 'import', 'default'] },
    build: {
      write: false, target: 'es2022', minify: false,
      rolldownOptions: { input: fileURLToPath(new URL('./watch-page.ts', import.meta.url)), output: { codeSplitting: false } },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []));
  const chunk = outputs.find((output) => output.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('The page of the bench was not built.');
  return chunk.code;
}
