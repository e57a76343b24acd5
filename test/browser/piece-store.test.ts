/** The browser's store of pieces in real Chromium, in a secure context and on plain http by address, where most home-lab pages are. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import tap, { type Test, test } from 'tap';
import { launchProfile } from '../fixtures/browser.ts';
import { plainOrigin } from '../fixtures/browser-switch.ts';
import { bundleForPage } from '../fixtures/page-bundle.ts';
import type { PieceStorePage } from '../fixtures/piece-store-page.ts';

declare global {
  interface Window { pieceStores: PieceStorePage }
}

const PIECE = 256 * 1024;
const script = bundleForPage(join(import.meta.dirname, '../fixtures/piece-store-page.ts'));

/** A page of every kind: `/sandboxed` has an origin of its own, to which the browser gives no storage. */
async function startPages(t: Test): Promise<string> {
  const body = `<!doctype html><title>pieces</title><script type="module">${(await script).replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((request, response) => {
    const headers: Record<string, string> = { 'content-type': 'text/html; charset=utf-8' };
    if (request.url === '/sandboxed') headers['content-security-policy'] = 'sandbox allow-scripts';
    response.writeHead(200, headers).end(body);
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  t.teardown(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

async function show(page: Page, url: string): Promise<Page> {
  await page.goto(url);
  await page.waitForFunction(() => 'pieceStores' in window);
  return page;
}

/** One browser for all: each test has a port of its own, and so an origin and a database of its own. */
const profile = launchProfile(tap, { args: plainOrigin('http://localhost:1').args });

interface Shown {
  readonly page: Page;
  readonly url: string;
  /** Another tab of the same browser. */
  another(): Promise<Page>;
}

async function start(t: Test, origin: (url: string) => string = (url) => url): Promise<Shown> {
  const url = origin(await startPages(t));
  const { context } = await profile;
  const another = async (): Promise<Page> => {
    const page = await context.newPage();
    t.teardown(() => page.close());
    return show(page, url);
  };
  return { page: await another(), url, another };
}

const plain = (t: Test): Promise<Shown> => start(t, (url) => plainOrigin(url).url);

for (const [where, begin] of [['in a secure context', start], ['on plain http', plain]] as const) {
  test(`what every store of pieces does, ${where}`, async (t) => {
    const { page } = await begin(t);
    t.equal(await page.evaluate(() => isSecureContext), where === 'in a secure context');
    const outcomes = await page.evaluate(() => window.pieceStores.contract());
    for (const { name, failure } of outcomes) t.equal(failure, null, name);
    t.ok(outcomes.length >= 13);
  });
}

test('a video longer than the limit plays with flat storage, and what was just used stays', async (t) => {
  const { page } = await plain(t);
  const limit = 16 * PIECE;
  await page.evaluate((maxWatchedBytes) => window.pieceStores.open('film', { seed: 1, pieces: 64 }, { keep: 'until-evicted', maxWatchedBytes }), limit);
  const most = await page.evaluate(() => window.pieceStores.write('film', 0, 64, 'in-turn'));
  t.ok(most <= limit, `${most} of ${limit} bytes`);
  t.ok(most > limit / 2, 'and it uses what it may');
  const evicted = await page.evaluate(() => window.pieceStores.evicted('film'));
  t.same(evicted, Array.from({ length: evicted.length }, (_, piece) => piece), 'the oldest first, each said once');
  t.equal(await page.evaluate(() => window.pieceStores.read('film', 63)), 'right');
  t.equal(await page.evaluate(() => window.pieceStores.read('film', 0)), 'store-failed');
  await page.evaluate(() => window.pieceStores.close('film'));
  const held = await page.evaluate((maxWatchedBytes) => window.pieceStores.open('film', { seed: 1, pieces: 64 }, { keep: 'until-evicted', maxWatchedBytes }), limit);
  t.same(held, Array.from({ length: 64 - evicted.length }, (_, index) => evicted.length + index), 'and it knows so at the next visit');
});

test('makes room with what was watched longest ago, never with downloads nor with what another tab has open', async (t) => {
  const { page, another } = await plain(t);
  const limit = 40 * PIECE;
  const keep = async (name: string, seed: number, kind: 'until-evicted' | 'for-good', on = page) => {
    await on.evaluate(([id, one, kept, maxWatchedBytes]) => window.pieceStores.open(id, { seed: one, pieces: 12 }, { keep: kept, maxWatchedBytes }), [name, seed, kind, limit] as const);
    await on.evaluate((id) => window.pieceStores.write(id, 0, 12, 'at-once'), name);
  };
  await keep('download', 1, 'for-good');
  await page.evaluate(() => window.pieceStores.close('download'));
  for (const [name, seed] of [['oldest', 2], ['older', 3]] as const) {
    await keep(name, seed, 'until-evicted');
    await page.evaluate((id) => window.pieceStores.close(id), name);
  }
  const otherTab = await another();
  await keep('elsewhere', 4, 'until-evicted', otherTab);
  await keep('new', 5, 'until-evicted');
  const contents = await page.evaluate(() => window.pieceStores.list());
  const pieces = (seed: number): number => (contents.find(({ name }) => name === `film-${seed}.mp4`)?.heldBytes ?? 0) / PIECE;
  t.equal(pieces(1), 12, 'the download is whole');
  t.equal(contents.find(({ name }) => name === 'film-1.mp4')?.kind, 'kept');
  t.ok(pieces(2) < 12, 'the oldest gave way');
  t.equal(pieces(3), 12, 'the one after it had not to');
  t.equal(pieces(4), 12, 'what is open in the other tab is whole');
  t.equal(pieces(5), 12);
  t.same(await otherTab.evaluate(() => window.pieceStores.evicted('elsewhere')), []);
  t.equal(await otherTab.evaluate(() => window.pieceStores.read('elsewhere', 0)), 'right');

  // It is free again as soon as its tab says that it has closed it.
  await otherTab.evaluate(() => window.pieceStores.close('elsewhere'));
  await page.evaluate((maxWatchedBytes) => window.pieceStores.open('newest', { seed: 6, pieces: 36 }, { keep: 'until-evicted', maxWatchedBytes }), limit);
  const most = await page.evaluate(() => window.pieceStores.write('newest', 0, 36, 'in-turn'));
  t.ok(most <= limit + 12 * PIECE, 'within the limit, but for what is open here twice');
  t.notOk((await page.evaluate(() => window.pieceStores.list())).some(({ name }) => name === 'film-4.mp4'), 'gone, and its line in the list with it');
  await page.evaluate(() => window.pieceStores.deleteWatched());
  t.same((await page.evaluate(() => window.pieceStores.list())).map(({ name }) => name), ['film-1.mp4']);
});

test('what was watched and is then asked for is kept for good', async (t) => {
  const { page } = await plain(t);
  const limit = 8 * PIECE;
  await page.evaluate((maxWatchedBytes) => window.pieceStores.open('film', { seed: 1, pieces: 16 }, { keep: 'until-evicted', maxWatchedBytes }), limit);
  await page.evaluate(() => window.pieceStores.write('film', 0, 4, 'in-turn'));
  await page.evaluate(() => window.pieceStores.keepForGood('film'));
  await page.evaluate(() => window.pieceStores.write('film', 4, 16, 'in-turn'));
  t.same(await page.evaluate(() => window.pieceStores.evicted('film')), []);
  t.match(await page.evaluate(() => window.pieceStores.list()), [{ kind: 'kept', heldBytes: 16 * PIECE, sizeBytes: 16 * PIECE }]);
  t.equal(await page.evaluate(() => window.pieceStores.save('film')), 'right');
  await page.evaluate(() => window.pieceStores.close('film'));
  await page.evaluate((maxWatchedBytes) => window.pieceStores.open('film', { seed: 1, pieces: 16 }, { keep: 'until-evicted', maxWatchedBytes }), limit);
  t.match(await page.evaluate(() => window.pieceStores.list()), [{ kind: 'kept' }], 'watching a download makes it nothing less');
});

test('damage is found at the first read, and before a file is handed over', async (t) => {
  const { page } = await plain(t);
  const reopen = async () => {
    await page.evaluate(() => window.pieceStores.close('film'));
    return page.evaluate(() => window.pieceStores.open('film', { seed: 1, pieces: 6 }, {}));
  };
  await page.evaluate(() => window.pieceStores.open('film', { seed: 1, pieces: 6 }, {}));
  await page.evaluate(() => window.pieceStores.write('film', 0, 6, 'in-turn'));
  await page.evaluate(async () => window.pieceStores.damage((await window.pieceStores.keys())[2] as IDBValidKey));
  t.same(await reopen(), [0, 1, 2, 3, 4, 5], 'opening reads nothing');
  t.match(await page.evaluate(() => window.pieceStores.save('film')), /^1 pieces of film-1\.mp4 were damaged/);
  t.same(await page.evaluate(() => window.pieceStores.evicted('film')), [2]);
  t.match(await page.evaluate(() => window.pieceStores.save('film')), /is not complete/);
  await page.evaluate(() => window.pieceStores.write('film', 2, 3, 'in-turn'));
  t.equal(await page.evaluate(() => window.pieceStores.save('film')), 'right');
  await page.evaluate(async () => window.pieceStores.damage((await window.pieceStores.keys())[4] as IDBValidKey));
  await reopen();
  t.equal(await page.evaluate(() => window.pieceStores.read('film', 4)), 'store-failed');
  t.same(await reopen(), [0, 1, 2, 3, 5]);
});

test('neighbours written together are one Blob, of which each piece can be read, and which is let go of as a whole', async (t) => {
  const { page } = await plain(t);
  await page.evaluate((maxWatchedBytes) => window.pieceStores.open('film', { seed: 1, pieces: 40 }, { keep: 'until-evicted', maxWatchedBytes }), 36 * PIECE);
  await page.evaluate(() => window.pieceStores.write('film', 0, 32, 'at-once'));
  t.ok((await page.evaluate(() => window.pieceStores.keys())).length <= 3);
  for (const piece of [0, 7, 31]) t.equal(await page.evaluate((one) => window.pieceStores.read('film', one), piece), 'right');
  await page.evaluate(() => window.pieceStores.write('film', 32, 40, 'in-turn'));
  const evicted = await page.evaluate(() => window.pieceStores.evicted('film'));
  t.ok(evicted.length > 0);
  for (const piece of evicted) t.equal(await page.evaluate((one) => window.pieceStores.read('film', one), piece), 'store-failed');
  await page.evaluate(() => window.pieceStores.close('film'));
  const held = await page.evaluate(() => window.pieceStores.open('film', { seed: 1, pieces: 40 }, {}));
  t.same([...held, ...evicted].toSorted((a, b) => a - b), Array.from({ length: 40 }, (_, piece) => piece));
  for (const piece of held) t.equal(await page.evaluate((one) => window.pieceStores.read('film', one), piece), 'right');
});

test('what an earlier version of the page kept is there still, and kept for good', async (t) => {
  const { page } = await plain(t);
  await page.evaluate(() => window.pieceStores.leaveVersion1(1, 5));
  t.same(await page.evaluate(() => window.pieceStores.open('film', { seed: 1, pieces: 5 }, { keep: 'until-evicted' })), [0, 1, 2, 3, 4]);
  t.match(await page.evaluate(() => window.pieceStores.list()), [{ kind: 'kept', heldBytes: 5 * PIECE }]);
  t.equal(await page.evaluate(() => window.pieceStores.save('film')), 'right');
});

test('a second visit to 4 GB opens at once', async (t) => {
  const { page } = await plain(t);
  const { held, ms } = await page.evaluate(() => window.pieceStores.openingMs(16_384));
  t.equal(held, 16_384);
  t.comment(`opened in ${Math.round(ms)} ms`);
  t.ok(ms < 8_000, 'to hash it would take half a minute, on a quiet machine');
});

test('a piece comes from the browser\'s storage in milliseconds', async (t) => {
  const { page } = await plain(t);
  await page.evaluate(() => window.pieceStores.open('film', { seed: 1, pieces: 64 }, {}));
  await page.evaluate(() => window.pieceStores.write('film', 0, 64, 'in-turn'));
  const atOnce = await page.evaluate(() => window.pieceStores.readMs('film', 64));
  await page.evaluate(() => window.pieceStores.close('film'));
  await page.evaluate(() => window.pieceStores.open('film', { seed: 1, pieces: 64 }, {}));
  const again = await page.evaluate(() => window.pieceStores.readMs('film', 64));
  const [half, most] = [again[32] ?? 0, again[60] ?? 0];
  t.comment(`256 KiB: ${(atOnce[32] ?? 0).toFixed(1)} ms, with its first verification ${half.toFixed(1)} ms, 95 of 100 in ${most.toFixed(1)} ms`);
  t.ok(half < 50, 'far above what it takes on a busy machine');
});

test('a full disk takes from what was watched before it fails anything', async (t) => {
  const { page, url } = await start(t);
  const devtools = await page.context().newCDPSession(page);
  // Chromium remembers for a while how much there was: so before the first write.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: 24_000_000 });
  await page.evaluate(() => window.pieceStores.open('watched', { seed: 1, pieces: 60 }, { keep: 'until-evicted' }));
  await page.evaluate(() => window.pieceStores.write('watched', 0, 60, 'at-once'));
  await page.evaluate(() => window.pieceStores.close('watched'));
  await page.evaluate(() => window.pieceStores.open('download', { seed: 2, pieces: 60 }, { keep: 'for-good' }));
  await page.evaluate(() => window.pieceStores.write('download', 0, 60, 'in-turn'));
  t.equal(await page.evaluate(() => window.pieceStores.save('download')), 'right');
  t.match(await page.evaluate(() => window.pieceStores.list()).then((all) => all.filter(({ kind }) => kind === 'kept')), [{ heldBytes: 60 * PIECE }]);
  const failure = await page.evaluate(async () => {
    await window.pieceStores.open('more', { seed: 3, pieces: 60 }, { keep: 'for-good' });
    return window.pieceStores.write('more', 0, 60, 'in-turn').then(() => 'kept', (error: unknown) => String(error));
  });
  t.match(failure, /storage is full; remove videos kept here/, 'and downloads are never taken');
  t.match(await page.evaluate(() => window.pieceStores.watch(4, 40)), { right: 40, forGood: /storage is full/ }, 'who only watches goes on in memory');
});

test('where the browser gives a page no storage, a bounded part of memory serves, and a download says so', async (t) => {
  const { page, url } = await plain(t);
  t.match(await page.evaluate(() => window.pieceStores.choose(4 * 256 * 1024)), { place: 'browser', evicted: [], readsLast: true, forGood: 'kept' });
  await show(page, `${url}/sandboxed`);
  t.match(await page.evaluate(() => window.pieceStores.choose(4 * 256 * 1024)), { place: 'memory', evicted: [0, 1], readsLast: true, forGood: /lets the page keep nothing/ });
});
