/**
 * What this browser keeps of which video: a small note beside IndexedDB, so that the list can show it without opening the
 * pieces. The pieces themselves are the truth; video/downloads.ts writes the note whenever it sees them.
 */
import { computed, signal } from '@preact/signals';
import { recall, remember } from './remembered.ts';

/** `kept`: the reader downloaded it. `watched`: left behind by playing, and first to go when the browser's share of the disk is used up. */
export type KeptKind = 'kept' | 'watched';

export interface KeptNote {
  readonly contentId: string;
  readonly name: string;
  readonly bytesHeld: number;
  readonly sizeBytes: number;
  /** Notes of before there was watching have none: they are downloads. */
  readonly kind?: KeptKind;
  /** Goes on by itself when its page is opened again. */
  readonly isWanted: boolean;
  /** The reader asked for the file, and does not have it yet. */
  readonly saveWhenDone: boolean;
}

function readNotes(): readonly KeptNote[] {
  try {
    const notes: unknown = JSON.parse(recall('kept') ?? '[]');
    return Array.isArray(notes) ? notes.filter(isNote) : [];
  } catch {
    return [];
  }
}

function isNote(value: unknown): value is KeptNote {
  if (typeof value !== 'object' || value === null) return false;
  const note = value as Partial<KeptNote>;
  return typeof note.contentId === 'string' && typeof note.name === 'string'
    && typeof note.bytesHeld === 'number' && typeof note.sizeBytes === 'number';
}

const notes = signal(readNotes());

export const keptNotes = computed(() => notes.value.filter((note) => note.bytesHeld > 0));
export const keptBytes = computed(() => notes.value.reduce((sum, note) => sum + note.bytesHeld, 0));

export function keptNote(contentId: string): KeptNote | undefined {
  return notes.value.find((note) => note.contentId === contentId);
}

export function noteKept(note: KeptNote): void {
  write([...readNotes().filter((one) => one.contentId !== note.contentId), note]);
}

export function forgetKept(contentId: string): void {
  write(readNotes().filter((one) => one.contentId !== contentId));
}

/** Takes over what the database of pieces says: lost notes are made again, notes without pieces go. */
export function reconcileKept(contents: readonly { contentId: string; name: string; sizeBytes: number; heldBytes: number; kind?: KeptKind }[]): void {
  const before = readNotes();
  write(contents.map(({ contentId, name, sizeBytes, heldBytes, kind }) => {
    const note = before.find((one) => one.contentId === contentId);
    return {
      contentId, name, sizeBytes, bytesHeld: heldBytes, kind: kind ?? note?.kind ?? 'kept',
      isWanted: note?.isWanted ?? false, saveWhenDone: note?.saveWhenDone ?? false,
    };
  }));
}

/** Read before written, as another tab may have written meanwhile. */
function write(next: readonly KeptNote[]): void {
  remember('kept', next.length === 0 ? null : JSON.stringify(next));
  notes.value = next;
}

window.addEventListener('storage', () => { notes.value = readNotes(); });
