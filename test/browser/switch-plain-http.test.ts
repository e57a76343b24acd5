/** Most home-lab pages live on `http://192.168.x.x`, which is no secure context: the switch works there too, over a reload as well. */
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import {
  history, holdSlot, openVideo, plainOrigin, pressDownload, savedSha256, sha256, shownBytes, unexpected, untilBytes, untilSentence,
} from '../fixtures/browser-switch.ts';
import { putVideo } from '../fixtures/library.ts';

test('on plain http by address: refused, served by another browser, reloaded in the middle, granted and back', async (t) => {
  const appliance = await startAppliance(t, { host: '0.0.0.0', cdnMaxStreams: 1 });
  const plain = plainOrigin(appliance.url);
  const { contentId, bytes } = await putVideo(appliance, 'Holiday.mp4', randomBytes(120_000_000));

  const anna = await launchProfile(t, { args: plain.args });
  await openVideo(anna.page, plain.url, contentId);
  t.same(await anna.page.evaluate(() => [isSecureContext, typeof crypto.subtle]), [false, 'undefined'], 'nothing of a secure context is there');
  t.equal(await savedSha256(await pressDownload(anna.page)), sha256(bytes));
  await untilSentence(anna.page, 'Shared with other viewers');

  const release = await holdSlot(t, plain.url, contentId);
  const ben = await launchProfile(t, { args: plain.args });
  await openVideo(ben.page, plain.url, contentId);
  const bensFile = pressDownload(ben.page);
  await untilBytes(ben.page, 'peer', 5_000_000);
  await ben.page.reload();
  await untilBytes(ben.page, 'stored', 3_000_000);
  await untilBytes(ben.page, 'peer', 1_000_000);
  await release();
  t.equal(await savedSha256(await bensFile), sha256(bytes));
  await untilSentence(ben.page, 'every piece is verified');
  const from = await shownBytes(ben.page);
  t.equal(from.stored + from.peer + from.cdn, bytes.length, `nothing kept is fetched again: ${JSON.stringify(from)}`);
  t.ok(from.stored > 0 && from.peer > 0 && from.cdn > 0, 'kept, from the other browser, and from the CDN');
  t.ok((await history(ben.page)).includes('The CDN had room again and called: back on the CDN.'));
  t.same(unexpected(anna.errors), []);
  t.same(unexpected(ben.errors), []);
});
