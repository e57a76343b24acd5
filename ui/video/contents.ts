/** All contents that this tab holds: they and their sharing go on wherever in the page the reader is. Owns the engine. */
import { computed, effect, signal } from '@preact/signals';
import { createEngine, type Engine, type Policy, type Wants } from '../../engine/index.ts';
import { address } from '../api/client.ts';
import { limitUploads } from '../player/content/upload-limit.ts';
import { announce } from '../state/announcer.ts';
import { forgetKept, reconcileKept } from '../state/kept.ts';
import { rememberedChoice } from '../state/remembered.ts';
import { isSharing } from '../state/sharing.ts';
import { hearSignalling } from '../state/signalling.ts';
import { downloadProgress } from '../state/title.ts';
import { HeldContent } from './held-content.ts';
import { KeptPieces } from './kept-pieces.ts';

export const POLICIES = ['cdn-first', 'swarm-first', 'both'] as const satisfies readonly Policy[];

/** Contents that were only watched and stay open to be shared. More would hold open swarms nobody remembers. */
const MAX_OPEN_WATCHED = 6;

export const policy = rememberedChoice('policy', POLICIES, 'cdn-first');

/** The order is that of the last use. */
const held = signal<ReadonlyMap<string, HeldContent>>(new Map());
let engine: Engine | undefined;

export function heldContent(contentId: string): HeldContent | undefined {
  return held.value.get(contentId);
}

/** Fetches all of it, or goes on from what is kept. `save`: hand the file over when it is complete. */
export function startDownload(contentId: string, options: { readonly save: boolean }): void {
  const before = held.peek().get(contentId);
  if (before !== undefined && before.phase.peek() !== 'failed') void before.fetchAll(options);
  else hold(contentId, 'everything', options);
}

/** For a player: the content as it is held, or opened now, with nothing fetched that the player does not read. */
export function watch(contentId: string): HeldContent {
  const before = held.peek().get(contentId);
  const content = before !== undefined && before.phase.peek() !== 'failed' ? before : hold(contentId, 'what-is-read', { save: false });
  content.play();
  closeOldest();
  return content;
}

function hold(contentId: string, wants: Wants, options: { readonly save: boolean }): HeldContent {
  const before = held.peek().get(contentId);
  const content = new HeldContent({ engine: openEngine() }, { contentId, policy: policy.peek(), share: isSharing.peek(), wants });
  const rest = new Map(held.peek());
  rest.delete(contentId);
  held.value = rest.set(contentId, content);
  // The player is there still, and goes on with what is opened now.
  if (before?.isPlaying.peek() === true) content.play();
  const closed = before === undefined ? Promise.resolve() : before.close();
  void closed.then(() => content.start(options));
  return content;
}

function openEngine(): Engine {
  if (engine !== undefined) return engine;
  engine = createEngine({ appliances: [address('').replace(/\/$/, '')] });
  limitUploads(engine);
  return engine;
}

function closeOldest(): void {
  const idle = [...held.peek().values()].filter((content) => content.phase.peek() === 'watched' && !content.isPlaying.peek());
  for (const content of idle.slice(0, Math.max(0, idle.length - MAX_OPEN_WATCHED))) {
    drop(content.contentId);
    void content.close();
  }
}

function drop(contentId: string): void {
  const rest = new Map(held.peek());
  rest.delete(contentId);
  held.value = rest;
}

export function choosePolicy(choice: Policy): void {
  policy.value = choice;
  for (const content of held.peek().values()) content.setPolicy(choice);
}

/** Throws the kept pieces of one video away, whether it is open in this tab or not. */
export async function discardKept(contentId: string): Promise<void> {
  const content = held.peek().get(contentId);
  if (content === undefined) {
    await KeptPieces.delete(contentId);
    forgetKept(contentId);
    announce('The kept pieces are removed.');
  } else await content.discard();
  drop(contentId);
}

/** Throws away what was only watched, but not what is playing. */
export async function discardWatched(): Promise<void> {
  for (const content of held.peek().values()) {
    if (content.phase.peek() !== 'watched' || content.isPlaying.peek()) continue;
    drop(content.contentId);
    await content.close();
  }
  await KeptPieces.deleteWatched({ except: [...held.peek().keys()] });
  await refreshKept();
  announce('What was only watched is removed from this browser.');
}

/** The database is the truth of what is kept; the notes follow it. */
export async function refreshKept(): Promise<void> {
  reconcileKept(await KeptPieces.list());
}

effect(() => {
  const on = isSharing.value;
  for (const content of held.peek().values()) content.setSharing(on);
});

effect(() => hearSignalling([...held.value.values()].flatMap(({ figures }) => figures.value?.signalling ?? [])));

const downloading = computed(() => [...held.value.values()].filter((content) => content.phase.value === 'running'));

effect(() => {
  let bytes = 0;
  let total = 0;
  for (const { figures } of downloading.value) {
    bytes += figures.value?.bytesHeld ?? 0;
    total += figures.value?.sizeBytes ?? 0;
  }
  downloadProgress.value = total === 0 ? null : bytes / total;
});
