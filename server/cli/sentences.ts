/** The switch's state and its reasons in plain words, for the terminal. */
import type { DownloadFigures, SwitchReason, SwitchState } from '../../engine/index.ts';

const REASONS: Record<SwitchReason, string> = {
  'cdn-admitted': 'The CDN has room: getting it from there.',
  'cdn-granted': 'The CDN has room again: back on the CDN.',
  'cdn-busy': 'The CDN is full: getting it from other viewers, and waiting for a place.',
  'cdn-down': 'The CDN does not answer: getting it from other viewers.',
  'cdn-gone': 'The CDN stopped answering in the middle: getting the rest from other viewers.',
  'swarm-preferred': 'Getting it from other viewers, to spare the CDN.',
  'peers-found': 'Found viewers who have it.',
  'no-source': 'Nobody can give it right now. Waiting for the CDN and for viewers.',
  complete: 'Everything is here and verified.',
  stopped: 'Stopped.',
  'timed-out': 'Nobody could serve it in time.',
  'no-such-video': 'There is no such video.',
  'store-failed': 'It could not be kept on this disk.',
  resumed: 'Going on from what is here already.',
};

const STATES: Record<SwitchState, string> = {
  starting: 'starting', idle: 'idle', cdn: 'CDN', swarm: 'swarm', waiting: 'waiting', done: 'done', failed: 'failed', stopped: 'stopped',
};

export function reasonSentence(reason: SwitchReason): string {
  return REASONS[reason];
}

/** One short word for the progress line; the place in the queue where there is one. */
export function stateWord(figures: Pick<DownloadFigures, 'state' | 'cdnQueuePosition'>): string {
  const word = STATES[figures.state];
  return figures.cdnQueuePosition === null || figures.state === 'cdn' ? word : `${word}, ${figures.cdnQueuePosition} in queue`;
}

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there', EACCES: 'may not be read', EPERM: 'may not be read', EISDIR: 'is a folder; name a file', ENOTDIR: 'is not there',
  EIO: 'cannot be read: the disk reports an error',
};

/** What is wrong with a file that was named on the command line; undefined for an error of another kind. */
export function fileSentence(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const trouble = FILE_TROUBLES[error.code];
  if (trouble === undefined) return undefined;
  return 'path' in error && typeof error.path === 'string' ? `${error.path} ${trouble}.` : `The file ${trouble}.`;
}
