/** What the node wants its admin to know, asked now and then while somebody is signed in; and what was put aside in this tab. */
import { computed, effect, signal } from '@preact/signals';
import type { Notice } from '../api/admin.ts';
import { ApiError } from '../api/api-error.ts';
import { address, getOverview } from '../api/client.ts';
import { droppedNotice } from '../words/signalling-words.ts';
import { sessionEnded, signedIn } from './session.ts';
import { signallingReach } from './signalling.ts';

const INTERVAL_MS = 60_000;
const KEY = 'switch.notices-put-aside';

/** What only the page can see. */
const seenFromHere = computed<readonly Notice[]>(() => signallingReach.value === 'dropped' ? [droppedNotice(new URL(address('signalling')).pathname)] : []);

/** The worst first. The admin page, which asks more often, sets it too. */
export const notices = signal<readonly Notice[]>([]);

const putAside = signal<ReadonlySet<string>>(new Set(recalled()));

/** Those of the node, and before them what the page sees itself. Call it where signals are read. */
export function withSeenFromHere(ofNode: readonly Notice[]): readonly Notice[] {
  return [...seenFromHere.value.filter(({ code }) => !ofNode.some((notice) => notice.code === code)), ...ofNode];
}

/** What concerns everybody's watching, and was not put aside. */
export const noticesOfConsequence = computed(() => signedIn.value !== true ? [] : withSeenFromHere(notices.value).filter(({ code, severity }) => severity !== 'hint' && !putAside.value.has(code)));

/** For as long as this tab lives. */
export function putNoticesAside(codes: readonly string[]): void {
  putAside.value = new Set([...putAside.peek(), ...codes]);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...putAside.peek()]));
  } catch {
    // Blocked: put aside until the page is loaded again.
  }
}

export function watchNotices(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    asking?.abort();
    const controller = new AbortController();
    asking = controller;
    try {
      const answer = await getOverview(controller.signal);
      if (!controller.signal.aborted) notices.value = answer.notices;
    } catch (error) {
      if (controller.signal.aborted) return;
      // Anything else is what the status tells already.
      if (error instanceof ApiError && error.status === 401) sessionEnded();
    }
    if (signedIn.peek() === true && !document.hidden) timer = setTimeout(() => void ask(), INTERVAL_MS);
  };
  effect(() => {
    if (signedIn.value === true) {
      void ask();
      return;
    }
    clearTimeout(timer);
    asking?.abort();
    notices.value = [];
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (!document.hidden && signedIn.peek() === true) void ask();
  });
}

function recalled(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((code) => typeof code === 'string') : [];
  } catch {
    return [];
  }
}
