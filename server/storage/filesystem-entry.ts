/** One video's folder: `content`, `piece-hashes` (the raw piece layer) and `entry.json` (all that is not bytes). */
import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { replaceDurably, syncFolder, writeDurably } from './durable-files.ts';
import { StorageError } from './storage-error.ts';
import { detailsOf, keptDetails } from './video-details.ts';
import type { Video } from './video-store.ts';

const entryCheck = Compile(Type.Object({
  contentId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  name: Type.String({ minLength: 1 }),
  title: Type.String(),
  mediaType: Type.String(),
  sizeBytes: Type.Integer({ minimum: 0 }),
  pieceLengthBytes: Type.Integer({ minimum: 1 }),
  createdAt: Type.String({ minLength: 1 }),
  /** These two are absent where an earlier version wrote the entry. */
  details: Type.Optional(Type.Unknown()),
  extraBytes: Type.Optional(Type.Integer({ minimum: 0 })),
}));

export interface Entry {
  readonly video: Video;
  /** Size of the extras together. */
  readonly extraBytes: number;
}

export const contentPath = (folder: string): string => join(folder, 'content');
const hashesPath = (folder: string): string => join(folder, 'piece-hashes');
const entryPath = (folder: string): string => join(folder, 'entry.json');

export async function writeEntry(folder: string, video: Video, pieceHashes: Uint8Array): Promise<void> {
  await writeDurably(hashesPath(folder), pieceHashes);
  await writeDurably(entryPath(folder), entryText({ video, extraBytes: 0 }));
  await syncFolder(folder);
}

export async function rewriteEntry(folder: string, entry: Entry): Promise<void> {
  await replaceDurably(entryPath(folder), entryText(entry));
}

/** @throws StorageError `corrupt` when the folder does not hold one whole video, its content included. */
export async function readEntry(folder: string, contentId: string): Promise<Entry> {
  const entry = await readEntryAlone(folder, contentId);
  const content = await stat(contentPath(folder)).catch((error: unknown) => { throw noContent(folder, error); });
  return whole(folder, entry, content.size);
}

/** As {@link readEntry}, waiting for the disk: for the very many of a start. */
export function readEntryNow(folder: string, contentId: string): Entry {
  const entry = entryOf(folder, contentId, textNow(folder));
  let sizeBytes: number;
  try {
    sizeBytes = statSync(contentPath(folder)).size;
  } catch (error) {
    throw noContent(folder, error);
  }
  return whole(folder, entry, sizeBytes);
}

/** For a content that lies elsewhere. @throws StorageError `corrupt` when the folder does not hold the entry of that content. */
export async function readEntryAlone(folder: string, contentId: string): Promise<Entry> {
  return entryOf(folder, contentId, await readFile(entryPath(folder), 'utf8').catch((error: unknown) => { throw unreadable(folder, error); }));
}

function textNow(folder: string): string {
  try {
    return readFileSync(entryPath(folder), 'utf8');
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function entryOf(folder: string, contentId: string, text: string): Entry {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch (error) {
    throw unreadable(folder, error);
  }
  if (!entryCheck.Check(entry) || Number.isNaN(Date.parse(entry.createdAt))) throw damaged(folder, 'entry.json lacks a field');
  if (entry.contentId !== contentId) throw damaged(folder, 'entry.json is of another video');
  const { name, title, mediaType, sizeBytes, pieceLengthBytes, createdAt, extraBytes = 0 } = entry;
  return { video: { contentId, name, title, mediaType, sizeBytes, pieceLengthBytes, createdAt, ...keptDetails(entry.details) }, extraBytes };
}

function whole(folder: string, entry: Entry, contentBytes: number): Entry {
  if (contentBytes !== entry.video.sizeBytes) throw damaged(folder, `its content has ${contentBytes} bytes, not ${entry.video.sizeBytes}`);
  return entry;
}

function noContent(folder: string, cause: unknown): StorageError {
  return damaged(folder, 'its content is missing', cause);
}

function unreadable(folder: string, cause: unknown): StorageError {
  return damaged(folder, 'entry.json cannot be read', cause);
}

function damaged(folder: string, why: string, cause?: unknown): StorageError {
  return new StorageError('corrupt', `The video folder ${folder} is damaged: ${why}. Upload the file again, or remove the folder.`, { cause });
}

export async function readPieceHashes(folder: string): Promise<Uint8Array> {
  return readFile(hashesPath(folder));
}

function entryText({ video, extraBytes }: Entry): string {
  const { contentId, name, title, mediaType, sizeBytes, pieceLengthBytes, createdAt } = video;
  return `${JSON.stringify({ contentId, name, title, mediaType, sizeBytes, pieceLengthBytes, createdAt, extraBytes, details: detailsOf(video) }, null, 2)}\n`;
}
