/** Whether this user may write where the node keeps its things: asked at the start, where the answer can say what to do. */
import { accessSync, constants, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../storage/storage-error.ts';

/** Looks at the folder and what lies directly in it, no deeper. @throws StorageError that names the user and what to do. */
export function requireWritable(dataDir: string, user: { readonly uid: number; readonly gid: number }): void {
  const refused = firstRefused(dataDir);
  if (refused === undefined) return;
  const { path, error } = refused;
  const who = `${user.uid}:${user.gid}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const message = code === 'EROFS'
    ? `${path} is mounted read-only, and the node keeps its data there. Mount it without :ro.`
    : `the node runs as user ${who}, and may not write to ${path}${ownerOf(path)}. On the host, give the folder to that user (chown -R ${who} FOLDER), or start the container with PUID and PGID, or --user, of who owns it.`;
  throw new StorageError('unavailable', message, { cause: error, details: { system: code, uid: user.uid, gid: user.gid } });
}

function firstRefused(dataDir: string): { readonly path: string; readonly error: unknown } | undefined {
  let path = dataDir;
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const entry of readdirSync(dataDir, { withFileTypes: true })) {
      path = join(dataDir, entry.name);
      // Somebody else's folder, such as a disk's lost+found, is nothing we write to, nor is a socket.
      if (entry.isDirectory() && entry.name !== 'lost+found' && !entry.name.startsWith('.')) accessSync(path, constants.W_OK | constants.X_OK);
    }
    return undefined;
  } catch (error) {
    return { path, error };
  }
}

function ownerOf(path: string): string {
  try {
    const { uid, gid } = lstatSync(path);
    return ` (which belongs to ${uid}:${gid})`;
  } catch {
    return '';
  }
}
