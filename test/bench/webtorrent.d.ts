// The rival comes without types: what the benches use of it.
declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events';

  export interface ClientOptions {
    dht?: boolean;
    lsd?: boolean;
    utPex?: boolean;
    webSeeds?: boolean;
    natUpnp?: boolean;
    natPmp?: boolean;
    utp?: boolean;
    maxConns?: number;
    /** Bytes a second. */
    uploadLimit?: number;
    downloadLimit?: number;
  }

  export interface TorrentOptions {
    name?: string;
    announce?: readonly string[];
    pieceLength?: number;
    private?: boolean;
    store?: unknown;
  }

  export interface Torrent extends EventEmitter {
    readonly torrentFile: Uint8Array;
    readonly infoHash: string;
    readonly uploaded: number;
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options?: ClientOptions);
    seed(bytes: Buffer, options: TorrentOptions): Torrent;
    add(torrent: Uint8Array, options: TorrentOptions): Torrent;
    destroy(done: (error?: Error) => void): void;
  }
}
