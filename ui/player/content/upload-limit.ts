/** What a hidden tab sends at most: it goes on helping, and stays out of the way of whatever the reader does meanwhile. */
import type { Engine } from '../../../engine/index.ts';

export const HIDDEN_UPLOAD_MBPS = 8;
const UNLIMITED = 0;

type Page = Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>;

/** Holds an engine to it from now on. Returns what ends that. */
export function limitUploads(engine: Pick<Engine, 'setMaxUploadMbps'>, page: Page = document): () => void {
  const follow = (): void => engine.setMaxUploadMbps(page.hidden ? HIDDEN_UPLOAD_MBPS : UNLIMITED);
  follow();
  page.addEventListener('visibilitychange', follow);
  return () => page.removeEventListener('visibilitychange', follow);
}
