/** A node behind a real nginx that runs the recipe of docs/proxy/nginx.conf. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type Test } from 'tap';
import type { Config } from '../../config/schema.ts';
import { putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { runCommand } from '../fixtures/command.ts';
import { eventually, fetchWhole } from '../fixtures/http.ts';
import { fetchAs, openAs } from '../fixtures/https.ts';
import { startNginx, type NginxOptions, type RunningNginx } from '../fixtures/nginx.ts';
import { SignallingTestClient } from '../fixtures/signalling-client.ts';

const BASE = '/switch';
const PROXY = '127.0.0.1';
const HTML = { accept: 'text/html' };

interface Behind {
  readonly node: RunningAppliance;
  readonly nginx: RunningNginx;
}

async function behindNginx(t: Test, overrides: Partial<Config> = {}, options: Partial<NginxOptions> = {}): Promise<Behind> {
  const node = await startAppliance(t, { trustProxy: [PROXY], basePath: BASE, ...overrides });
  return { node, nginx: await startNginx(t, { upstreamUrl: node.url, basePath: BASE, ...options }) };
}

async function hello(url: string): Promise<string> {
  const client = await SignallingTestClient.open(`${url.replace('http', 'ws')}/signalling`);
  const { type } = await client.hello();
  client.close();
  return type;
}

test('the page, the API and signalling are there under the base path', async (t) => {
  const { nginx } = await behindNginx(t);
  const page = await fetchAs(`${nginx.url}/`, { headers: HTML });
  t.match(page.text, `<base href="${BASE}/">`);
  for (const path of ['/api/videos', '/healthz', '/metrics', '/docs/json']) t.equal((await fetchAs(nginx.url + path)).status, 200, path);
  const bare = await fetchAs(nginx.url, { headers: HTML });
  t.match({ status: bare.status, location: bare.headers.location }, { status: 308, location: `${BASE}/` });
  t.equal(await hello(nginx.url), 'welcome');
});

test('HTTP/2 is spoken to browsers', async (t) => {
  const { nginx } = await behindNginx(t);
  const session = connectHttp2(nginx.url, { ca: await readFile(nginx.certificateFile) });
  t.teardown(() => session.destroy());
  const stream = session.request({ ':path': `${BASE}/api/videos` });
  t.match(JSON.parse(await text(stream)), { items: [] });
  t.equal(session.alpnProtocol, 'h2');
});

test('a proxy that strips the base path works as well', async (t) => {
  const { node, nginx } = await behindNginx(t, {}, {
    basePath: `${BASE}/`, changes: [['proxy_pass http://software_switch;', 'proxy_pass http://software_switch/;']],
  });
  const url = nginx.url.replace(/\/$/, '');
  t.match((await fetchAs(`${url}/`, { headers: HTML })).text, `<base href="${BASE}/">`);
  t.equal(await hello(url), 'welcome');
  const put = await fetchAs(`${url}/api/videos/a.mp4`, { method: 'PUT', headers: { authorization: `Bearer ${node.adminToken}` }, body: randomBytes(1000) });
  t.equal((await fetchAs(new URL(String(put.headers.location), url).href)).status, 200, 'a Location can be followed');
});

test('without a base path the node has the name for itself', async (t) => {
  const node = await startAppliance(t, { trustProxy: [PROXY] });
  const nginx = await startNginx(t, { upstreamUrl: node.url });
  t.equal((await fetchAs(`${nginx.url}/api/videos`)).status, 200);
  t.equal(await hello(nginx.url), 'welcome');
});

test('the command puts, lists and gets through the proxy, more than a chunk at a time', async (t) => {
  const { node, nginx } = await behindNginx(t);
  const cwd = t.testdir({});
  const bytes = randomBytes(40 * 1024 * 1024);
  await writeFile(join(cwd, 'film.mp4'), bytes);
  const env = { NODE_EXTRA_CA_CERTS: nginx.certificateFile, SWITCH_ADMIN_TOKEN: node.adminToken };
  const put = runCommand(t, ['put', 'film.mp4', '--to', nginx.url, '--json'], { cwd, env });
  t.equal(await put.exitCode, 0, await put.stderr);
  const list = runCommand(t, ['list', '--from', `${nginx.url}/`, '--json'], { cwd, env });
  t.equal(await list.exitCode, 0, await list.stderr);
  const { contentId } = await list.line((line) => 'contentId' in line);
  const get = runCommand(t, ['get', `${nginx.url}/videos/${String(contentId)}`, '-o', 'copy.mp4', '--json'], { cwd, env });
  t.equal(await get.exitCode, 0, await get.stderr);
  t.equal(sha256(await readFile(join(cwd, 'copy.mp4'))), sha256(bytes));
});

test('a proxy that refuses the size of an upload is named as the one who does', async (t) => {
  const { node, nginx } = await behindNginx(t, {}, { changes: [['client_max_body_size    0;', 'client_max_body_size 1m;']] });
  const cwd = t.testdir({});
  await writeFile(join(cwd, 'film.mp4'), randomBytes(2 * 1024 * 1024));
  const env = { NODE_EXTRA_CA_CERTS: nginx.certificateFile, SWITCH_ADMIN_TOKEN: node.adminToken };
  const put = runCommand(t, ['put', 'film.mp4', '--to', nginx.url, '--json'], { cwd, env });
  t.equal(await put.exitCode, 1);
  t.match(await put.stderr, /answered 413.*a proxy there does not let bodies of this size through.*docs\/operations\.md/);
});

test('viewers behind the proxy find each other, and the node\'s base path is no hindrance', async (t) => {
  const { node, nginx } = await behindNginx(t, { cdnMaxStreams: 0 });
  const cwd = t.testdir({});
  const bytes = randomBytes(1024 * 1024);
  await writeFile(join(cwd, 'film.mp4'), bytes);
  const { contentId } = await putVideo(node, 'film.mp4', bytes);
  const env = { NODE_EXTRA_CA_CERTS: nginx.certificateFile };
  const seed = runCommand(t, ['seed', 'film.mp4', '--to', nginx.url, '--json'], { cwd, env });
  await seed.line(({ type }) => type === 'sharing');
  const get = runCommand(t, ['get', contentId, '--from', nginx.url, '-o', 'copy.mp4', '--json'], { cwd, env });
  t.equal(await get.exitCode, 0, await get.stderr);
  t.match(await get.line(({ type }) => type === 'summary'), { bytesFrom: { cdn: 0, peers: bytes.length } });
});

test('a plain upload of more than nginx takes by itself arrives', async (t) => {
  const { node, nginx } = await behindNginx(t);
  const bytes = randomBytes(3 * 1024 * 1024);
  const put = await fetchAs(`${nginx.url}/api/videos/a.mp4`, { method: 'PUT', headers: { authorization: `Bearer ${node.adminToken}` }, body: bytes });
  t.match(JSON.parse(put.text), { sizeBytes: bytes.length });
});

test('ranges and preconditions pass as they are', async (t) => {
  const { node, nginx } = await behindNginx(t);
  const bytes = randomBytes(300_000);
  const { contentId } = await putVideo(node, 'a.mp4', bytes);
  const content = `${nginx.url}/videos/${contentId}/content`;
  const etag = `"${contentId}"`;
  const part = await fetchAs(content, { headers: { range: 'bytes=100-199' } });
  t.match({ status: part.status, ...part.headers }, { status: 206, etag, 'content-range': 'bytes 100-199/300000', 'accept-ranges': 'bytes' });
  t.same(part.body, bytes.subarray(100, 200));
  t.equal((await fetchAs(content, { headers: { range: 'bytes=0-9', 'if-range': etag } })).status, 206);
  t.equal((await fetchAs(content, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status, 200);
  t.equal((await fetchAs(content, { headers: { 'if-none-match': etag } })).status, 304);
  t.equal((await fetchAs(content, { headers: { range: 'bytes=300000-' } })).status, 416);
});

test('clients behind the proxy are told apart by their own addresses, whatever they claim', async (t) => {
  const { nginx } = await behindNginx(t);
  const tried = async (from: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    (await fetchAs(`${nginx.url}/api/session`, signIn('wrong', { from, headers }))).status;
  for (let tries = 0; tries < 10; tries += 1) t.equal(await tried('127.0.0.2', { 'x-forwarded-for': `10.0.0.${tries}` }), 401);
  t.equal(await tried('127.0.0.2'), 429);
  t.equal(await tried('127.0.0.2', { 'x-forwarded-for': '127.0.0.3' }), 429, 'a claim changes nothing');
  t.equal(await tried('127.0.0.3'), 401, 'its neighbour is not punished');
});

test('a proxy that is not trusted speaks for nobody', async (t) => {
  const { node, nginx } = await behindNginx(t, { trustProxy: [] });
  for (let tries = 0; tries < 10; tries += 1) await fetchAs(`${nginx.url}/api/session`, signIn('wrong', { from: '127.0.0.2' }));
  t.equal((await fetchAs(`${nginx.url}/api/session`, signIn('wrong', { from: '127.0.0.3' }))).status, 429, 'all are the proxy');
  const direct = await fetchWhole(`${node.url}/api/session`, signIn('wrong', { headers: { 'x-forwarded-for': '127.0.0.3' } }));
  t.equal(direct.status, 429);
});

test('behind TLS the session\'s cookie is Secure, and changes from the page are its own', async (t) => {
  const { node, nginx } = await behindNginx(t);
  const { origin } = new URL(nginx.url);
  const signedIn = await fetchAs(`${nginx.url}/api/session`, signIn(node.adminToken, { headers: { origin } }));
  const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
  t.match(cookie, /; Path=\/switch; HttpOnly; Secure; SameSite=Strict/);
  const { contentId } = await putVideo(node, 'a.mp4', randomBytes(1000));
  const rename = async (from: string): Promise<number> => (await fetchAs(`${nginx.url}/api/videos/${contentId}`, {
    method: 'PATCH', headers: { origin: from, cookie: cookie.split(';')[0] ?? '', 'content-type': 'application/json' }, body: '{"title":"B"}',
  })).status;
  t.equal(await rename(origin), 200);
  t.equal(await rename('https://elsewhere.example'), 403);
});

test('nginx takes no more of a film than its viewer does, and a viewer who leaves frees the slot', async (t) => {
  const { node, nginx } = await behindNginx(t, { cdnMaxStreams: 1 });
  const sizeBytes = 96 * 1024 * 1024;
  const { contentId } = await putVideo(node, 'a.mp4', randomBytes(sizeBytes));
  const content = `${nginx.url}/videos/${contentId}/content`;
  for (const [protocol, watch] of [['HTTP/1.1', watchOverHttp1], ['HTTP/2', watchOverHttp2]] as const) {
    const before = await contentBytes(node);
    const leave = await watch(t, content, nginx);
    const sent = await settled(async () => await contentBytes(node) - before);
    // What the system's own buffers hold, twice: on the way to nginx and from there.
    t.ok(sent < sizeBytes / 2, `${sent} of ${sizeBytes} bytes were sent to a viewer over ${protocol} who reads none`);
    t.same(await readdir(join(nginx.folder, 'proxy'), { recursive: true }), [], 'nothing on the disk of the proxy');
    t.equal(await activeStreams(node), 1, 'the slot is his while he watches');
    t.equal((await fetchAs(content)).status, 503);
    leave();
    await eventually('the slot being free', async () => await activeStreams(node) === 0);
  }
  t.equal((await fetchAs(content, { headers: { range: 'bytes=0-9' } })).status, 206);
});

type Leave = () => void;

async function watchOverHttp1(t: Test, content: string): Promise<Leave> {
  const { status, response } = await openAs(content);
  t.teardown(() => response.destroy());
  t.equal(status, 200);
  return () => response.destroy();
}

/** Leaves as browsers do: the stream is given up, and the connection stays for the next request. */
async function watchOverHttp2(t: Test, content: string, { certificateFile }: RunningNginx): Promise<Leave> {
  const session = connectHttp2(content, { ca: await readFile(certificateFile) });
  t.teardown(() => session.destroy());
  const stream = session.request({ ':path': new URL(content).pathname });
  const [headers] = await once(stream, 'response') as [IncomingHttpHeaders];
  t.equal(headers[':status'], 200);
  return () => stream.close(constants.NGHTTP2_CANCEL);
}

function signIn(token: string, { from, headers = {} }: { readonly from?: string; readonly headers?: Readonly<Record<string, string>> }) {
  return {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ token }), ...(from === undefined ? {} : { from }),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function contentBytes({ url }: RunningAppliance): Promise<number> {
  const { text: metrics } = await fetchWhole(`${url}/metrics`);
  return Number(/^switch_content_bytes_total (\d+)$/m.exec(metrics)?.[1]);
}

async function activeStreams({ url }: RunningAppliance): Promise<number> {
  return JSON.parse((await fetchWhole(`${url}/api/status`)).text).cdn.activeStreams;
}

/** What `read` answers once it has not changed for half a second. */
async function settled(read: () => Promise<number>): Promise<number> {
  let last = await read();
  let sinceMs = performance.now();
  return eventually('a figure that rests', async () => {
    const now = await read();
    if (now !== last) [last, sinceMs] = [now, performance.now()];
    return last > 0 && performance.now() - sinceMs > 500 ? last : undefined;
  });
}
