/** What the shell learns of a command: documented in the README, so that scripts may rely on it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  noSuchVideo: 3,
  nobodyServes: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong words on the command line. `message` says which, and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}
