import { SwitchError } from '../../engine/index.ts';

/** What the reader is told of an error of the engine, or of one that nobody foresaw. */
export function wordsOf(error: unknown): string {
  if (error instanceof SwitchError) return error.message;
  // oxlint-disable-next-line no-console -- Not foreseen: whoever looks into it finds where it comes from.
  console.error(error);
  return 'Something in the page failed. Load the page again; what came so far is kept.';
}
