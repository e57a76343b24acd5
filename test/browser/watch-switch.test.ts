/** Watching over the switch, with a one-slot appliance and real tabs: whatever happens to the CDN, the picture goes on while anybody has the pieces. */
import { readFile } from 'node:fs/promises';
import { test, type Test } from 'tap';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { holdSlot, openVideo, plainOrigin, pressDownload, unexpected, untilSentence } from '../fixtures/browser-switch.ts';
import { eventually } from '../fixtures/http.ts';
import { film } from '../fixtures/films.ts';
import { putVideo } from '../fixtures/library.ts';
import { MemoryPieces, TestPeer } from '../fixtures/peer-pair.ts';
import { manifestFromJson, type ManifestJson, pieceCount, pieceSpan } from '../../engine/index.ts';
import { startWatcher, type WatcherFigures, watcherOf } from '../fixtures/watcher.ts';

/** Longer than what is fetched ahead, so that there is always something left to fetch. */
const FILM = { seconds: 240, height: 180, mbps: 3, index: 'end' } as const;
/** Four seconds of film in one: the test is shorter, and the sources are asked for as much as by a film of 12 Mb/s. */
const RATE = 4;

interface Library {
  readonly appliance: RunningAppliance;
  readonly contentId: string;
  readonly bytes: Uint8Array;
}

async function startLibrary(t: Test, overrides: Parameters<typeof startAppliance>[1] = {}): Promise<Library> {
  const bytes = await readFile(await film(FILM));
  const appliance = await startAppliance(t, { cdnMaxStreams: 1, ...overrides });
  const { contentId } = await putVideo(appliance, 'Lake.mp4', bytes);
  return { appliance, contentId, bytes };
}

/** Another tab that has all of it and shares. */
async function startHolder(t: Test, url: string, contentId: string, args: readonly string[] = []): Promise<void> {
  const { page } = await launchProfile(t, { args });
  await openVideo(page, url, contentId);
  await pressDownload(page);
  await untilSentence(page, 'Shared with other viewers');
}

function received({ download }: WatcherFigures): { readonly cdn: number; readonly peers: number; readonly seeder: number } {
  return download?.bytesFrom ?? { cdn: 0, peers: 0, seeder: 0 };
}

test('refused at the start, a viewer plays from another tab, and goes back when the CDN has room', async (t) => {
  const { appliance: { url }, contentId } = await startLibrary(t);
  await startHolder(t, url, contentId);
  const release = await holdSlot(t, url, contentId);
  const ben = await startWatcher(t, url, contentId);
  await ben.play({ rate: RATE });
  const refused = await ben.untilPosition(60);
  t.equal(received(refused).cdn, 0, 'no byte came from the CDN');
  t.ok(received(refused).peers > 1_000_000);
  t.same(refused.playback?.stalls, [], 'without a stall');
  await release();
  await eventually('the CDN serves the viewer again', async () => received(await ben.figures()).cdn > 0, 30_000);
  const back = await ben.untilPosition(120);
  t.same(back.playback?.stalls, []);
  t.ok(back.download?.switches.some(({ reason }) => reason === 'cdn-granted'), 'by a grant');
  t.same(unexpected(ben.errors), []);
});

test('refused in mid-play, on plain http by address: other viewers carry it, and nothing comes twice', async (t) => {
  const { appliance, contentId, bytes } = await startLibrary(t, { host: '0.0.0.0' });
  const plain = plainOrigin(appliance.url);
  await startHolder(t, plain.url, contentId, plain.args);
  const ben = await startWatcher(t, plain.url, contentId, plain.args);
  await ben.play({ rate: RATE });
  const before = received(await ben.untilPosition(10));
  t.ok(before.cdn > 0, 'the CDN serves the beginning');
  await holdSlot(t, appliance.url, contentId);
  const later = await ben.untilPosition(130);
  const from = received(later);
  t.ok(from.peers > 1_000_000, JSON.stringify(from));
  t.same(later.playback?.stalls, [], 'without a stall');
  t.ok(from.cdn + from.peers <= bytes.length, 'no piece is kept twice');
  t.same(unexpected(ben.errors), []);
});

