/** What the element says, in sentences for people. Pure: facts in, words out. */
import { errorCode, type DownloadFigures } from '../../../engine/index.ts';
import { PlayerError, type PlayerErrorReason } from './player-error.ts';

const ORDINALS = ['', 'First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth'];

export const NOT_AN_ADDRESS = 'is not the address of a video on an appliance. It looks like http://nas:8080/videos/ followed by the video’s content id of 64 digits.';

/** What a reader who waits for a picture is told; empty where it will come without a word. */
export function waitingSentence(figures: Pick<DownloadFigures, 'state' | 'cdnQueuePosition' | 'switches'>): string {
  if (figures.state !== 'waiting') return '';
  const last = figures.switches.at(-1)?.reason;
  const unreachable = last === 'cdn-down' || last === 'cdn-gone';
  const nobody = unreachable ? 'The appliance does not answer, and nobody else has this piece right now.' : 'Nobody has this piece right now.';
  return `${nobody} ${queueSentence(figures.cdnQueuePosition) || 'Asking again by itself.'}`;
}

function queueSentence(position: number | null): string {
  return position === null ? '' : `${ORDINALS[position] ?? `Number ${position}`} in the queue for the CDN.`;
}

/** Errors of the engine, by code. The engine's own sentence says what happened; here is added what to do. */
const SWITCH_REASONS: Readonly<Partial<Record<string, readonly [reason: PlayerErrorReason, whatToDo: string]>>> = {
  'no-such-video': ['no-such-video', 'It may have been removed.'],
  'nobody-serves': ['nobody-serves', 'Check that the appliance is on and reachable, and try again.'],
  timeout: ['nobody-serves', 'Check that the appliance is on and reachable, and try again.'],
  'cdn-down': ['nobody-serves', 'Check that the appliance is on and reachable, and try again.'],
  'store-failed': ['store-failed', 'Make room on this device, or clear what the browser keeps for this site, and try again.'],
};

/** Any error on the way to a picture, as the element shows it. */
export function playerErrorFrom(error: unknown): PlayerError {
  if (error instanceof PlayerError) return error;
  // What a reader of the file throws when the bytes do not come says why in its cause.
  if (error instanceof Error && errorCode(error) === undefined && errorCode(error.cause) !== undefined) return playerErrorFrom(error.cause);
  const message = error instanceof Error ? sentence(error.message) : 'It did not work, and the reason is not known.';
  const known = SWITCH_REASONS[errorCode(error) ?? ''];
  if (known !== undefined) return new PlayerError(known[0], `${message} ${known[1]}`, { cause: error });
  const reason = mediaReason(error);
  return new PlayerError(reason, withDownload(reason, message), { cause: error });
}

/** The codes of engine/media's MediaError. */
function mediaReason(error: unknown): PlayerErrorReason {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'not-playable') return 'not-playable';
  if (code === 'unreadable') return 'unreadable';
  return code === 'damaged' ? 'broken' : 'unknown';
}

/** What cannot be played can still be had. */
function withDownload(reason: PlayerErrorReason, message: string): string {
  return (reason === 'not-playable' || reason === 'broken') && !/download/i.test(message) ? `${message} Download it instead.` : message;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
