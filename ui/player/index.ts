/**
 * The player library: `<software-switch-player>`, and what people with a player of their own need. Importing it defines the
 * element where there are custom elements; in Node it does nothing.
 */
import { defineSoftwareSwitchPlayer } from './element/define.ts';

export { defineSoftwareSwitchPlayer };
export { SoftwareSwitchPlayer } from './element/software-switch-player.ts';
export type { AudioTrackChoice, AudioTrackItem, AudioTracks } from './element/audio-tracks.ts';
export type { ReflectedVideo } from './element/reflected-video.ts';
export { PlayerError, type PlayerErrorReason } from './element/player-error.ts';
export type { SoftwareSwitchPlayerEventMap, SwitchChange } from './element/player-events.ts';
export type { SubtitlesDescription } from './element/subtitles.ts';
export { parseMoment } from './content/moment.ts';
export type { SharingChoice } from './content/metered.ts';
export { openContent, type OpenContent, type OpenContentOptions } from './content/open-content.ts';
export { parseVideoAddress, type VideoAddress } from './content/video-address.ts';
export type { PlaybackFigures, Stall } from './playback-figures.ts';

defineSoftwareSwitchPlayer();