test('the appliance dies in mid-play: another tab carries the picture to the end', async (t) => {
  // Slow enough that it has not given all of it by then.
  const { appliance, contentId } = await startLibrary(t, { cdnMaxMbps: 40, cdnMinStreamMbps: 40 });
  await startHolder(t, appliance.url, contentId);
  const ben = await startWatcher(t, appliance.url, contentId);
  await ben.play({ rate: RATE });
  await ben.untilPosition(10);
  await eventually('the two tabs are connected', async () => (await ben.figures()).download?.peers.some(({ state }) => state === 'open'));
  await appliance.appliance.stop();
  await ben.untilPosition(60);
  await ben.seek(205);
  const end = await ben.untilEnd();
  t.ok(received(end).peers > 1_000_000, JSON.stringify(received(end)));
  t.same(end.playback?.stalls, [], 'without a stall');
});

test('when nobody has it, the player says so, waits for the CDN, and goes on by itself', async (t) => {
  const { appliance: { url }, contentId } = await startLibrary(t);
  const release = await holdSlot(t, url, contentId);
  const ben = await startWatcher(t, url, contentId);
  await ben.page.getByRole('button', { name: /^Play / }).first().click();
  await ben.page.locator('software-switch-player').getByText(/Nobody has this piece right now. First in the queue for the CDN/).waitFor();
  t.equal((await ben.figures()).download?.state, 'waiting');
  await release();
  const playing = await ben.untilPosition(3);
  t.ok(received(playing).cdn > 0);
  t.same(playing.playback?.stalls, []);
});

test('a tab that is closed and opened again plays what it kept, from where it stopped', async (t) => {
  const { appliance: { url }, contentId } = await startLibrary(t);
  const ben = await startWatcher(t, url, contentId);
  await ben.play({ rate: RATE });
  await ben.untilPosition(30);
  await ben.page.close();
  const release = await holdSlot(t, url, contentId);
  const again = watcherOf({ ...ben, page: await ben.context.newPage() });
  await openVideo(again.page, url, contentId);
  await again.play();
  const resumed = await again.untilPosition(31);
  t.ok((resumed.playback?.positionSeconds ?? 0) < 60, 'from where it stopped');
  t.same(received(resumed), { cdn: 0, peers: 0, seeder: 0 }, 'with the CDN full and nobody else there');
  t.ok((resumed.download?.bytesResumed ?? 0) > 1_000_000);
  t.same(resumed.playback?.stalls, []);
  await release();
});

class LyingPieces extends MemoryPieces {
  override async read(piece: number): Promise<Uint8Array | undefined> {
    return (await super.read(piece))?.map((byte, at) => (at === 12_345 ? byte ^ 1 : byte));
  }
}

test('a liar in the swarm is dropped at its first wrong piece, and is never seen in the picture', async (t) => {
  const { appliance: { url }, contentId, bytes } = await startLibrary(t);
  await startHolder(t, url, contentId);
  const manifest = manifestFromJson(await (await fetch(`${url}/api/videos/${contentId}/manifest`)).json() as ManifestJson);
  const pieces = new LyingPieces(manifest);
  for (let piece = 0; piece < pieceCount(manifest); piece += 1) {
    const { start, end } = pieceSpan(manifest, piece);
    pieces.store(piece, bytes.subarray(start, end));
  }
  const liar = new TestPeer(url, contentId, pieces);
  t.teardown(() => liar.network.stop());
  await eventually('the liar is in the swarm', () => liar.state === 'connected');
  await holdSlot(t, url, contentId);
  const ben = await startWatcher(t, url, contentId);
  await ben.play({ rate: RATE });
  const later = await ben.untilPosition(40);
  t.equal(later.download?.hashFailures, 1, 'one wrong piece came, and was thrown away');
  t.match(liar.gone.at(-1), /./, 'and the liar was cut off');
  t.ok(received(later).peers > 1_000_000, 'the honest tab serves');
  t.equal(later.playback?.failure, null);
  t.same(later.playback?.skippedSeconds, [], 'nothing of the picture is left out');
  t.same(later.playback?.stalls, []);
});
