/**
 * The token that permits changes. Given by the configuration, or made at the first start, shown once, and kept only as a
 * hash. A made token has 256 random bits, so a plain SHA-256 of it is not worth guessing at.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { StorageError } from '../storage/storage-error.ts';
import type { ApplianceState } from '../storage/video-store.ts';
import { freshSecret } from './kept-secret.ts';

const STATE_KEY = 'admin-token-sha256';

export class AdminToken {
  readonly #hash: Buffer;

  constructor(hash: Buffer) {
    this.#hash = hash;
  }

  /** Takes the same time whatever is wrong with `candidate`. */
  matches(candidate: string): boolean {
    return timingSafeEqual(sha256(candidate), this.#hash);
  }

  /** Binds sessions to this token: another token ends them. */
  get fingerprint(): string {
    return this.#hash.toString('base64url');
  }
}

export interface OpenedToken {
  readonly token: AdminToken;
  /** The token itself, only when this start has made it: show it now, nobody can again. */
  readonly made: string | undefined;
}

/** Several appliances that start on one database agree on whichever token was kept first. @throws StorageError `corrupt`. */
export async function openAdminToken(state: ApplianceState, given: string | undefined): Promise<OpenedToken> {
  if (given !== undefined) return { token: new AdminToken(sha256(given)), made: undefined };
  const known = await state.get(STATE_KEY);
  if (known !== undefined) return { token: keptToken(known), made: undefined };
  const made = freshSecret();
  const hash = sha256(made).toString('hex');
  const kept = await state.setIfAbsent(STATE_KEY, hash);
  return { token: keptToken(kept), made: kept === hash ? made : undefined };
}

/** Better no start than one where no token can ever be right. */
function keptToken(kept: string): AdminToken {
  if (/^[0-9a-f]{64}$/.test(kept)) return new AdminToken(Buffer.from(kept, 'hex'));
  throw new StorageError('corrupt', `What is kept of the admin token (${STATE_KEY}) is damaged. Give one by SWITCH_ADMIN_TOKEN, or restore it from a backup.`);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
