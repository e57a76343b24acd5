/** The rival in the bench `swarm`: a seeder, or some of the clients, in a child process. All share until they are told to stop. */
import type WebTorrent from 'webtorrent';
import type { ClientOptions } from 'webtorrent';
import { PIECE_BYTES } from '../../engine/protocol/limits.ts';
import { offerCalls } from './callable.ts';
import { loadWebTorrent } from './webtorrent-over-ours.ts';

const ONLY_WEBRTC: ClientOptions = { dht: false, lsd: false, utPex: false, webSeeds: false, natUpnp: false, natPmp: false, utp: false };

const { Client, MemoryStore } = await loadWebTorrent();
const clients: WebTorrent[] = [];
let sentBytes = (): number => 0;

function client(uploadBytesPerSecond: number): WebTorrent {
  const one = new Client({ ...ONLY_WEBRTC, uploadLimit: uploadBytesPerSecond });
  clients.push(one);
  return one;
}

const calls = {
  /** Resolves with the .torrent file when the tracker knows of it. */
  async seed({ announce, bytes, uploadBytesPerSecond }: {
    readonly announce: string; readonly bytes: Uint8Array; readonly uploadBytesPerSecond: number;
  }): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const one = client(uploadBytesPerSecond);
      one.on('error', reject);
      const torrent = one.seed(Buffer.from(bytes), { name: 'film.mp4', announce: [announce], pieceLength: PIECE_BYTES, store: MemoryStore, private: true });
      sentBytes = () => torrent.uploaded;
      torrent.on('trackerAnnounce', () => resolve(torrent.torrentFile));
    });
  },
  async download({ torrentFile, count, uploadBytesPerSecond }: {
    readonly torrentFile: Uint8Array; readonly count: number; readonly uploadBytesPerSecond: number;
  }): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => new Promise<void>((resolve, reject) => {
      const one = client(uploadBytesPerSecond);
      one.on('error', reject);
      one.add(torrentFile, { store: MemoryStore }).on('done', () => resolve());
    })));
  },
  sent: (): number => sentBytes(),
  async stop(): Promise<void> {
    await Promise.all(clients.splice(0).map((one) => new Promise<void>((resolve) => { one.destroy(() => resolve()); })));
  },
};

export type SwarmWebTorrentCalls = typeof calls;

offerCalls(calls);
