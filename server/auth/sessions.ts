/**
 * What the page's cookie holds: not the token, but the time it ends, signed (HMAC-SHA-256) with a secret that every appliance
 * on the same storage shares. Nothing is kept for each session, so a restart signs nobody out.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApplianceState } from '../storage/video-store.ts';
import type { AdminToken } from './admin-token.ts';
import { keptSecret } from './kept-secret.ts';

/** A month: long enough not to be asked at every visit. */
export const SESSION_SECONDS = 30 * 24 * 3600;

export class Sessions {
  readonly #now: () => number;
  readonly #secret: Buffer;
  readonly #token: AdminToken;

  constructor({ now, token }: { now: () => number; token: AdminToken }, secret: Buffer) {
    this.#now = now;
    this.#token = token;
    this.#secret = secret;
  }

  /** The value of a new cookie. */
  issue(): string {
    const expiresAtMs = String(this.#now() + SESSION_SECONDS * 1000);
    return `${expiresAtMs}.${this.#sign(expiresAtMs).toString('base64url')}`;
  }

  valid(cookie: string): boolean {
    const match = /^(\d{1,16})\.([\w-]{43})$/.exec(cookie);
    const [, expiresAtMs = '', signature = ''] = match ?? [];
    if (match === null || Number(expiresAtMs) <= this.#now()) return false;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(expiresAtMs);
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #sign(expiresAtMs: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${expiresAtMs}.${this.#token.fingerprint}`).digest();
  }
}

/** `now` in Unix milliseconds. */
export async function openSessions(components: { state: ApplianceState; now: () => number; token: AdminToken }): Promise<Sessions> {
  return new Sessions(components, Buffer.from(await keptSecret(components.state, 'session-secret'), 'base64url'));
}
