/** What the player element does beyond <video>: words for what goes wrong, sounds, subtitles, places, and a page's own download. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tap, { test } from 'tap';
import type { Page } from 'playwright-core';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { failsInTime } from '../fixtures/browser-clock.ts';
import { holdSlot, unexpected } from '../fixtures/browser-switch.ts';
import { eventually } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { ASS_TEXT, mediaFile, SRT_TEXT } from '../fixtures/media-files.ts';
import { buildPlayer, openPlayerPage } from '../fixtures/player-page.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

tap.setTimeout(300_000);

const folder = tap.testdir();
await buildPlayer(folder);

type Library = typeof import('../../ui/player/index.ts');

async function put(appliance: RunningAppliance, name: string): Promise<string> {
  const file = mediaFile(name);
  return (await putVideo(appliance, file.fileName, await readFile(await file.file()))).contentId;
}

const element = (src: string, attributes = ''): string => `<software-switch-player src="${src}" muted ${attributes}><button slot="action">Download</button></software-switch-player>`;

/** Resolves with the words over the picture and the error's stable facts. */
async function failure(page: Page): Promise<unknown> {
  const words = await page.getByRole('alert').innerText();
  const error = await page.evaluate(() => {
    const { error: found } = document.querySelector('software-switch-player') ?? { error: null };
    return [found?.code, found?.reason, found?.message];
  });
  return [words === error[2], ...error];
}

test('says in words what does not play and what to do, with the page’s own action beside it', async (t) => {
  const appliance = await startAppliance(t);
  const { url } = appliance;
  const { page } = await openProfile(t);
  const open = async (src: string): Promise<void> => {
    await openPlayerPage(page, { folder, url, body: element(src) });
    await page.getByRole('alert').waitFor();
  };
  await open('holiday.mp4');
  t.match(await failure(page), [true, 4, 'not-an-address', /^“holiday\.mp4” is not the address of a video on an appliance\. It looks like http:\/\/nas:8080\/videos\//]);
  await open(`/videos/${'0'.repeat(64)}`);
  t.match(await failure(page), [true, 4, 'no-such-video', /It may have been removed\.$/]);
  await open(`/videos/${(await putVideo(appliance, 'Notes.mp4', randomBytes(300_000))).contentId}`);
  t.match(await failure(page), [true, 4, 'unreadable', /\.$/]);
  t.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0, 'another try would not help');
  await page.getByRole('button', { name: 'Download' }).click();

  await openPlayerPage(page, { folder, url, body: element(`/videos/${await put(appliance, 'mp4-hevc-aac')}`) });
  const words = page.getByRole('alert').filter({ hasText: /./ });
  t.match(await words.innerText(), /^HEVC.* is not supported by this browser; only the sound plays\. Download it instead to see it\.$/);
  t.same(await page.evaluate(async () => {
    const player = document.querySelector('software-switch-player');
    await player?.play();
    return [player?.error, player?.playability?.videoTrack, player?.audioTrackList.length];
  }), [null, null, 1], 'the sound plays');
  await page.getByRole('button', { name: 'Download' }).click();
});

test('an appliance that does not answer is said, and tried again on demand', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page } = await openProfile(t);
  await page.clock.install();
  await openPlayerPage(page, { folder, url: appliance.url, body: '' });
  let isAway = true;
  await page.route((address) => address.pathname.includes(contentId), (route) => (isAway ? route.abort() : route.continue()));
  await page.evaluate((html) => { document.body.innerHTML = html; }, element(`/videos/${contentId}`));
  await failsInTime(page, page.getByRole('alert'));
  t.match(await failure(page), [true, 2, 'nobody-serves', /Check that the appliance is on and reachable, and try again\.$/]);
  isAway = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForFunction(() => (document.querySelector('software-switch-player')?.currentTime ?? 0) > 0.2);
  t.equal(await page.getByRole('alert').count(), 0, 'nothing is wrong any more');
});

