/** Secrets the appliance makes for itself once, and shares with every appliance on the same storage. */
import { randomBytes } from 'node:crypto';
import type { ApplianceState } from '../storage/video-store.ts';

const SECRET_BYTES = 32;

/** The secret kept under `key`, in base64url; made now when there is none. */
export async function keptSecret(state: ApplianceState, key: 'session-secret' | 'signalling-secret'): Promise<string> {
  return await state.get(key) ?? state.setIfAbsent(key, freshSecret());
}

export function freshSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
