/** The way back to the CDN, through a whole appliance: refusal, queue, grant, content. */
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { GRANT_HEADER } from '../../engine/index.ts';
import { contentUrl, putVideo, startAppliance } from '../fixtures/appliance.ts';
import { fetchWhole, open } from '../fixtures/http.ts';
import { SignallingTestClient } from '../fixtures/signalling-client.ts';

const LARGE = randomBytes(24 * 1024 * 1024);
const RANGE = { range: 'bytes=0-99' };

test('whoever waits in the queue gets the next free slot, and nobody else does', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 1 });
  const video = await putVideo(node, 'large.mp4', LARGE);
  const url = contentUrl(node, video);
  const viewer = await open(url);
  const { signalling } = JSON.parse((await fetchWhole(url)).text);
  const client = await SignallingTestClient.open(node.url.replace('http:', 'ws:') + signalling);
  await client.hello();
  client.send({ type: 'wait-for-cdn', contentId: video.contentId });
  await client.next('queued');
  t.match(JSON.parse((await fetchWhole(url)).text), { waiting: 1 });
  viewer.response.destroy();
  const grant = await client.next('grant');
  t.equal((await fetchWhole(url, { headers: RANGE })).status, 503, 'the free slot is kept');
  t.equal((await fetchWhole(url, { headers: { ...RANGE, [GRANT_HEADER]: 'made-up' } })).status, 503);
  const granted = await fetchWhole(url, { headers: { ...RANGE, [GRANT_HEADER]: grant.token } });
  t.equal(granted.status, 206);
  t.ok(granted.body.equals(LARGE.subarray(0, 100)));
  t.match((await fetchWhole(`${node.url}/metrics`)).text, /switch_cdn_admission_total\{event="grant-used"\} 1/);
});

test('a stopping appliance tells its signalling clients when to come back', async (t) => {
  const node = await startAppliance(t);
  const client = await SignallingTestClient.open(`${node.url.replace('http:', 'ws:')}/signalling`);
  await client.hello();
  const stopped = node.appliance.stop();
  t.ok((await client.next('closing')).retryAfterMs > 0);
  t.equal(await client.closed, 1012, 'service restart (RFC 6455)');
  await stopped;
});
