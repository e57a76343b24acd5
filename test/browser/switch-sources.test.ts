/** Who serves a browser that the CDN refused, besides another browser: the appliance's seeder, a command, and never a liar. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import {
  detail, history, holdSlot, openVideo, pressDownload, savedSha256, sha256, sha256OfFile, shownBytes, unexpected, untilBytes, untilSentence,
} from '../fixtures/browser-switch.ts';
import { runCommand, type Line } from '../fixtures/command.ts';
import { eventually } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { MemoryPieces, TestPeer } from '../fixtures/peer-pair.ts';
import { sampleContent } from '../fixtures/sample-content.ts';

const BACK_ON_THE_CDN = 'The CDN had room again and called: back on the CDN.';

test('with every other viewer gone, a refused browser is served by the appliance’s seeder, counted apart', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1, seeder: true, seederMaxMbps: 60 });
  const { url } = appliance;
  const { contentId, bytes } = await putVideo(appliance, 'Holiday.mp4', randomBytes(24_000_000));
  const anna = await launchProfile(t);
  await openVideo(anna.page, url, contentId);
  t.equal(await savedSha256(await pressDownload(anna.page)), sha256(bytes));
  t.equal((await shownBytes(anna.page)).cdn, bytes.length, 'with room, the CDN serves all of it, although the seeder is there');
  await anna.context.close();

  const release = await holdSlot(t, url, contentId);
  const ben = await launchProfile(t);
  await openVideo(ben.page, url, contentId);
  const bensFile = pressDownload(ben.page);
  await untilSentence(ben.page, /The CDN is full.*The appliance’s seeder has pieces of this video/);
  await untilBytes(ben.page, 'seeder', 1_000_000);
  await release();
  t.equal(await savedSha256(await bensFile), sha256(bytes));
  await untilSentence(ben.page, 'every piece is verified');
  const from = await shownBytes(ben.page);
  t.equal(from.cdn + from.seeder, bytes.length);
  t.ok(from.cdn > 0 && from.seeder > 1_000_000, JSON.stringify(from));
  t.equal(from.peer, 0, 'a seeder is not counted as a viewer');
  t.ok((await history(ben.page)).includes(BACK_ON_THE_CDN));
  t.same(unexpected(anna.errors), []);
  t.same(unexpected(ben.errors), []);
});

test('a command serves a refused browser, and a browser serves a refused command', async (t) => {
  const folder = t.testdir({ anna: {}, carla: {} });
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  const { url } = appliance;
  const { contentId, bytes } = await putVideo(appliance, 'Holiday.mp4', randomBytes(16_000_000));

  const anna = runCommand(t, ['get', `${url}/videos/${contentId}`, '--seed', '--json'], { cwd: join(folder, 'anna') });
  await anna.line(({ type }) => type === 'sharing');
  await holdSlot(t, url, contentId);

  const ben = await launchProfile(t);
  await openVideo(ben.page, url, contentId);
  t.equal(await savedSha256(await pressDownload(ben.page)), sha256(bytes), 'from the command, the browser has the right bytes');
  await untilSentence(ben.page, 'every piece is verified');
  t.same(await shownBytes(ben.page), { cdn: 0, peer: bytes.length, seeder: 0, stored: 0 }, 'and counts them as a viewer’s');
  anna.signal('SIGINT');
  t.equal(await anna.exitCode, 0);

  const carla = runCommand(t, ['get', contentId, '--from', url, '--json', '--timeout', '20'], { cwd: join(folder, 'carla') });
  t.equal(await carla.exitCode, 0, 'the browser alone is left to serve the second command');
  const summary: Line | undefined = carla.lines.at(-1);
  t.match(summary, { type: 'summary', bytesFrom: { cdn: 0, peers: bytes.length, seeder: 0 }, hashFailures: 0 });
  t.equal(await sha256OfFile(join(folder, 'carla', 'Holiday.mp4')), sha256(bytes));
  await ben.page.locator('.figures', { hasText: '16 MB given to others' }).waitFor();
  t.same(unexpected(ben.errors), []);
});

class LyingPieces extends MemoryPieces {
  override async read(piece: number): Promise<Uint8Array | undefined> {
    const bytes = await super.read(piece);
    return bytes?.map((byte, at) => (at === 12_345 ? byte ^ 1 : byte));
  }
}

test('a peer that gives a browser one wrong bit is dropped for good, and the file is right', async (t) => {
  const content = sampleContent(12_000_000);
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  const { url } = appliance;
  const { contentId } = await putVideo(appliance, 'Holiday.mp4', Buffer.from(content.bytes));
  const pieces = new LyingPieces(content.manifest);
  for (let piece = 0; piece < content.pieceCount; piece += 1) pieces.store(piece, content.piece(piece));
  const liar = new TestPeer(url, contentId, pieces);
  t.teardown(() => liar.network.stop());
  await eventually('the liar is in the swarm', () => liar.state === 'connected');

  const release = await holdSlot(t, url, contentId);
  const { page, errors } = await launchProfile(t);
  await openVideo(page, url, contentId);
  const file = pressDownload(page);
  await page.locator('dd', { hasText: '1: thrown away, and the peer dropped' }).waitFor();
  t.match(await eventually('the liar is cut off', () => liar.gone.at(-1)), /./);
  t.same(await shownBytes(page), { cdn: 0, peer: 0, seeder: 0, stored: 0 }, 'nothing of it is kept');
  const readsBefore = pieces.reads;
  await release();
  t.equal(await savedSha256(await file), sha256(content.bytes));
  await untilSentence(page, 'every piece is verified');
  t.same(await shownBytes(page), { cdn: content.bytes.length, peer: 0, seeder: 0, stored: 0 });
  t.match(await detail(page, 'Hash failures'), /^1:/, 'it had one try, and no second');
  t.equal(pieces.reads, readsBefore, 'it was asked for nothing more');
  t.same(unexpected(errors), []);
});
