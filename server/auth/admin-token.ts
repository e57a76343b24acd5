/**
 * The token that permits changes. Given by the configuration, or made at the first start, shown once, and kept only as a
 * hash. A made token has 256 random bits, so a plain SHA-256 of it is not worth guessing at.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { StorageError } from '../storage/storage-error.ts';
import type { ApplianceState } from '../storage/video-store.ts';
import { freshSecret } from './kept-secret.ts';

const STATE_KEY = 'admin-token-sha256';
const HASH = /^[0-9a-f]{64}$/;

/** One for each appliance; what it holds changes when somebody resets the token. */
export class AdminToken {
  #hash: Buffer;

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

  /** Takes what is kept by now. @returns whether it is another token; damaged or missing is not. */
  take(kept: string | undefined): boolean {
    if (kept === undefined || !HASH.test(kept) || kept === this.#hash.toString('hex')) return false;
    this.#hash = Buffer.from(kept, 'hex');
    return true;
  }
}

export interface OpenedToken {
  readonly token: AdminToken;
  /** The token itself, only when this start has made it: show it now, nobody can again. */
  readonly made: string | undefined;
}

/**
 * Several appliances that start on one database agree on whichever token was kept first. `beforeKept` is given a token that was
 * just made and is about to be kept, so that a crash in between leaves none that nobody was told. @throws StorageError `corrupt`.
 */
export async function openAdminToken(
  state: ApplianceState, given: string | undefined, beforeKept: (token: string) => Promise<void> = async () => undefined,
): Promise<OpenedToken> {
  if (given !== undefined) return { token: new AdminToken(sha256(given)), made: undefined };
  const known = await state.get(STATE_KEY);
  if (known !== undefined) return { token: keptToken(known), made: undefined };
  const made = freshSecret();
  const hash = sha256(made).toString('hex');
  await beforeKept(made);
  const kept = await state.setIfAbsent(STATE_KEY, hash);
  return { token: keptToken(kept), made: kept === hash ? made : undefined };
}

/** Makes another token and keeps that. @returns the token itself: show it now, nobody can again. */
export async function resetAdminToken(state: ApplianceState): Promise<string> {
  const made = freshSecret();
  await state.set(STATE_KEY, sha256(made).toString('hex'));
  return made;
}

/** What is kept at the moment, for {@link AdminToken.take}. */
export function keptTokenHash(state: ApplianceState): Promise<string | undefined> {
  return state.get(STATE_KEY);
}

/** Better no start than one where no token can ever be right. */
function keptToken(kept: string): AdminToken {
  if (HASH.test(kept)) return new AdminToken(Buffer.from(kept, 'hex'));
  throw new StorageError('corrupt', `What is kept of the admin token (${STATE_KEY}) is damaged. Give one by SWITCH_ADMIN_TOKEN, or restore it from a backup.`);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
