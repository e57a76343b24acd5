/**
 * Whether a WebSocket to the appliance opens from here. Asked when there is a doubt, and when somebody signs in who could mend it;
 * believed to be dropped by a proxy only when several tries fail while HTTP goes on working.
 */
import { effect, signal } from '@preact/signals';
import { address } from '../api/client.ts';
import { isOffline, refreshStatus } from './status.ts';
import { signedIn } from './session.ts';

const TRIES = 3;
const TRY_LIMIT_MS = 4_000;
const BETWEEN_TRIES_MS = 500;
const AGAIN_MS = 20_000;
/** A proxy's or an appliance's restart is over by then. */
const DOUBT_AFTER_MS = 3_000;

export const signallingReach = signal<'unknown' | 'open' | 'dropped'>('unknown');

let checking = false;
let doubt: ReturnType<typeof setTimeout> | undefined;
let again: ReturnType<typeof setTimeout> | undefined;

/** What the open downloads say of their socket; it saves the asking while all is well. */
export function hearSignalling(states: readonly ('connected' | 'connecting' | 'off')[]): void {
  if (states.includes('connected')) {
    clearTimeout(doubt);
    doubt = undefined;
    signallingReach.value = 'open';
  } else if (states.includes('connecting') && signallingReach.peek() !== 'dropped') {
    doubt ??= setTimeout(() => {
      doubt = undefined;
      void checkSignalling();
    }, DOUBT_AFTER_MS);
  }
}

export function watchSignalling(): void {
  effect(() => {
    if (signedIn.value === true) void checkSignalling();
  });
}

async function checkSignalling(): Promise<void> {
  if (checking) return;
  checking = true;
  clearTimeout(again);
  try {
    let isOpen = false;
    for (let tries = 0; tries < TRIES && !isOpen; tries += 1) {
      if (tries > 0) await new Promise((resolve) => { setTimeout(resolve, BETWEEN_TRIES_MS); });
      isOpen = await opens(address('signalling').replace(/^http/, 'ws'));
    }
    if (isOpen) signallingReach.value = 'open';
    else {
      await refreshStatus();
      // A silent appliance has a banner of its own.
      signallingReach.value = isOffline.peek() ? 'unknown' : 'dropped';
      if (signallingReach.peek() === 'dropped') checkAgainLater();
    }
  } finally {
    checking = false;
  }
}

/** A page that nobody sees asks nothing. */
function checkAgainLater(): void {
  again = setTimeout(() => {
    if (document.hidden) checkAgainLater();
    else void checkSignalling();
  }, AGAIN_MS);
}

async function opens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const settle = (isOpen: boolean): void => {
      clearTimeout(limit);
      socket.close();
      resolve(isOpen);
    };
    const limit = setTimeout(() => settle(false), TRY_LIMIT_MS);
    socket.addEventListener('open', () => settle(true), { once: true });
    socket.addEventListener('error', () => settle(false), { once: true });
  });
}
