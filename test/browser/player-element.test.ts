/** `<software-switch-player>` stands in for <video>: the same attributes, properties and events, and what is its own. */
import { readFile } from 'node:fs/promises';
import tap, { test } from 'tap';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { eventually } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { mediaFile } from '../fixtures/media-files.ts';
import { buildPlayer, openPlayerPage } from '../fixtures/player-page.ts';
import { playThrough, surfaceOf } from '../fixtures/player-parity.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

const folder = tap.testdir();
await buildPlayer(folder);

async function put(appliance: RunningAppliance, name: string): Promise<string> {
  const file = mediaFile(name);
  return (await putVideo(appliance, file.fileName, await readFile(await file.file()))).contentId;
}

interface Status {
  readonly cdn: { readonly activeStreams: number; readonly waiting: number };
  readonly swarms: readonly { readonly contentId: string }[];
}

async function status({ url }: RunningAppliance): Promise<Status> {
  return await (await fetch(`${url}/api/status`)).json() as Status;
}

async function swarms(appliance: RunningAppliance): Promise<string[]> {
  return (await status(appliance)).swarms.map(({ contentId }) => contentId);
}

test('has the attributes, properties, methods and events of <video>', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: '' });
  const [video, player] = [await surfaceOf(page, 'video'), await surfaceOf(page, 'software-switch-player')];
  t.same(player.properties, video.properties, 'properties before anything is set');
  t.same(player.methods, video.methods, 'methods');
  t.same(player.reflected, video.reflected, 'attributes in properties');
  t.same(player.reflecting, video.reflecting, 'properties in attributes');

  const address = `${appliance.url}/videos/${contentId}/content`;
  const plain = await playThrough(page, 'video', address);
  const ours = await playThrough(page, 'software-switch-player', address);
  t.same(ours.facts, plain.facts, 'what it says on the way');
  t.same(ours.events, plain.events, 'events, step by step');
  t.same(errors, []);
});

test('opens nothing before play with preload=none', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page, errors } = await openProfile(t);
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().includes(contentId)) asked.push(request.url()); });
  await openPlayerPage(page, { folder, url: appliance.url, body: `<software-switch-player src="/videos/${contentId}" preload="none" muted></software-switch-player>` });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  t.same(asked, [], 'nothing asked');
  t.same(await page.evaluate(() => {
    const player = document.querySelector('software-switch-player');
    return [player?.networkState, player?.readyState, player?.figures, player?.switchFigures, player?.playability];
  }), [0, 0, null, null, null]);
  const events = await page.evaluate(async () => {
    const player = document.querySelector('software-switch-player');
    if (player === null) return [];
    const seen: string[] = [];
    for (const type of ['play', 'waiting', 'loadstart', 'loadedmetadata', 'playing', 'pause'] as const) player.addEventListener(type, () => seen.push(type));
    await player.play();
    player.pause();
    await new Promise((resolve) => player.addEventListener('pause', resolve, { once: true }));
    return seen;
  });
  t.same(events, ['play', 'waiting', 'loadstart', 'loadedmetadata', 'playing', 'pause']);
  t.same(errors, []);
});

