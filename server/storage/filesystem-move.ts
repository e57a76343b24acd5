/** Brings a local file into a staged folder so that it can be undone: the file stays under its old name until the end. */
import { constants, copyFile, link, rename, rm } from 'node:fs/promises';
import { errnoOf } from './durable-files.ts';

export interface BroughtIn {
  /** Puts the file back where it was taken from; nothing to do for a link or a copy. */
  undo(): Promise<void>;
}

/** A second name for the same file where the file system can; a rename where it has no links; a copy from another disk. */
export async function bringIn(path: string, target: string): Promise<BroughtIn> {
  const nothingToUndo: BroughtIn = { undo: async () => undefined };
  try {
    await link(path, target);
    return nothingToUndo;
  } catch (error) {
    if (!isLinkRefusal(error)) throw error;
  }
  try {
    await rename(path, target);
    return { undo: () => rename(target, path) };
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
  }
  try {
    await copyFile(path, target, constants.COPYFILE_EXCL);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
  return nothingToUndo;
}

/** Different disks, or a file system or policy without hard links. */
function isLinkRefusal(error: unknown): boolean {
  return ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'].includes(errnoOf(error) ?? '');
}
