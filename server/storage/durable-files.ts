/** File writes that survive a power cut: data synced before the name appears, and the folder synced after. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** `data`: whole, or in parts that are written one after the other. */
export async function writeDurably(path: string, data: string | Uint8Array | readonly Uint8Array[], options: { readonly mode?: number } = {}): Promise<void> {
  const handle = await open(path, 'wx', options.mode ?? 0o644);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file's content at once: readers see the old text or the new, never a part. */
export async function replaceDurably(path: string, data: string | Uint8Array | readonly Uint8Array[], options: { readonly mode?: number } = {}): Promise<void> {
  const staged = stagedName(path);
  try {
    await writeDurably(staged, data, options);
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

export function stagedName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.new`;
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames in a folder durable. Some network file systems cannot sync a folder, and need not. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await syncFile(path);
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP', 'EACCES', 'EBADF'].includes(errnoOf(error) ?? '')) throw error;
  }
}
