import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { test, type Test } from 'tap';
import { createApp } from '../../../../server/app.ts';
import type { App } from '../../../../server/app-type.ts';
import { registerPage } from '../../../../server/page/page.ts';

const HTML = { accept: 'text/html,*/*' };
const INDEX = '<!doctype html><title>Page</title>';

async function pageApp(t: Test, files: Parameters<Test['testdir']>[0], basePath = ''): Promise<App> {
  const app = createApp({ logLevel: 'silent', logDestination: new PassThrough(), trustProxy: [], basePath });
  t.teardown(() => app.close());
  await registerPage(app, { pageDir: t.testdir(files), basePath });
  return app;
}

test('hashed files are kept for ever, the page itself is asked for each time', async (t) => {
  const app = await pageApp(t, { 'index.html': INDEX, assets: { 'main-1a2b.js': 'let a' } });
  const script = await app.inject({ url: '/assets/main-1a2b.js' });
  t.match(script.headers, { 'cache-control': 'public, max-age=31536000, immutable', 'content-type': /javascript/ });
  const page = await app.inject({ url: '/', headers: HTML });
  t.equal(page.body, INDEX);
  t.equal(page.headers['cache-control'], 'no-cache');
});

test('a compressed neighbour is sent to who takes it', async (t) => {
  const app = await pageApp(t, { 'index.html': INDEX, assets: { 'main.js': 'let a', 'main.js.gz': gzipSync('let a') } });
  const packed = await app.inject({ url: '/assets/main.js', headers: { 'accept-encoding': 'gzip' } });
  t.match(packed.headers, { 'content-encoding': 'gzip', 'content-type': /javascript/, vary: /accept-encoding/i });
  t.equal((await app.inject({ url: '/assets/main.js' })).body, 'let a');
});

test('addresses that the page routes get the page, programs and missing files a problem', async (t) => {
  const app = await pageApp(t, { 'index.html': INDEX });
  const routed = await app.inject({ url: `/videos/${'a'.repeat(64)}?x=1`, headers: HTML });
  t.equal(routed.statusCode, 200);
  t.equal(routed.body, INDEX);
  t.equal(routed.headers['cache-control'], 'no-cache');
  t.equal((await app.inject({ url: '/videos/x' })).statusCode, 404);
  for (const url of ['/assets/missing.js', '/api/missing']) t.equal((await app.inject({ url, headers: HTML })).statusCode, 404, url);
  t.equal((await app.inject({ method: 'POST', url: '/', headers: HTML })).statusCode, 404);
});

test('nothing outside the page\'s folder is served', async (t) => {
  const app = await pageApp(t, { 'index.html': INDEX, '.env': 'secret' });
  for (const url of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/assets/..%5c..%5cpackage.json', '/.env']) {
    t.notMatch((await app.inject({ url })).body, /secret|software-switch/, url);
  }
});

test('without a build the page says what to do', async (t) => {
  const app = await pageApp(t, {});
  const page = await app.inject({ url: '/', headers: HTML });
  t.equal(page.statusCode, 503);
  t.match(page.body, 'npm run build:page');
});
