import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { contentUrl, startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { fetchWhole } from '../fixtures/http.ts';
import { mongoDatabase } from '../fixtures/mongo.ts';
import { fillWithOldData, oldVolume, type OldFacts } from '../fixtures/old-data.ts';

async function isAllThere(t: Test, node: RunningAppliance, facts: OldFacts): Promise<void> {
  const { items } = JSON.parse((await fetchWhole(`${node.url}/api/videos`)).text) as { items: { contentId: string; title: string; name: string; posterId: string | null; subtitles: { id: string; language: string }[] }[] };
  t.equal(items.length, facts.videos.length);
  for (const { contentId, sha256, name } of facts.videos) {
    const { body } = await fetchWhole(contentUrl(node, { contentId }));
    t.equal(createHash('sha256').update(body).digest('hex'), sha256, `the bytes of ${name}`);
    t.equal((await fetchWhole(`${node.url}/api/videos/${contentId}/manifest`)).status, 200);
  }
  const first = items.find(({ contentId }) => contentId === facts.videos[0]?.contentId);
  t.equal(first?.title, facts.title);
  t.equal((await fetchWhole(`${node.url}/api/videos/${first?.contentId}/poster`)).body.length, facts.posterBytes);
  t.match((await fetchWhole(`${node.url}/api/videos/${first?.contentId}/subtitles/${first?.subtitles[0]?.id}`)).text, facts.subtitlesText);
  t.equal(await change(node, facts.token), 404, 'the token is right as before');
  t.equal(await change(node, 'another'), 401);
}

async function change({ url }: RunningAppliance, token: string): Promise<number> {
  return (await fetchWhole(`${url}/api/videos/${'0'.repeat(64)}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })).status;
}

test('a data directory of an earlier version goes on: videos, what is beside them, the token, an unfinished upload', async (t) => {
  const { dataDir, facts } = await oldVolume(t);
  const node = await startAppliance(t, { dataDir, adminToken: undefined });
  await isAllThere(t, node, facts);
  const { path, sizeBytes, sentBytes, byte } = facts.unfinished ?? { path: '', sizeBytes: 0, sentBytes: 0, byte: 0 };
  const headers = { authorization: `Bearer ${facts.token}`, 'tus-resumable': '1.0.0' };
  const at = await fetchWhole(node.url + path, { method: 'HEAD', headers });
  t.equal(at.headers['upload-offset'], String(sentBytes));
  const ended = await fetchWhole(node.url + path, {
    method: 'PATCH', headers: { ...headers, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(sentBytes) },
    body: Buffer.alloc(sizeBytes - sentBytes, byte),
  });
  t.equal(ended.status, 204);
  const bytes = await fetchWhole(contentUrl(node, { contentId: String(ended.headers['switch-content-id']) }));
  t.same(bytes.body, Buffer.alloc(sizeBytes, byte));
  t.match(JSON.parse(await readFile(join(dataDir, 'state', 'data-format.value'), 'utf8')), { version: 1 });
});

test('a database of an earlier version goes on: videos, what is beside them, the token', async (t) => {
  const database = await mongoDatabase();
  if (database === undefined) return void t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
  t.teardown(() => database.drop());
  const facts = await fillWithOldData(database);
  await isAllThere(t, await startAppliance(t, { mongodbUri: database.uri, adminToken: undefined }), facts);
});
