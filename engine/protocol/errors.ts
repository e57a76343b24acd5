/**
 * Errors of the engine. Each has a stable `code`, made where the fact is known, so that a caller can decide by
 * `code` and show `message` to a person as it stands.
 */

export type SwitchErrorCode =
  | 'aborted'
  | 'bad-manifest'
  | 'bad-message'
  | 'bad-range'
  | 'cdn-busy'
  | 'cdn-down'
  | 'closed'
  | 'hash-mismatch'
  | 'no-such-video'
  | 'nobody-serves'
  | 'peer-gone'
  | 'store-failed'
  | 'timeout'
  | 'udp-port-taken'
  | 'unsupported-version';

/** What every error of the engine is: a stable code, a sentence for people, and where known the cause. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
  readonly code: SwitchErrorCode;

  constructor(code: SwitchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code of an error made by the engine, else undefined. */
export function errorCode(error: unknown): SwitchErrorCode | undefined {
  return error instanceof SwitchError ? error.code : undefined;
}
