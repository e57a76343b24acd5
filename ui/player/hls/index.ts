/**
 * `software-switch/hls`: for those who have hls.js in a player of their own. The original file becomes a virtual HLS presentation, whose
 * segments are made in the page from the bytes that the engine brings. Imports the engine; hls.js is the caller's.
 */
import type { Download } from '../../../engine/index.ts';
import { openMedia, type MediaFile } from '../../../engine/media/index.ts';
import { hlsLoaderClass, type HlsLoaderClass } from './hls-loader.ts';
import { MULTIVARIANT_NAME, type HlsSubtitles } from './playlists.ts';
import { openVirtualHls } from './virtual-hls.ts';

export type { HlsLoaderClass } from './hls-loader.ts';
export type { HlsSubtitles } from './playlists.ts';

/** What the loader plays, and with which hls.js. */
export interface HlsLoaderOptions {
  /** hls.js's class, or its light build's: what is not of this video goes to its default loader. */
  readonly Hls: { readonly DefaultConfig: { readonly loader: HlsLoaderClass } };
  /** An engine's download (`wants: 'what-is-read'`), or a media file that is open already. The caller closes either. */
  readonly source: Download | MediaFile;
  /** Texts to choose from: WebVTT at addresses that this page may read. Default none. */
  readonly subtitles?: readonly HlsSubtitles[];
  readonly signal?: AbortSignal;
}

/** What hls.js is given. */
export interface HlsSource {
  /** For `new Hls({ loader })`. */
  readonly loader: HlsLoaderClass;
  /** For `hls.loadSource(url)`. Only this loader can answer it. */
  readonly url: string;
  /** Gives up what is being read. After `hls.destroy()`. */
  close(): void;
}

/** Never looked up: the top-level domain exists so that it does not exist (RFC 2606). */
const HOST = 'software-switch.invalid';
let made = 0;

/**
 * Reads the file's index and makes a loader that plays it: `const { loader, url } = await createHlsLoader({ Hls, source: download })`.
 * Throws MediaError `unreadable`, `not-playable` (no track that hls.js can play), `source-failed`, `aborted`.
 */
export async function createHlsLoader({ Hls, source, subtitles = [], signal = new AbortController().signal }: HlsLoaderOptions): Promise<HlsSource> {
  const isFile = 'fragments' in source;
  const file = isFile ? source : await openMedia({
    sizeBytes: source.manifest.sizeBytes, read: (start, end, options) => source.read(start, end, options),
  }, { signal });
  try {
    const hls = await openVirtualHls(file, { sizeBytes: isFile ? null : source.manifest.sizeBytes, subtitles, signal });
    made += 1;
    const base = `https://${made}.${HOST}/`;
    return {
      loader: hlsLoaderClass(hls, { base, defaultLoader: Hls.DefaultConfig.loader }), url: base + MULTIVARIANT_NAME,
      close: () => { if (!isFile) file.close(); },
    };
  } catch (error) {
    if (!isFile) file.close();
    throw error;
  }
}
