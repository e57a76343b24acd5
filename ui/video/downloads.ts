/** All downloads of this tab: they and their sharing go on wherever in the page the reader is. Owns the engine. */
import { computed, effect, signal } from '@preact/signals';
import { createEngine, IndexedDbPieceStore, type Engine, type Policy } from '../../engine/index.ts';
import { address } from '../api/client.ts';
import { announce } from '../state/announcer.ts';
import { forgetKept, reconcileKept } from '../state/kept.ts';
import { rememberedChoice } from '../state/remembered.ts';
import { downloadProgress } from '../state/title.ts';
import { HeldDownload } from './held-download.ts';

export const POLICIES = ['cdn-first', 'swarm-first', 'both'] as const satisfies readonly Policy[];

export const policy = rememberedChoice('policy', POLICIES, 'cdn-first');
const sharingChoice = rememberedChoice('sharing', ['on', 'off'] as const, 'on');
export const isSharing = computed(() => sharingChoice.value === 'on');

const held = signal<ReadonlyMap<string, HeldDownload>>(new Map());
let engine: Engine | undefined;

export function heldDownload(contentId: string): HeldDownload | undefined {
  return held.value.get(contentId);
}

/** Starts, or goes on from what is kept. `save`: hand the file over when it is complete. */
export function startDownload(contentId: string, options: { readonly save: boolean }): void {
  const before = held.peek().get(contentId);
  if (before !== undefined && before.phase.peek() !== 'failed') return;
  engine ??= createEngine({ appliances: [address('').replace(/\/$/, '')] });
  const download = new HeldDownload({ engine }, { contentId, policy: policy.peek() });
  held.value = new Map(held.peek()).set(contentId, download);
  const again = before === undefined ? Promise.resolve() : before.close();
  void again.then(() => download.start({ save: options.save, share: isSharing.peek() }));
}

export function choosePolicy(choice: Policy): void {
  policy.value = choice;
  for (const download of held.peek().values()) download.setPolicy(choice);
}

export function chooseSharing(on: boolean): void {
  sharingChoice.value = on ? 'on' : 'off';
  for (const download of held.peek().values()) download.setSharing(on);
}

/** Throws the kept pieces of one video away, whether it is open in this tab or not. */
export async function discardKept(contentId: string): Promise<void> {
  const download = held.peek().get(contentId);
  const rest = new Map(held.peek());
  rest.delete(contentId);
  if (download === undefined) {
    await IndexedDbPieceStore.delete(contentId);
    forgetKept(contentId);
    announce('The kept pieces are removed.');
  } else await download.discard();
  held.value = rest;
}

/** The database is the truth of what is kept; the notes follow it. */
export async function refreshKept(): Promise<void> {
  reconcileKept(await IndexedDbPieceStore.list());
}

effect(() => {
  let bytes = 0;
  let total = 0;
  for (const download of held.value.values()) {
    const figures = download.figures.value;
    if (download.phase.value !== 'running' || figures === null) continue;
    bytes += figures.bytesHeld;
    total += figures.sizeBytes;
  }
  downloadProgress.value = total === 0 ? null : bytes / total;
});
