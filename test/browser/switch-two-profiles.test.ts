/** The six steps of the control flow with two real browsers and a node with one slot, on both stores. */
import { randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import {
  history, holdSlot, openVideo, pressDownload, savedSha256, sha256, shownBytes, unexpected, untilBytes, untilSentence,
} from '../fixtures/browser-switch.ts';
import { putVideo } from '../fixtures/library.ts';
import { mongoDatabase } from '../fixtures/mongo.ts';

/** Large enough that the swarm is still busy when the holder has gone and the CDN calls. */
const VIDEO_BYTES = 48_000_000;

async function sixSteps(t: Test, mongodbUri: string | undefined): Promise<void> {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1, ...(mongodbUri === undefined ? {} : { mongodbUri }) });
  const { url } = appliance;
  const { contentId, bytes } = await putVideo(appliance, 'Holiday.mp4', randomBytes(VIDEO_BYTES));
  const original = sha256(bytes);

  const anna = await launchProfile(t);
  await anna.page.goto(url);
  await anna.page.getByRole('link', { name: /Holiday/ }).first().click();
  const annasFile = await pressDownload(anna.page);
  t.equal(await savedSha256(annasFile), original, 'the first viewer saves the right bytes');
  t.same(await shownBytes(anna.page), { cdn: VIDEO_BYTES, peer: 0, seeder: 0, stored: 0 }, 'all of them from the CDN, which had room');
  await untilSentence(anna.page, 'Shared with other viewers');

  const release = await holdSlot(t, url, contentId);
  const ben = await launchProfile(t);
  await openVideo(ben.page, url, contentId);
  const bensFile = pressDownload(ben.page);
  await untilSentence(ben.page, /^The CDN (?:is full \(1 of 1\)|did not answer in time)\. One viewer has pieces of this video; getting it from there\. First in the queue for the CDN\.$/);
  await untilBytes(ben.page, 'peer', 1_000_000);
  t.equal((await shownBytes(ben.page)).cdn, 0, 'refused, the second gets its pieces from the first');
  await release();
  await ben.page.locator('[data-reason=cdn-granted]').first().waitFor();
  t.equal(await savedSha256(await bensFile), original, 'and saves the right bytes too');

  await untilSentence(ben.page, 'every piece is verified');
  const from = await shownBytes(ben.page);
  t.equal(from.cdn + from.peer, VIDEO_BYTES, 'every byte is counted once, by its source');
  t.ok(from.cdn > 1_000_000 && from.peer > 1_000_000, `both gave some of it: ${JSON.stringify(from)}`);
  t.same({ seeder: from.seeder, stored: from.stored }, { seeder: 0, stored: 0 });
  const told = await history(ben.page);
  // On a machine that is busy enough, the refusal itself is late.
  t.match(told[0], /^The CDN (?:was full|did not answer in time)/, 'the history says that it was refused');
  t.ok(told.includes('The CDN had room again and called: back on the CDN.'), `that the CDN called: ${told.join(' | ')}`);
  t.equal(told.at(-1), 'Everything arrived and was verified.');
  t.same(unexpected(anna.errors), []);
  t.same(unexpected(ben.errors), []);
}

test('a refused browser is served by another browser and goes back when granted: filesystem', (t) => sixSteps(t, undefined));

test('a refused browser is served by another browser and goes back when granted: GridFS', async (t) => {
  const database = await mongoDatabase();
  if (database === undefined) {
    t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
    return;
  }
  t.teardown(() => database.drop());
  await sixSteps(t, database.uri);
});
