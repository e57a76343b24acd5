/** Why a video does not play, as `<video>` says it (a MediaError's code) and in words for people. */

/** Stable; pages may decide by it. */
export type PlayerErrorReason =
  | 'not-an-address' | 'no-such-video' | 'nobody-serves' | 'not-playable' | 'unreadable' | 'broken' | 'store-failed' | 'unknown';

/** HTML standard, MediaError. */
const CODES: Readonly<Record<PlayerErrorReason, number>> = {
  'nobody-serves': 2, 'store-failed': 2, unknown: 2,
  broken: 3,
  'not-an-address': 4, 'no-such-video': 4, 'not-playable': 4, unreadable: 4,
};

const WORTH_ANOTHER_TRY: readonly PlayerErrorReason[] = ['nobody-serves', 'store-failed', 'broken', 'unknown'];

/** `message` is whole sentences: what happened, and what to do. */
export class PlayerError extends Error implements MediaError {
  override readonly name = 'PlayerError';
  readonly MEDIA_ERR_ABORTED = 1;
  readonly MEDIA_ERR_NETWORK = 2;
  readonly MEDIA_ERR_DECODE = 3;
  readonly MEDIA_ERR_SRC_NOT_SUPPORTED = 4;
  readonly code: number;
  readonly reason: PlayerErrorReason;

  constructor(reason: PlayerErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.code = CODES[reason];
  }

  get isWorthAnotherTry(): boolean {
    return WORTH_ANOTHER_TRY.includes(this.reason);
  }
}