test('while nobody has the next piece it says so and its place in the queue, and goes on by itself', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  const contentId = await put(appliance, 'mp4-index-first');
  const { contentId: other } = await putVideo(appliance, 'Other.mp4', randomBytes(40_000_000));
  const release = await holdSlot(t, appliance.url, other);
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: element(`/videos/${contentId}`, 'autoplay') });
  await page.evaluate(() => {
    const seen: unknown[] = [];
    Object.assign(globalThis, { seen });
    const player = document.querySelector('software-switch-player');
    seen.push([player?.switchFigures?.state]);
    player?.addEventListener('switchchange', ({ detail }) => seen.push([detail.state, detail.reason]));
  });
  await page.getByRole('status').filter({ hasText: 'Nobody has this piece right now. First in the queue for the CDN.' }).waitFor();
  await release();
  await page.waitForFunction(() => (document.querySelector('software-switch-player')?.currentTime ?? 0) > 0.2);
  t.equal(await page.getByRole('status').innerText(), '', 'nothing is said while it plays');
  t.match(await page.evaluate(() => (globalThis as unknown as { seen: [string, string][] }).seen.map(([state]) => state).join(' ')), /cdn/);
  t.same(unexpected(errors), []);
});

test('plays a page’s own download and never closes it', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: '' });
  const found = await page.evaluate(async ([id, url]) => {
    const { openContent } = (globalThis as unknown as { player: Library }).player;
    const { download, release } = await openContent({ appliance: url, contentId: id });
    const player = document.createElement('software-switch-player');
    player.muted = true;
    player.download = download;
    document.body.append(player);
    await player.play();
    const same = player.switchFigures?.contentId === id && player.currentSrc === '' && player.download === download;
    player.remove();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const bytes = await download.read(0, 4);
    const { download: joined, release: releaseJoined } = await openContent({ appliance: url, contentId: id });
    await Promise.all([release(), releaseJoined()]);
    return [same, bytes.length, joined === download, await download.read(0, 4).catch((error: { readonly code: string }) => error.code)];
  }, [contentId, appliance.url] as const);
  t.same(found, [true, 4, true, 'closed']);
  t.same(errors, []);
});

test('changes to another sound, by its number and as AudioTrackList has it', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mkv-two-sounds-subtitles');
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: element(`/videos/${contentId}`) });
  const found = await page.evaluate(async () => {
    const player = document.querySelector('software-switch-player');
    if (player === null) return [];
    if (player.audioTrackList.length === 0) await new Promise((resolve) => player.addEventListener('audiotrackschange', resolve, { once: true }));
    await player.play();
    const list = player.audioTrackList;
    const enabled = (): boolean[] => [...player.audioTracks].map((track) => track.enabled);
    const before = enabled();
    player.selectAudioTrack(list[1]?.number ?? 0);
    const after = enabled();
    const [first] = player.audioTracks;
    if (first !== undefined) first.enabled = true;
    const back = enabled();
    const wrong = (): string => { try { player.selectAudioTrack(99); return ''; } catch (error) { return (error as Error).name; } };
    return [list.map(({ label, language, codec }) => [label, language, codec]), before, after, back, wrong()];
  });
  t.same(found, [[['Original (English)', 'eng', 'aac'], ['Deutsch (German)', 'deu', 'aac']], [true, false], [false, true], [true, false], 'RangeError']);
  t.same(errors, []);
});

test('shows the subtitles that the appliance has, and those that the viewer adds as SRT', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const sent = await fetch(`${appliance.url}/api/videos/${contentId}/subtitles?language=de&label=Deutsch`, {
    method: 'POST', body: ASS_TEXT, headers: { authorization: `Bearer ${appliance.adminToken}`, 'content-type': 'text/x-ssa' },
  });
  t.equal(sent.status, 201);
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: element(`/videos/${contentId}`) });
  await page.waitForFunction(() => document.querySelector('software-switch-player')?.textTracks.length === 1);
  await page.evaluate((srt) => document.querySelector('software-switch-player')?.addSubtitles(new File([srt], 'Holiday.srt'), { language: 'en' }), SRT_TEXT);
  const tracks = (): Promise<unknown> => page.evaluate(() => [...document.querySelector('software-switch-player')?.textTracks ?? []].map(
    ({ label, language, mode, cues }) => [label, language, mode, [...cues ?? []].map(({ startTime, endTime }) => [startTime, endTime])],
  ));
  const times = [[1, 3], [4.5, 6]];
  await eventually('the viewer’s are read', async () => JSON.stringify(await tracks()).includes('4.5'));
  t.same(await tracks(), [['Deutsch', 'de', 'disabled', []], ['Holiday.srt', 'en', 'showing', times]], 'only those that were added are shown');
  await page.evaluate(() => { const [first] = document.querySelector('software-switch-player')?.textTracks ?? []; if (first !== undefined) first.mode = 'showing'; });
  await eventually('the appliance’s are read', async () => (JSON.stringify(await tracks()).match(/4\.5/g) ?? []).length === 2);
  t.match(await tracks(), [['Deutsch', 'de', 'showing', times]]);
  t.same(await page.evaluate(() => document.querySelector('software-switch-player')?.addSubtitles('no subtitles', {}).catch((error: Error) => error.name)), 'MediaError');
  t.same(errors, []);
});

