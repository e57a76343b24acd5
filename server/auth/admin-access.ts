/** Who may change something here: the token, the sessions signed in with it, and the watch for its being reset. */
import type { ApplianceState } from '../storage/video-store.ts';
import { keptTokenHash, openAdminToken, type AdminToken } from './admin-token.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { writeTokenFile } from './token-file.ts';

/** A reset is noticed within this. One small read, from memory as a rule: no disk wakes up for it. */
const LOOK_EVERY_MS = 2_000;

interface AdminAccessComponents {
  readonly state: ApplianceState;
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
  /** Called when the token was made now. */
  readonly onTokenMade: ((token: string) => void) | undefined;
}

interface AdminAccessOptions {
  /** By a setting: nothing is made, kept or written then. */
  readonly given: string | undefined;
  /** Where a made token is written to as well; undefined where nothing lasts on this machine's disk. */
  readonly fileFolder: string | undefined;
  /** Default 2 s. */
  readonly lookEveryMs?: number;
}

export class AdminAccess {
  readonly token: AdminToken;
  readonly sessions: Sessions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ token, sessions }: { readonly token: AdminToken; readonly sessions: Sessions }) {
    this.token = token;
    this.sessions = sessions;
  }

  /** Looks for another token from now on. */
  watch({ state, log }: Pick<AdminAccessComponents, 'state' | 'log'>, everyMs: number): void {
    const look = async (): Promise<void> => {
      try {
        if (this.token.take(await keptTokenHash(state))) log.info({}, 'the admin token was reset: the new one counts, and sessions of the old one have ended');
      } catch {
        // A storage that is away is told elsewhere, and looked at again.
      }
      next();
    };
    const next = (): void => {
      if (!this.#stopped) this.#timer = setTimeout(() => void look(), everyMs).unref();
    };
    next();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}

/** @throws StorageError */
export async function openAdminAccess(components: AdminAccessComponents, options: AdminAccessOptions): Promise<AdminAccess> {
  const { state, log, onTokenMade } = components;
  const { given, fileFolder, lookEveryMs = LOOK_EVERY_MS } = options;
  const { token, made } = await openAdminToken(state, given, async (fresh) => {
    if (fileFolder === undefined) return;
    await writeTokenFile(fileFolder, fresh).catch((error: unknown) => log.warn({ err: error }, `could not write the admin token into ${fileFolder}; it is shown in this log only`));
  });
  if (made !== undefined) onTokenMade?.(made);
  const access = new AdminAccess({ token, sessions: await openSessions({ state, token, now: () => Date.now() }) });
  if (given === undefined) access.watch({ state, log }, lookEveryMs);
  return access;
}
