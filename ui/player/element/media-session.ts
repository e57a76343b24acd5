/** Tells the system what plays: lock screen, media keys, headset buttons (W3C Media Session). One per page, so the last to play has it. */

export interface Described {
  readonly title: string;
  readonly artwork: string | null;
}

const SEEK_SECONDS = 10;
const ACTIONS = ['play', 'pause', 'stop', 'seekbackward', 'seekforward', 'seekto'] as const;

/** Made anew by each that takes it. */
let owner: object | null = null;

export class MediaSessionLink {
  readonly #player: HTMLVideoElement;
  #token: object | null = null;

  constructor(player: HTMLVideoElement) {
    this.#player = player;
  }

  /** When it begins to play. */
  take({ title, artwork }: Described): void {
    const session = globalThis.navigator?.mediaSession;
    if (session === undefined) return;
    this.#token = {};
    owner = this.#token;
    session.metadata = new MediaMetadata({ title, artwork: artwork === null ? [] : [{ src: artwork }] });
    for (const action of ACTIONS) setHandler(session, action, (details) => this.#act(action, details));
    this.update();
  }

  /** After changes of time, speed, duration, and between playing and paused. */
  update(): void {
    if (this.#token === null || owner !== this.#token) return;
    const { paused, duration, currentTime, playbackRate } = this.#player;
    navigator.mediaSession.playbackState = paused ? 'paused' : 'playing';
    // A video whose length is not known, or that plays backwards, has no position for the system.
    if (!Number.isFinite(duration) || duration <= 0 || playbackRate <= 0) return;
    navigator.mediaSession.setPositionState({ duration, playbackRate, position: Math.min(Math.max(0, currentTime), duration) });
  }

  release(): void {
    if (this.#token === null || owner !== this.#token) return;
    owner = null;
    const { mediaSession } = navigator;
    mediaSession.metadata = null;
    mediaSession.playbackState = 'none';
    mediaSession.setPositionState();
    for (const action of ACTIONS) setHandler(mediaSession, action, null);
  }

  #act(action: (typeof ACTIONS)[number], details: MediaSessionActionDetails): void {
    const player = this.#player;
    switch (action) {
      case 'play': player.play().catch(() => undefined); break;
      case 'pause': case 'stop': player.pause(); break;
      case 'seekbackward': player.currentTime = Math.max(0, player.currentTime - (details.seekOffset ?? SEEK_SECONDS)); break;
      case 'seekforward': player.currentTime += details.seekOffset ?? SEEK_SECONDS; break;
      case 'seekto': if (details.seekTime !== undefined) player.currentTime = details.seekTime; break;
    }
  }
}

/** A browser that does not know an action throws. */
function setHandler(session: MediaSession, action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    session.setActionHandler(action, handler);
  } catch {
    // The other actions still work.
  }
}
