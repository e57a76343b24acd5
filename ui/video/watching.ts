/** One visit to a video's page: whether it plays, from where, and what its player says of itself. */
import { computed, signal, type Signal } from '@preact/signals';
import type { PlaybackFigures } from '../player/playback-figures.ts';
import { heldContent, watch } from './contents.ts';
import type { PlayerElement } from './player-element.ts';

export class Watching {
  readonly contentId: string;
  /** The reader asked for the picture: the player is there, or on its way. */
  readonly isWanted = signal(false);
  readonly player: Signal<PlayerElement | null> = signal(null);
  readonly figures: Signal<PlaybackFigures | null> = signal(null);
  readonly areFiguresShown = signal(false);
  /** Where a link said to begin; null leaves it to the player, which knows where one stopped. */
  readonly startSeconds: number | null;
  /** False once it is known that this browser cannot. */
  isPlayable = true;

  /** The open Download for the player; another one after a failure and a new try. */
  readonly download = computed(() => heldContent(this.contentId)?.download.value ?? null);

  /** Why there is nothing to play from; null while there may be. */
  readonly lost = computed(() => {
    const content = heldContent(this.contentId);
    return content?.download.value === null ? content.failure.value : null;
  });

  constructor(contentId: string, options: { readonly startSeconds: number | null }) {
    this.contentId = contentId;
    this.startSeconds = options.startSeconds;
  }

  /** Called in the reader's own click where there is one, as browsers let only that start sound. */
  start(): void {
    watch(this.contentId);
    this.isWanted.value = true;
  }

  /** The page is left: playing stops. The content stays open in this tab, for sharing. */
  leave(): void {
    this.isWanted.value = false;
    this.player.value = null;
    this.figures.value = null;
    heldContent(this.contentId)?.stopPlaying();
  }

  /** Of what is shown now; a link's moment before anything is. */
  get positionSeconds(): number {
    return this.player.peek()?.currentTime ?? this.startSeconds ?? 0;
  }
}
