/** A node under a base path: taken with the prefix and without it, and every address it gives carries it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { test } from 'tap';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { fetchWhole, open } from '../fixtures/http.ts';
import { SignallingTestClient } from '../fixtures/signalling-client.ts';
import { buildPage } from '../../scripts/build-page.ts';

const BASE = '/house/switch';
const HTML = { accept: 'text/html' };

test('every route answers with the base path and without it', async (t) => {
  const node = await startAppliance(t, { basePath: BASE });
  const { contentId } = await putVideo({ ...node, url: node.url + BASE }, 'a.mp4', randomBytes(1000));
  for (const path of ['/healthz', '/readyz', '/metrics', '/api/videos', '/api/status', `/api/videos/${contentId}/manifest`,
    `/videos/${contentId}/content`, '/docs', '/docs/', '/docs/json', '/docs/static/swagger-ui.css']) {
    for (const base of [BASE, '']) t.equal((await fetchWhole(node.url + base + path)).status, 200, base + path);
  }
  t.equal((await fetchWhole(`${node.url}/house/switchboard/healthz`)).status, 404, 'not a longer word');
  for (const base of [BASE, '']) {
    const client = await SignallingTestClient.open(`${node.url.replace('http', 'ws')}${base}/signalling`);
    t.match(await client.hello(), { type: 'welcome' }, `signalling at ${base}/signalling`);
    client.close();
  }
});

test('the addresses that the node gives carry the base path', async (t) => {
  const node = await startAppliance(t, { basePath: BASE, cdnMaxStreams: 0 });
  const admin = { authorization: `Bearer ${node.adminToken}` };
  const put = await fetchWhole(`${node.url}/api/videos/a.mp4`, { method: 'PUT', headers: admin, body: randomBytes(1000) });
  t.equal(put.headers.location, `${BASE}/api/videos/${JSON.parse(put.text).contentId}`);

  const tus = { ...admin, 'tus-resumable': '1.0.0' };
  const created = await fetchWhole(`${node.url}${BASE}/api/uploads`, { method: 'POST', headers: { ...tus, 'upload-length': '4', 'upload-metadata': `filename ${btoa('b.mp4')}` } });
  t.match(created.headers.location, /^\/house\/switch\/api\/uploads\/[\w-]+$/);
  const patched = await fetchWhole(new URL(String(created.headers.location), node.url).href, {
    method: 'PATCH', headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, body: 'film',
  });
  t.equal(patched.headers.location, `${BASE}/api/videos/${String(patched.headers['switch-content-id'])}`);

  const busy = await fetchWhole(`${node.url}${BASE}/videos/${JSON.parse(put.text).contentId}/content`);
  t.match(JSON.parse(busy.text), { type: '/problems/cdn-busy', signalling: `${BASE}/signalling` });
  t.match(JSON.parse((await fetchWhole(`${node.url}${BASE}/nowhere`)).text), { type: '/problems/not-found', detail: /GET \/house\/switch\/nowhere .*\/house\/switch\/docs/ });
  t.same(JSON.parse((await fetchWhole(`${node.url}${BASE}/docs/json`)).text).servers, [{ url: BASE, description: 'This node' }]);
});

test('the description of the API finds its parts, asked for with a slash and without', async (t) => {
  const node = await startAppliance(t, { basePath: BASE });
  for (const path of ['/docs', '/docs/']) {
    const url = `${node.url}${BASE}${path}`;
    const [, style = 'missing'] = /href="([^"]+swagger-ui\.css)"/.exec((await fetchWhole(url)).text) ?? [];
    const { href, pathname } = new URL(style, url);
    // A proxy hands the node nothing but what lies under the path.
    t.ok(pathname.startsWith(`${BASE}/`), pathname);
    t.equal((await fetchWhole(href)).status, 200, style);
  }
});

test('the session\'s cookie is for the base path, and signing out removes one from before it too', async (t) => {
  const node = await startAppliance(t, { basePath: BASE });
  const session = `${node.url}${BASE}/api/session`;
  const signedIn = await fetchWhole(session, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: node.adminToken }),
  });
  t.match(signedIn.headers['set-cookie'], [/; Path=\/house\/switch;.*HttpOnly/]);
  const signedOut = await fetchWhole(session, { method: 'DELETE' });
  t.match(signedOut.headers['set-cookie'], [/Path=\/house\/switch;/, /Path=\/;/]);
});

test('the page knows its base path, compressed and not, and the path without a slash leads to it', async (t) => {
  buildPage();
  t.ok(existsSync('ui/dist/index.html'));
  const node = await startAppliance(t, { basePath: BASE });
  const plain = await fetchWhole(`${node.url}${BASE}/`, { headers: HTML });
  t.match(plain.text, `<base href="${BASE}/">`);
  for (const path of [`${BASE}/index.html`, `${BASE}/videos/${'a'.repeat(64)}`, '/']) {
    t.equal((await fetchWhole(node.url + path, { headers: HTML })).text, plain.text, path);
  }
  const etags = new Set([plain.headers.etag]);
  for (const encoding of ['br', 'gzip']) {
    const packed = await fetch(`${node.url}${BASE}/`, { headers: { ...HTML, 'accept-encoding': encoding } });
    t.equal(packed.headers.get('content-encoding'), encoding);
    t.equal(await packed.text(), plain.text);
    etags.add(packed.headers.get('etag') ?? '');
  }
  t.equal(etags.size, 3, 'each encoding has an ETag of its own');
  t.equal((await fetchWhole(`${node.url}${BASE}/`, { headers: { ...HTML, 'if-none-match': String(plain.headers.etag) } })).status, 304);
  const script = /src="\.\/(assets\/[^"]+)"/.exec(plain.text)?.[1] ?? 'missing';
  t.equal((await fetchWhole(`${node.url}${BASE}/${script}`)).status, 200);

  const bare = await open(`${node.url}${BASE}?q=holiday`, { headers: HTML });
  bare.response.destroy();
  t.match({ status: bare.status, location: bare.headers.location }, { status: 308, location: `${BASE}/?q=holiday` });
});
