/** The pictures and subtitles beside a video, over HTTP: who may change them, what is taken, and how they are cached. */
import { randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import type { Video } from '../../server/storage/video-store.ts';
import { putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { fetchWhole, type WholeAnswer } from '../fixtures/http.ts';

const WEBP = Buffer.concat([Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), randomBytes(3000)]);
const JPEG = Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), randomBytes(2000)]);
const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(1000)]);
const SRT = '1\n00:00:01,000 --> 00:00:02,000\nGuten <i>Tag</i>\n';

interface Library {
  readonly node: RunningAppliance;
  readonly video: Video;
  /** Below the video's address; with the token unless told otherwise. */
  ask(method: string, path: string, body?: string | Uint8Array, headers?: Record<string, string>): Promise<WholeAnswer>;
}

async function library(t: Test): Promise<Library> {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'film.mp4', randomBytes(1000));
  return {
    node, video, ask: (method, path, body, headers = { authorization: `Bearer ${node.adminToken}` }) => fetchWhole(
      `${node.url}/api/videos/${video.contentId}${path}`, { method, headers, ...(body === undefined ? {} : { body }) },
    ),
  };
}

const problem = ({ text }: WholeAnswer): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const entry = ({ text }: WholeAnswer): Video => JSON.parse(text) as Video;

test('a poster is taken, shown, kept for good under its id, and removed', async (t) => {
  const { ask } = await library(t);
  t.match(await ask('GET', '/poster'), { status: 404 });
  t.match(problem(await ask('GET', '/poster')), { type: '/problems/no-such-poster' });
  const put = await ask('PUT', '/poster', WEBP);
  t.equal(put.status, 200);
  const { posterId } = entry(put);
  t.match(posterId, /^[0-9a-f]{16}$/);
  t.match(entry(await ask('GET', '')), { posterId }, 'the entry says so');
  const shown = await ask('GET', `/poster?v=${posterId}`, undefined, {});
  t.equal(shown.body.compare(WEBP), 0);
  t.match(shown.headers, {
    'content-type': 'image/webp', 'cache-control': /immutable/, 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox',
    'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'content-length': String(WEBP.length),
  });
  t.match((await ask('GET', '/poster')).headers, { 'cache-control': 'no-cache' }, 'without its id it may change');
  const again = await ask('GET', '/poster', undefined, { 'if-none-match': String(shown.headers.etag) });
  t.equal(again.status, 304);
  t.equal((await ask('DELETE', '/poster')).status, 200);
  t.match(entry(await ask('GET', '')), { posterId: null });
  t.equal((await ask('GET', `/poster?v=${posterId}`)).status, 404);
  t.equal((await ask('DELETE', '/poster')).status, 404);
});

test('the first poster stays unless it is to be replaced', async (t) => {
  const { ask } = await library(t);
  const { posterId } = entry(await ask('PUT', '/poster', JPEG));
  const second = await ask('PUT', '/poster', PNG);
  t.match(problem(second), { type: '/problems/conflict', status: 409, posterId });
  t.match((await ask('GET', '/poster')).headers, { 'content-type': 'image/jpeg' });
  const replaced = entry(await ask('PUT', '/poster?replace=1', PNG));
  t.not(replaced.posterId, posterId, 'another picture has another id');
  t.match((await ask('GET', `/poster?v=${posterId}`)).headers, { 'content-type': 'image/png', 'cache-control': 'no-cache' }, 'the id of the old one is not the new one\'s for ever');
});

test('what is no picture, too large, or sent by a stranger is refused', async (t) => {
  const { ask, node } = await library(t);
  t.match(problem(await ask('PUT', '/poster', '<svg xmlns="http://www.w3.org/2000/svg"/>')), { type: '/problems/unsupported-media-type', status: 415 });
  t.match(problem(await ask('PUT', '/poster', '')), { type: '/problems/empty-file', status: 422 });
  t.match(problem(await ask('PUT', '/poster', Buffer.concat([WEBP, randomBytes(512 * 1024)]))), { type: '/problems/too-large', status: 413 });
  for (const [method, path] of [['PUT', '/poster'], ['DELETE', '/poster'], ['POST', '/subtitles'], ['PATCH', `/subtitles/${'0'.repeat(16)}`], ['DELETE', `/subtitles/${'0'.repeat(16)}`]] as const) {
    t.equal((await ask(method, path, method === 'DELETE' ? undefined : '{}', {})).status, 401, `${method} ${path}`);
  }
  const nowhere = await fetchWhole(`${node.url}/api/videos/${'0'.repeat(64)}/poster`, { method: 'PUT', headers: { authorization: `Bearer ${node.adminToken}` }, body: WEBP });
  t.match(problem(nowhere), { type: '/problems/no-such-video', status: 404 });
});

