/**
 * `docker exec` is root where the node runs as somebody else (PUID). What root would write there the node could not read: so
 * root becomes whoever owns the node's data, before anything is touched.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder that the node itself made tells best; the data directory may belong to whoever mounted it. */
async function ownerOf(dataDir: string): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  for (const path of [join(dataDir, 'state'), dataDir]) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Does nothing for anybody but root. Ends root's rights for the whole process, so it is for commands that end soon. */
export async function becomeOwnerOf(dataDir: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const owner = await ownerOf(dataDir);
  if (owner === undefined || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}
