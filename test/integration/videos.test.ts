import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { manifestFromJson, verifyManifest } from '../../engine/index.ts';
import { putVideo, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { fetchWhole } from '../fixtures/http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

interface Page {
  readonly items: readonly { readonly contentId: string; readonly title: string; readonly sizeBytes: number }[];
  readonly nextCursor: string | null;
}

async function list({ url }: RunningAppliance, query: string): Promise<Page> {
  return await (await fetch(`${url}/api/videos?${query}`)).json() as Page;
}

test('the list goes page by page, sorted and searched', async (t) => {
  const node = await startAppliance(t);
  for (const [index, name] of ['Bread.mp4', 'apples.mp4', 'Cherry apples.mp4'].entries()) await putVideo(node, name, randomBytes(100 + index));
  t.same((await list(node, '')).items.map((item) => item.title), ['Cherry apples', 'apples', 'Bread'], 'newest first');
  t.same((await list(node, 'q=APPLE&sort=sizeBytes')).items.map((item) => item.sizeBytes), [101, 102]);
  const titles: string[] = [];
  let cursor = '';
  do {
    const page = await list(node, `limit=1&sort=title${cursor}`);
    titles.push(...page.items.map((item) => item.title));
    cursor = page.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor !== '');
  t.same(titles, ['apples', 'Bread', 'Cherry apples']);
});

test('a query that is not right is 400 and names the field', async (t) => {
  const node = await startAppliance(t);
  for (const [query, field] of [['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=x', 'limit'], ['sort=colour', 'sort'], ['cursor=made-up', 'cursor'], ['page=2', 'page']] as const) {
    const answer = await fetchWhole(`${node.url}/api/videos?${query}`);
    t.equal(answer.status, 400, query);
    t.match(answer.headers['content-type'], /^application\/problem\+json/);
    t.match(JSON.parse(answer.text), { type: '/problems/bad-request', field }, query);
  }
});

test('the manifest folds up to the content id, is immutable and answers 304', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'a.mp4', randomBytes(600_000));
  const url = `${node.url}/api/videos/${video.contentId}/manifest`;
  const answer = await fetchWhole(url);
  t.match(answer.headers, { 'cache-control': /immutable/, etag: /^".+"$/ });
  const manifest = manifestFromJson(JSON.parse(answer.text));
  await verifyManifest(manifest);
  t.match(manifest, { contentId: video.contentId, sizeBytes: 600_000, name: 'a.mp4', mediaType: 'video/mp4' });
  const again = await fetchWhole(url, { headers: { 'if-none-match': String(answer.headers.etag) } });
  t.equal(again.status, 304);
  t.equal(again.body.length, 0);
  t.equal(again.headers['content-length'], undefined, 'RFC 9110 section 8.6: or that of the 200');
  t.equal((await fetchWhole(`${node.url}/api/videos/${'0'.repeat(64)}/manifest`)).status, 404);
});

test('an entry is read, renamed and deleted, changes with the token only', async (t) => {
  const node = await startAppliance(t);
  const video = await putVideo(node, 'a.mp4', randomBytes(100));
  const url = `${node.url}/api/videos/${video.contentId}`;
  const headers = { authorization: `Bearer ${node.adminToken}` };
  const body = JSON.stringify({ title: ' A new title ' });
  t.equal((await fetchWhole(url, { method: 'PATCH', headers: JSON_TYPE, body })).status, 401);
  t.equal((await fetchWhole(url, { method: 'DELETE' })).status, 401);
  const renamed = await fetchWhole(url, { method: 'PATCH', headers: { ...headers, ...JSON_TYPE }, body });
  t.match(JSON.parse(renamed.text), { title: 'A new title', name: 'a.mp4', contentId: video.contentId });
  t.match(JSON.parse((await fetchWhole(url)).text), { title: 'A new title' });
  t.equal((await fetchWhole(url, { method: 'DELETE', headers })).status, 204);
  for (const method of ['GET', 'DELETE']) {
    const gone = await fetchWhole(url, { method, headers });
    t.match(JSON.parse(gone.text), { type: '/problems/no-such-video', status: 404, contentId: video.contentId }, method);
  }
  t.equal((await fetchWhole(`${node.url}/videos/${video.contentId}/content`)).status, 404, 'also where its bytes were hot');
});

test('a title that is not right is 400 and names the field', async (t) => {
  const node = await startAppliance(t);
  const { contentId } = await putVideo(node, 'a.mp4', randomBytes(100));
  const headers = { authorization: `Bearer ${node.adminToken}`, ...JSON_TYPE };
  for (const [body, field] of [['{"title":""}', 'title'], ['{"title":"  "}', 'title'], ['{"title":1}', 'title'], ['{"title":"a\\u001b[2J"}', 'title'], ['{}', 'title'], [`{"title":"${'x'.repeat(201)}"}`, 'title'], ['{"title":"a","b":1}', 'b']] as const) {
    const answer = await fetchWhole(`${node.url}/api/videos/${contentId}`, { method: 'PATCH', headers, body });
    t.equal(answer.status, 400, body.slice(0, 30));
    t.match(JSON.parse(answer.text), { type: '/problems/bad-request', field }, body.slice(0, 30));
  }
  t.equal((await fetchWhole(`${node.url}/api/videos/${contentId}`, { method: 'PATCH', headers, body: '{' })).status, 400);
});
