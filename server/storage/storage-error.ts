export type StorageErrorCode = 'no-such-video' | 'no-space' | 'unavailable' | 'corrupt' | 'newer-data' | 'bad-cursor';

/** A failure of the library's storage, with figures where they help (`neededBytes`, `freeBytes`). */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly details: Readonly<Record<string, number | string>>;

  constructor(code: StorageErrorCode, message: string, options: ErrorOptions & { details?: Record<string, number | string> } = {}) {
    super(message, options);
    this.code = code;
    this.details = options.details ?? {};
  }
}