test('subtitles are taken as WebVTT, named, changed and removed', async (t) => {
  const { ask } = await library(t);
  const added = await ask('POST', '/subtitles?name=film.pt-BR.srt', SRT);
  t.equal(added.status, 201);
  const [first] = entry(added).subtitles;
  t.match(first, { language: 'pt-BR', label: 'Brazilian Portuguese', origin: 'uploaded' });
  const shown = await ask('GET', `/subtitles/${first?.id}`, undefined, {});
  t.match(shown.text, /^WEBVTT\n[^]*00:00:01\.000 --> 00:00:02\.000\nGuten <i>Tag<\/i>/);
  t.match(shown.headers, {
    'content-type': 'text/vtt; charset=utf-8', 'cache-control': /immutable/, 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox', 'cross-origin-resource-policy': 'cross-origin',
  });
  const named = entry(await ask('POST', `/subtitles?language=de&label=${encodeURIComponent('Für Kinder')}`, `WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n`)).subtitles;
  t.match(named, [{ language: 'pt-BR' }, { language: 'de', label: 'Für Kinder' }], 'in the order they came');
  const changed = await ask('PATCH', `/subtitles/${first?.id}`, JSON.stringify({ label: ' Português ', language: null }), { authorization: 'Bearer admin-token-of-the-tests', 'content-type': 'application/json' });
  t.match(entry(changed).subtitles, [{ id: first?.id, label: 'Português', language: null }, { language: 'de' }]);
  t.same(entry(await ask('DELETE', `/subtitles/${first?.id}`)).subtitles.map(({ language }) => language), ['de']);
  for (const method of ['GET', 'DELETE']) t.match(problem(await ask(method, `/subtitles/${first?.id}`)), { type: '/problems/no-such-subtitles', status: 404 }, method);
});

test('a file that is no subtitles is 422 in words, and wrong names are 400', async (t) => {
  const { ask } = await library(t);
  const refused = await ask('POST', '/subtitles?name=film.sub', randomBytes(3000));
  t.match(problem(refused), { type: '/problems/not-subtitles', status: 422, detail: /film\.sub/ });
  t.match(problem(await ask('POST', '/subtitles', '')), { type: '/problems/empty-file' });
  t.match(problem(await ask('POST', '/subtitles', Buffer.alloc(4 * 1024 * 1024 + 1, 'a'))), { status: 413 });
  for (const [query, field] of [['language=not%20one', 'language'], ['label=%1b%5b2J', 'label'], ['colour=red', 'colour']] as const) {
    t.match(problem(await ask('POST', `/subtitles?${query}`, SRT)), { type: '/problems/bad-request', status: 400, field }, query);
  }
  t.same(entry(await ask('GET', '')).subtitles, []);
});

test('a video has so many subtitles and no more', async (t) => {
  const { ask } = await library(t);
  for (let count = 0; count < 32; count += 1) t.equal((await ask('POST', '/subtitles?language=en', SRT)).status, 201);
  t.match(problem(await ask('POST', '/subtitles?language=en', SRT)), { type: '/problems/conflict', status: 409, maxSubtitles: 32 });
  t.equal(entry(await ask('GET', '')).subtitles.length, 32);
});

test('pages of other origins may read posters and subtitles, and change nothing', async (t) => {
  const { ask } = await library(t);
  const preflight = await ask('OPTIONS', '/poster', undefined, { origin: 'http://other', 'access-control-request-method': 'PUT' });
  t.match(preflight, { status: 204, headers: { 'access-control-allow-methods': 'GET, HEAD' } });
  const refused = await ask('PUT', '/poster', WEBP);
  t.equal(refused.headers['access-control-allow-origin'], undefined);
});
