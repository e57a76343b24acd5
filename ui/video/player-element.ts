/** The player as the page uses it: loaded when it is wanted, and given what the page has open. */
import type { Download } from '../../engine/index.ts';
import type { SoftwareSwitchPlayer } from '../player/index.ts';
import { address, posterAddress } from '../api/client.ts';
import type { Video } from '../api/video.ts';

export type PlayerElement = SoftwareSwitchPlayer;

let loading: Promise<unknown> | undefined;

/** Fetches the player's code. Called early where a video is about to be watched; the list never does. */
export async function loadPlayer(): Promise<void> {
  loading ??= import('../player/index.ts').catch((error: unknown) => {
    // The appliance was away: the next press asks again.
    loading = undefined;
    throw error;
  });
  await loading;
}

/** Makes one that waits for its download. `loadPlayer` must have resolved. */
export function makePlayer(video: Video, options: { readonly startSeconds: number | null }): PlayerElement {
  const player = document.createElement('software-switch-player');
  player.className = 'player';
  player.autoplay = true;
  player.controls = true;
  player.playsInline = true;
  const poster = posterAddress(video);
  if (poster !== null) player.poster = poster;
  if (options.startSeconds !== null) player.setAttribute('start', String(options.startSeconds));
  player.append(ownKeys());
  return player;
}

/** For the player's sheet of keys: use-keys.ts has what they do. */
function ownKeys(): HTMLElement {
  const line = document.createElement('p');
  line.slot = 'keys';
  line.textContent = 'I: the figures of this page';
  return line;
}

/** Both at once, so that it never opens a download of its own: the address only tells it whose title and subtitles to ask for. */
export function giveDownload(player: PlayerElement, contentId: string, download: Download): void {
  if (player.download === download) return;
  player.download = download;
  player.src = address(`videos/${contentId}`);
}
