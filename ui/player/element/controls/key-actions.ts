/** Does what a key or a gesture asks for, and says so. */
import type { SoftwareSwitchPlayer } from '../software-switch-player.ts';
import type { KeyAction } from './key-table.ts';

/** As in the menu. */
const SPEEDS: readonly number[] = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 3];

export interface KeyActionsComponents {
  readonly player: SoftwareSwitchPlayer;
  /** Asks media-chrome, which knows each browser's way. */
  readonly request: (type: string) => void;
  readonly showKeys: () => void;
}

export class KeyActions {
  readonly #parts: KeyActionsComponents;

  constructor(components: KeyActionsComponents) {
    this.#parts = components;
  }

  do(action: KeyAction): void {
    const { player, request, showKeys } = this.#parts;
    switch (action.kind) {
      case 'toggle-play': return this.#togglePlay();
      case 'toggle-mute': player.muted = !player.muted; return player.say(player.muted ? 'Sound off' : `Volume ${percent(player.volume)}`);
      case 'toggle-fullscreen': return request(isFullscreen(player) ? 'mediaexitfullscreenrequest' : 'mediaenterfullscreenrequest');
      case 'toggle-captions': return this.#toggleCaptions();
      case 'show-keys': return showKeys();
      case 'seek-by': return this.#seekBy(action.seconds);
      case 'seek-to': if (Number.isFinite(player.duration)) player.currentTime = player.duration * action.share; return;
      case 'volume-by': return this.#volumeBy(action.share);
      case 'speed-by': return this.#speedBy(action.steps);
    }
  }

  #togglePlay(): void {
    const { player } = this.#parts;
    if (player.paused) player.play().catch(() => undefined);
    else player.pause();
    player.say(player.paused ? 'Paused' : 'Playing');
  }

  #seekBy(seconds: number): void {
    const { player } = this.#parts;
    if (!Number.isFinite(player.duration)) return;
    player.currentTime = Math.min(Math.max(0, player.currentTime + seconds), player.duration);
    player.say(`${Math.abs(seconds)} seconds ${seconds < 0 ? 'back' : 'forward'}`);
  }

  #volumeBy(share: number): void {
    const { player } = this.#parts;
    player.volume = Math.min(1, Math.max(0, Math.round((player.volume + share) * 100) / 100));
    if (share > 0) player.muted = false;
    player.say(`Volume ${percent(player.volume)}`);
  }

  #speedBy(steps: 1 | -1): void {
    const { player } = this.#parts;
    const faster = SPEEDS.find((speed) => speed > player.playbackRate);
    const slower = SPEEDS.findLast((speed) => speed < player.playbackRate);
    player.playbackRate = (steps > 0 ? faster : slower) ?? player.playbackRate;
    player.say(`Speed ${player.playbackRate}×`);
  }

  #toggleCaptions(): void {
    const { player, request } = this.#parts;
    const tracks = [...player.textTracks].filter(({ kind }) => kind === 'subtitles' || kind === 'captions');
    if (tracks.length === 0) return player.say('This video has no subtitles');
    request('mediatogglesubtitlesrequest');
    const shown = tracks.find(({ mode }) => mode === 'showing');
    player.say(shown === undefined ? 'Subtitles off' : `Subtitles: ${shown.label || shown.language}`);
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function isFullscreen(player: SoftwareSwitchPlayer): boolean {
  return player.ownerDocument.fullscreenElement === player;
}
