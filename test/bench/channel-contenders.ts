/** The set-ups of the bench `channel`: who seeds what, and one download by each contender. */
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import Tracker from 'bittorrent-tracker/server';
import type { Closing } from '../fixtures/browser.ts';
import { startSignalling } from '../fixtures/signalling-server.ts';
import { cdnBusy } from '../../server/cdn/busy.ts';
import { registerErrors } from '../../server/plugins/errors.ts';
import type { EngineCalls } from './channel-engine.ts';
import type { RawPageCalls } from './channel-raw-page.ts';
import type { RawCalls } from './channel-raw.ts';
import type { ChannelTimes } from './channel-times.ts';
import type { WebTorrentCalls } from './channel-webtorrent.ts';
import { childEnd, type FarEnd, pageEnd } from './far-ends.ts';

/** Of a download from this many peers, what it took; `cpuSeconds` of all processes that took part. */
export interface ChannelRun extends ChannelTimes {
  readonly cpuSeconds: number;
}

export type Contender = (peers: number) => Promise<ChannelRun>;

const ENGINE = new URL('./channel-engine.ts', import.meta.url);
const RAW = new URL('./channel-raw.ts', import.meta.url);
const PAGE = new URL('./channel-page.ts', import.meta.url);
const WEBTORRENT = new URL('./channel-webtorrent.ts', import.meta.url);

const MAX_RAW_FAILURES = 5;
/** Of a raw transfer, which takes seconds: between two Chromiums one in a hundred never comes to its end. */
const RAW_LIMIT_MS = 60_000;

/** An appliance whose CDN is full for good: its hub and its answer are the real ones. */
async function fullAppliance(t: Closing): Promise<{ readonly url: string }> {
  const server = await startSignalling((close) => t.teardown(close), {
    hub: { messagesPerSecond: 1_000 },
    routes: (app) => {
      registerErrors(app);
      app.get<{ Params: { contentId: string } }>('/videos/:contentId/content', async ({ params }) => {
        throw cdnBusy(params.contentId, { waiting: 0, retryAfterSeconds: 5 }, '');
      });
    },
  });
  // The only slot, for as long as the bench takes.
  server.admission.tryAdmit('0'.repeat(64));
  return server;
}

async function measured(ends: readonly FarEnd<never>[], run: () => Promise<ChannelTimes>): Promise<ChannelRun> {
  const spent = async (): Promise<number> => (await Promise.all(ends.map((end) => end.cpuSeconds()))).reduce((sum, one) => sum + one, 0);
  const before = await spent();
  const times = await run();
  return { ...times, cpuSeconds: await spent() - before };
}

/** The first peer holds a content for itself, and each of `peers` holds another. */
export async function ours(t: Closing, sizeBytes: number, peers: readonly number[]): Promise<Contender> {
  const { url } = await fullAppliance(t);
  const downloader = childEnd<EngineCalls>(t, ENGINE);
  const seeders = Array.from({ length: Math.max(...peers) }, () => childEnd<EngineCalls>(t, ENGINE));
  const manifests = new Map(await Promise.all(peers.map(async (count) => {
    const [manifest] = await Promise.all(seeders.slice(0, count).map((seeder) => seeder.call('seed', { url, sizeBytes, seed: count })));
    if (manifest === undefined) throw new RangeError('A download needs a peer.');
    return [count, manifest] as const;
  })));
  return async (count) => {
    const manifest = manifests.get(count);
    if (manifest === undefined) throw new RangeError(`Nothing is seeded by ${count}.`);
    return measured([downloader, ...seeders], () => downloader.call('download', { url, manifest }));
  };
}

/** Between two Chromiums: ours, and a raw channel. */
export async function inChromium(t: Closing, sizeBytes: number): Promise<{ readonly ours: Contender; readonly raw: Contender }> {
  const { url } = await fullAppliance(t);
  const [one, other] = await Promise.all([pageEnd<EngineCalls & RawPageCalls>(t, url, PAGE), pageEnd<EngineCalls & RawPageCalls>(t, url, PAGE)]);
  const manifest = await one.call('seed', { url, sizeBytes, seed: 1 });
  return { ours: () => measured([], () => other.call('download', { url, manifest })), raw: rawOver(sizeBytes, other, [one]) };
}

function rawOver(sizeBytes: number, receiver: FarEnd<RawPageCalls>, senders: readonly FarEnd<RawPageCalls>[]): Contender {
  const transfer = async (count: number): Promise<ChannelTimes> => {
    try {
      const offers = await receiver.call('offer', { senders: count, sizeBytes });
      const answers = await Promise.all(offers.map((sdp, index) => {
        const sender = senders[index];
        if (sender === undefined) throw new RangeError(`There are no ${count} senders.`);
        return sender.call('answer', { sdp, sizeBytes: sizeBytes / count });
      }));
      return await Promise.race([receiver.call('receive', answers), limit(RAW_LIMIT_MS)]);
    } finally {
      await Promise.all([receiver, ...senders].map((end) => end.call('close')));
    }
  };
  return async (count) => {
    for (let failures = 0; ; failures += 1) {
      try {
        return await measured([receiver, ...senders], () => transfer(count));
      } catch (error) {
        // Now and then the library finds a path before it has read the whole answer, and fails, and Chromium stands still. What failed has
        // no time, so it is done again.
        if (failures === MAX_RAW_FAILURES) throw error;
      }
    }
  };
}

async function limit(ms: number): Promise<never> {
  await after(ms, undefined, { ref: false });
  throw new Error(`A raw transfer had not come to its end after ${ms} ms.`);
}

export function raw(t: Closing, sizeBytes: number, peers: readonly number[]): Contender {
  return rawOver(sizeBytes, childEnd<RawCalls>(t, RAW), Array.from({ length: Math.max(...peers) }, () => childEnd<RawCalls>(t, RAW)));
}

export async function webtorrent(t: Closing, sizeBytes: number, peers: readonly number[]): Promise<Contender> {
  const tracker = new Tracker({ udp: false, http: false, ws: true, stats: false });
  tracker.on('error', (error) => { throw error; });
  // Before its clients, so that it closes after them: it waits for every socket.
  t.teardown(() => new Promise<void>((resolve) => { tracker.close(resolve); }));
  await new Promise<void>((resolve) => { tracker.listen(0, '127.0.0.1', resolve); });
  const announce = `ws://127.0.0.1:${(tracker.http.address() as AddressInfo).port}`;
  const downloader = childEnd<WebTorrentCalls>(t, WEBTORRENT);
  const seeders = Array.from({ length: Math.max(...peers) }, () => childEnd<WebTorrentCalls>(t, WEBTORRENT));
  const torrents = new Map(await Promise.all(peers.map(async (count) => {
    const [torrentFile] = await Promise.all(seeders.slice(0, count).map((seeder) => seeder.call('seed', { announce, sizeBytes, seed: count })));
    if (torrentFile === undefined) throw new RangeError('A download needs a peer.');
    return [count, torrentFile] as const;
  })));
  return async (count) => {
    const torrentFile = torrents.get(count);
    if (torrentFile === undefined) throw new RangeError(`Nothing is seeded by ${count}.`);
    return measured([downloader, ...seeders], () => downloader.call('download', { torrentFile }));
  };
}
