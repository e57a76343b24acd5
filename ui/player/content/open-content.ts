/**
 * Contents that this page has open, shared by its players: one engine per appliance, and one download per content, because an
 * engine opens a content only once. The last one to release closes; the engine of an appliance stops with its last content.
 */
import { browserPieceStore, createEngine, type Download, type Engine } from '../../../engine/index.ts';
import { Shared, type Use } from './shared.ts';
import type { VideoAddress } from './video-address.ts';

/** A content that is open for whoever plays it; those who open the same one share it. */
export interface OpenContent {
  readonly download: Download;
  /** May be called again without harm. Resolves when it is closed, or others go on using it. */
  release(): Promise<void>;
}

interface Held {
  readonly download: Download;
  readonly engine: Use<Engine>;
}

const engines = new Shared<Engine>({
  make: async (appliance) => createEngine({ appliances: [appliance] }),
  close: (engine) => engine.stop(),
});

const contents = new Shared<Held>({
  make: async (key, signal) => {
    const [contentId = '', appliance = ''] = key.split(' ', 2);
    const engine = await engines.use(appliance, signal);
    try {
      const manifest = await engine.value.manifest(contentId, { signal });
      return { download: await engine.value.open(manifest, { store: browserPieceStore(), wants: 'what-is-read' }), engine };
    } catch (error) {
      await engine.release();
      throw error;
    }
  },
  close: async ({ download, engine }) => {
    try {
      await download.close();
    } finally {
      await engine.release();
    }
  },
});

/**
 * Opens a content to be played, or joins those who have it open. Fetches only what is read. SwitchError `no-such-video`,
 * `nobody-serves`, `store-failed`; and the signal's reason.
 */
export async function openContent({ appliance, contentId }: Pick<VideoAddress, 'appliance' | 'contentId'>, options: { readonly signal?: AbortSignal } = {}): Promise<OpenContent> {
  const { value, release } = await contents.use(`${contentId} ${appliance}`, options.signal);
  return { download: value.download, release };
}
