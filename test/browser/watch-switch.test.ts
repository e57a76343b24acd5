/** Watching over the switch, with a one-slot appliance and real tabs: refused at the start, in mid-play, and with nobody else there. */
import { test } from 'tap';
import { holdSlot, plainOrigin, unexpected } from '../fixtures/browser-switch.ts';
import { RATE, received, starvations, startFilmLibrary, startHolder, takeSlot } from '../fixtures/film-library.ts';
import { eventually } from '../fixtures/http.ts';
import { startWatcher } from '../fixtures/watcher.ts';

test('refused at the start, a viewer plays from another tab, and goes back when the CDN has room', async (t) => {
  const { appliance: { url }, contentId } = await startFilmLibrary(t);
  await startHolder(t, url, contentId);
  const release = await holdSlot(t, url, contentId);
  const ben = await startWatcher(t, url, contentId);
  await ben.play({ rate: RATE });
  const refused = await ben.untilPosition(14);
  t.equal(received(refused).cdn, 0, 'no byte came from the CDN');
  t.ok(received(refused).peers > 1_000_000);
  t.same(starvations(refused), [], 'without a stall');
  await release();
  await eventually('the CDN serves the viewer again', async () => received(await ben.figures()).cdn > 0, 30_000);
  const back = await ben.untilPosition(40);
  t.same(starvations(back), []);
  t.ok(back.download?.switches.some(({ reason }) => reason === 'cdn-granted'), 'by a grant');
  t.same(unexpected(ben.errors), []);
});

test('refused in mid-play, on plain http by address: other viewers carry it, and nothing comes twice', async (t) => {
  const { appliance, contentId, bytes } = await startFilmLibrary(t, { host: '0.0.0.0', cdnMaxMbps: 50, cdnMinStreamMbps: 50 });
  const plain = plainOrigin(appliance.url);
  await startHolder(t, plain.url, contentId, plain.args);
  const ben = await startWatcher(t, plain.url, contentId, plain.args);
  await ben.play({ rate: RATE });
  const before = received(await ben.untilPosition(6));
  t.ok(before.cdn > 0, 'the CDN serves the beginning');
  await takeSlot(t, appliance.url, contentId);
  const later = await ben.untilPosition(40);
  const from = received(later);
  t.ok(from.peers > 1_000_000, JSON.stringify(from));
  t.same(starvations(later), [], 'without a stall');
  t.ok(from.cdn + from.peers <= bytes.length, 'no piece is kept twice');
  t.same(unexpected(ben.errors), []);
});

test('when nobody has it, the player says so, waits for the CDN, and goes on by itself', async (t) => {
  const { appliance: { url }, contentId } = await startFilmLibrary(t);
  const release = await holdSlot(t, url, contentId);
  const ben = await startWatcher(t, url, contentId);
  await ben.page.getByRole('button', { name: /^Play / }).first().click();
  await ben.page.locator('software-switch-player').getByText(/Nobody has this piece right now. First in the queue for the CDN/).waitFor();
  t.equal((await ben.figures()).download?.state, 'waiting');
  await release();
  const playing = await ben.untilPosition(3);
  t.ok(received(playing).cdn > 0);
  t.same(starvations(playing), []);
});

