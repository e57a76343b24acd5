/** Plays a Download in a <video>. The rest of the player imports only this. */
export { Playback, type Playability } from './playback.ts';
