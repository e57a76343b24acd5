/** Events of the element: those of `<video>`, and its own. */
import type { SwitchReason, SwitchState } from '../../../engine/index.ts';
import type { PlaybackFigures } from '../playback-figures.ts';

/** Detail of `switchchange`. */
export interface SwitchChange {
  readonly state: SwitchState;
  /** null before the first switch. */
  readonly reason: SwitchReason | null;
}

/** The element's events: those of `<video>`, and its own. */
export interface SoftwareSwitchPlayerEventMap extends HTMLVideoElementEventMap {
  /** Something in `figures` changed; the detail is what `figures` says now. */
  readonly figureschange: CustomEvent<PlaybackFigures>;
  /** Where the bytes come from changed. */
  readonly switchchange: CustomEvent<SwitchChange>;
  /** The list of audio tracks, or the one that plays, changed. */
  readonly audiotrackschange: CustomEvent<undefined>;
}