test('takes the address of a video in every form that a person would paste', async (t) => {
  const appliance = await startAppliance(t);
  const contentId = await put(appliance, 'mp4-index-first');
  const { page } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: '' });
  const forms = [
    `${appliance.url}/videos/${contentId}`, `${appliance.url}/videos/${contentId}/content`, `${appliance.url}/videos/${contentId}/?t=3`, `/videos/${contentId}`,
    `../videos/${contentId}`, ` ${appliance.url}/api/videos/${contentId.toUpperCase()} `,
  ];
  for (const form of forms) {
    const shown = await page.evaluate(async (src) => {
      const player = document.createElement('software-switch-player');
      player.src = src;
      document.body.append(player);
      await new Promise((resolve) => player.addEventListener('loadeddata', resolve, { once: true }));
      const found = [player.currentSrc, player.videoWidth, player.error];
      player.remove();
      return found;
    }, form);
    t.same(shown, [`${appliance.url}/videos/${contentId}/content`, 320, null], form);
  }
  t.same(await page.evaluate((id) => {
    const { parseVideoAddress } = (globalThis as unknown as { player: typeof import('../../ui/player/index.ts') }).player;
    return [
      parseVideoAddress(`https://home.example/films/videos/${id}?t=1m30s`, 'http://other/'), parseVideoAddress('http://nas:8080/videos/', 'http://other/'),
      parseVideoAddress('film.mp4', 'http://other/'), parseVideoAddress(`ftp://nas/videos/${id}`, 'http://other/'), parseVideoAddress(`/videos/${id}0`, 'http://other/'),
    ];
  }, contentId), [{ appliance: 'https://home.example/films', contentId, startSeconds: 90 }, null, null, null, null], 'with a path of the appliance, and what is none');
});

test('goes to another video when src changes, and lets go of the first', async (t) => {
  const appliance = await startAppliance(t);
  const [first, second] = [await put(appliance, 'mp4-index-first'), await put(appliance, 'webm-vp9-opus')];
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: `<software-switch-player src="/videos/${first}" muted autoplay></software-switch-player>` });
  const codecs = await page.evaluate(async (id) => {
    const player = document.querySelector('software-switch-player');
    if (player === null) return [];
    await player.play();
    const found = [player.figures?.videoCodec?.slice(0, 4), player.switchFigures?.contentId];
    player.src = `/videos/${id}`;
    const at = [player.readyState, player.switchFigures];
    await new Promise((resolve) => player.addEventListener('playing', resolve, { once: true }));
    return [...found, ...at, player.figures?.videoCodec?.slice(0, 4), player.switchFigures?.contentId];
  }, second);
  t.same(codecs, ['avc1', first, 0, null, 'vp09', second]);
  await eventually('only the second is in a swarm', async () => (await swarms(appliance)).join() === second);
  t.same(errors, []);
});

test('moved in the document it plays on; removed it leaves the swarm and the CDN', async (t) => {
  const appliance = await startAppliance(t, { cdnMaxStreams: 1 });
  const contentId = await put(appliance, 'mp4-index-first');
  const { page, errors } = await openProfile(t);
  await openPlayerPage(page, { folder, url: appliance.url, body: `<div id="a"><software-switch-player src="/videos/${contentId}" muted autoplay controls></software-switch-player></div><div id="b"></div>` });
  const moved = await page.evaluate(async () => {
    const player = document.querySelector('software-switch-player');
    if (player === null) return [];
    await player.play();
    const seen: string[] = [];
    for (const type of ['emptied', 'loadstart', 'pause', 'abort'] as const) player.addEventListener(type, () => seen.push(type));
    const before = player.currentTime;
    document.querySelector('#b')?.append(player);
    await new Promise((resolve) => { const look = (): void => { if (player.currentTime > before + 0.3) resolve(null); else requestAnimationFrame(look); }; look(); });
    return [seen, player.paused, player.figures !== null];
  });
  t.same(moved, [[], false, true]);
  t.same(await swarms(appliance), [contentId]);
  await page.evaluate(() => { const player = document.querySelector('software-switch-player'); Object.assign(globalThis, { kept: player }); player?.remove(); });
  await eventually('nothing of it is left at the appliance', async () => {
    const { cdn, swarms: left } = await status(appliance);
    return cdn.activeStreams === 0 && cdn.waiting === 0 && left.length === 0;
  });
  const again = await page.evaluate(async () => {
    const player = (globalThis as unknown as { kept: HTMLVideoElement }).kept;
    const left = [player.readyState, Reflect.get(player, 'figures')];
    document.body.append(player);
    await new Promise((resolve) => player.addEventListener('playing', resolve, { once: true }));
    return [...left, player.currentTime > 0.2];
  });
  t.same(again, [0, null, true], 'put back it goes on from where it was');
  t.same(errors, []);
});
