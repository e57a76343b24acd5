/**
 * Contents that this page has open, shared by its players: one engine per appliance, and one download per content, because an
 * engine opens a content only once. The last one to release closes; the engine of an appliance stops with its last content.
 */
import { browserPieceStore, createEngine, type Download, type Engine } from '../../../engine/index.ts';
import type { SharingChoice } from './metered.ts';
import { Shared, type Use } from './shared.ts';
import { Sharing } from './sharing.ts';
import { limitUploads } from './upload-limit.ts';
import type { VideoAddress } from './video-address.ts';

/** A content that is open for whoever plays it; those who open the same one share it. */
export interface OpenContent {
  readonly download: Download;
  /** It is given to others only while all who have it open let it. */
  setSharing(choice: SharingChoice): void;
  /** May be called again without harm. Resolves when it is closed, or others go on using it. */
  release(): Promise<void>;
}

interface Held {
  readonly download: Download;
  readonly engine: Use<LimitedEngine>;
  readonly key: string;
}

interface LimitedEngine {
  readonly engine: Engine;
  readonly unlimit: () => void;
}

const sharing = new Sharing();

const engines = new Shared<LimitedEngine>({
  make: async (appliance) => {
    const engine = createEngine({ appliances: [appliance] });
    return { engine, unlimit: limitUploads(engine) };
  },
  close: ({ engine, unlimit }) => {
    unlimit();
    return engine.stop();
  },
});

const contents = new Shared<Held>({
  make: async (key, signal) => {
    const [contentId = '', appliance = ''] = key.split(' ', 2);
    const use = await engines.use(appliance, signal);
    const { engine } = use.value;
    try {
      const manifest = await engine.manifest(contentId, { signal });
      const download = await engine.open(manifest, { store: browserPieceStore(), wants: 'what-is-read', share: sharing.isOn(key) });
      sharing.opened(key, download);
      return { download, engine: use, key };
    } catch (error) {
      await use.release();
      throw error;
    }
  },
  close: async ({ download, engine, key }) => {
    sharing.closed(key);
    try {
      await download.close();
    } finally {
      await engine.release();
    }
  },
});

/** How a content is opened, and given up. */
export interface OpenContentOptions {
  readonly signal?: AbortSignal;
  /** Whether others may have it from here. Default `by-connection`. */
  readonly sharing?: SharingChoice;
}

/**
 * Opens a content to be played, or joins those who have it open. Fetches only what is read. SwitchError `no-such-video`,
 * `nobody-serves`, `store-failed`; and the signal's reason.
 */
export async function openContent({ appliance, contentId }: Pick<VideoAddress, 'appliance' | 'contentId'>, options: OpenContentOptions = {}): Promise<OpenContent> {
  const key = `${contentId} ${appliance}`;
  const wish = sharing.wish(key, options.sharing ?? 'by-connection');
  try {
    const { value, release } = await contents.use(key, options.signal);
    const leave = (): Promise<void> => {
      wish.end();
      return release();
    };
    return { download: value.download, setSharing: (choice) => wish.choose(choice), release: leave };
  } catch (error) {
    wish.end();
    throw error;
  }
}
