/** The rival in kind: webtorrent over the same library, without every way to a peer that ours has not. */
import type WebTorrent from 'webtorrent';
import type { ClientOptions, Torrent } from 'webtorrent';
import { PIECE_BYTES } from '../../engine/protocol/limits.ts';
import { seededBytes } from '../fixtures/seeded-random.ts';
import { offerCalls } from './callable.ts';
import type { ChannelTimes } from './channel-times.ts';
import { loadWebTorrent } from './webtorrent-over-ours.ts';

const ONLY_WEBRTC: ClientOptions = { dht: false, lsd: false, utPex: false, webSeeds: false, natUpnp: false, natPmp: false, utp: false };

const { Client, MemoryStore } = await loadWebTorrent();
let seeder: WebTorrent | undefined;

const calls = {
  /** Resolves with the .torrent file when the tracker knows of it. */
  async seed({ announce, sizeBytes, seed }: { readonly announce: string; readonly sizeBytes: number; readonly seed: number }): Promise<Uint8Array> {
    const bytes = Buffer.from(seededBytes(sizeBytes, seed).buffer);
    seeder ??= new Client(ONLY_WEBRTC);
    const client = seeder;
    return new Promise((resolve, reject) => {
      client.on('error', reject);
      const torrent = client.seed(bytes, { name: `film-${seed}.mp4`, announce: [announce], pieceLength: PIECE_BYTES, store: MemoryStore, private: true });
      torrent.on('trackerAnnounce', () => resolve(torrent.torrentFile));
    });
  },
  async download({ torrentFile }: { readonly torrentFile: Uint8Array }): Promise<ChannelTimes> {
    const startedAtMs = performance.now();
    const client = new Client(ONLY_WEBRTC);
    try {
      return await new Promise<ChannelTimes>((resolve, reject) => {
        client.on('error', reject);
        const torrent: Torrent = client.add(torrentFile, { store: MemoryStore });
        let firstByteMs: number | undefined;
        torrent.on('download', () => { firstByteMs ??= performance.now() - startedAtMs; });
        torrent.on('done', () => resolve({ firstByteMs: firstByteMs ?? Number.NaN, wholeMs: performance.now() - startedAtMs }));
      });
    } finally {
      await new Promise<void>((resolve) => { client.destroy(() => resolve()); });
    }
  },
};

export type WebTorrentCalls = typeof calls;

offerCalls(calls);
