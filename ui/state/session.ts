/** Whether this browser may change the library. The token itself lives in an HttpOnly cookie that scripts cannot read. */
import { signal } from '@preact/signals';
import * as api from '../api/client.ts';
import { announce } from './announcer.ts';

/** null until the appliance has said. */
export const signedIn = signal<boolean | null>(null);
export const signInWanted = signal(false);

export async function refreshSession(): Promise<void> {
  try {
    signedIn.value = await api.isSignedIn();
  } catch {
    // Offline at the start: unknown until the appliance answers; state/status.ts asks again then.
    signedIn.value = null;
  }
}

/** Throws ApiError when the token is wrong or the appliance is silent. */
export async function signIn(token: string): Promise<void> {
  await api.signIn(token);
  signedIn.value = true;
  announce('Signed in. You can upload, rename and delete.');
}

/** A refusal says that the session is over, by age or by another token; what needs it shows its prompt again. */
export function sessionEnded(): void {
  if (signedIn.peek() !== true) return;
  signedIn.value = false;
  announce('You are signed out: the session is over, or the admin token was changed.');
}

export async function signOut(): Promise<void> {
  await api.signOut();
  signedIn.value = false;
  announce('Signed out.');
}
