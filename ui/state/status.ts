/** What the appliance says of itself, asked gently: only while the page is seen, and less often while it is silent. */
import { effect, signal } from '@preact/signals';
import type { ApplianceStatus } from '../api/status.ts';
import { ApiError } from '../api/api-error.ts';
import { getStatus } from '../api/client.ts';
import { refreshSession, signedIn } from './session.ts';
import { announce } from './announcer.ts';

const SEEN_INTERVAL_MS = 3_000;
const SILENT_INTERVAL_MS = 6_000;

export const status = signal<ApplianceStatus | null>(null);
export const isOffline = signal(false);

let timer: ReturnType<typeof setTimeout> | undefined;
let asking: AbortController | undefined;

export async function refreshStatus(): Promise<void> {
  clearTimeout(timer);
  asking?.abort();
  const controller = new AbortController();
  asking = controller;
  try {
    status.value = await getStatus(controller.signal);
    isOffline.value = false;
    if (signedIn.peek() === null) void refreshSession();
  } catch (error) {
    if (controller.signal.aborted) return;
    // A refusal is an answer: somebody is there.
    isOffline.value = error instanceof ApiError && (error.isUnreachable || error.status === 502 || error.status === 504);
  }
  if (!document.hidden) timer = setTimeout(refreshStatus, isOffline.peek() ? SILENT_INTERVAL_MS : SEEN_INTERVAL_MS);
}

export function watchStatus(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else void refreshStatus();
  });
  window.addEventListener('online', () => void refreshStatus());
  window.addEventListener('offline', () => void refreshStatus());
  let before = false;
  effect(() => {
    if (isOffline.value !== before) announce(isOffline.value ? 'The appliance does not answer.' : 'The appliance answers again.');
    before = isOffline.value;
  });
  void refreshStatus();
}