test('plays a video of another appliance, with its subtitles, on a page whose policy lets media come from its own', async (t) => {
  const [home, other] = [await startAppliance(t), await startAppliance(t)];
  const contentId = await put(other, 'mp4-index-first');
  await fetch(`${other.url}/api/videos/${contentId}/subtitles?language=de&label=Deutsch`, {
    method: 'POST', body: SRT_TEXT, headers: { authorization: `Bearer ${other.adminToken}`, 'content-type': 'application/x-subrip' },
  });
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: home.url, body: element(`${other.url}/videos/${contentId}`, 'autoplay') });
  await page.waitForFunction(() => (document.querySelector('software-switch-player')?.currentTime ?? 0) > 0.2);
  await page.evaluate(() => { const [first] = document.querySelector('software-switch-player')?.textTracks ?? []; if (first !== undefined) first.mode = 'showing'; });
  await page.waitForFunction(() => document.querySelector('software-switch-player')?.textTracks[0]?.cues?.length === 2);
  t.same(await page.evaluate(() => document.querySelector('software-switch-player')?.videoTitle), 'mp4-index-first');
  t.same(errors, []);
});

test('goes on where one stopped, unless told otherwise', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page } = await openProfile(t);
  const startOf = async (attributes: string, src = `/videos/${contentId}`): Promise<number> => {
    await openPlayerPage(page, { folder, url: appliance.url, body: element(src, attributes) });
    return page.evaluate(async () => {
      const player = document.querySelector('software-switch-player');
      if (player === null) return -1;
      if (player.readyState < 2) await new Promise((resolve) => player.addEventListener('loadeddata', resolve, { once: true }));
      return player.currentTime;
    });
  };
  const keep = (seconds: number): Promise<void> => page.evaluate(([id, place]) => {
    localStorage.setItem('software-switch-player.places', JSON.stringify([[id, place]]));
  }, [contentId, seconds] as const);
  t.equal(await startOf(''), 0);
  await keep(4);
  t.equal(await startOf(''), 4, 'from the place that this browser kept');
  t.equal(await startOf('noresume'), 0);
  t.equal(await startOf('start="6.5"'), 6.5);
  t.equal(await startOf('', `/videos/${contentId}?t=0m3s`), 3);
  await page.evaluate(() => localStorage.setItem('software-switch-player.places', '{damaged'));
  t.equal(await startOf(''), 0);
  const kept = await page.evaluate(async () => {
    const player = document.querySelector('software-switch-player');
    if (player === null) return '';
    const places = Array.from({ length: 250 }, (_, at) => [String(at), 20]);
    localStorage.setItem('software-switch-player.places', JSON.stringify(places));
    await player.play();
    player.pause();
    await new Promise((resolve) => player.addEventListener('pause', resolve, { once: true }));
    return (JSON.parse(localStorage.getItem('software-switch-player.places') ?? '') as unknown[]).length;
  });
  t.equal(kept, 200, 'no more than 200, and nothing of the first seconds');
});

test('tells the system what plays and where', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: element(`/videos/${contentId}`, 'title="The holiday"') });
  const states = await page.evaluate(async () => {
    const player = document.querySelector('software-switch-player');
    await player?.play();
    const { mediaSession } = navigator;
    const playing = [mediaSession.metadata?.title, mediaSession.playbackState];
    player?.pause();
    await new Promise((resolve) => player?.addEventListener('pause', resolve, { once: true }));
    const paused = mediaSession.playbackState;
    player?.remove();
    await new Promise((resolve) => setTimeout(resolve, 0));
    return [...playing, paused, mediaSession.metadata, mediaSession.playbackState];
  });
  t.same(states, ['The holiday', 'playing', 'paused', null, 'none']);
});
