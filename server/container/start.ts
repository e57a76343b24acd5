/** What `serve` does first in our image: takes the user it should be, and sees that it can write as that. */
import type { ContainerUser } from '../../config/container.ts';
import { becomeUser, type UserControl } from './become-user.ts';
import { requireWritable } from './writable.ts';

export { ContainerUserError } from './become-user.ts';

/**
 * Does nothing outside our image. @returns sentences for the log.
 * @throws ContainerUserError, or StorageError when the data directory cannot be written to.
 */
export function settleInContainer(user: ContainerUser | undefined, dataDir: string): readonly string[] {
  if (user === undefined) return [];
  const control = userControl();
  const notes = becomeUser(user, dataDir, control);
  try {
    requireWritable(dataDir, { uid: control.getuid(), gid: control.getgid() });
  } catch (error) {
    if (error instanceof Error && notes.length > 0) error.message += ` ${notes.join(' ')}`;
    throw error;
  }
  return notes;
}

function userControl(): UserControl {
  const { getuid, getgid, getgroups, setgroups, setgid, setuid } = process;
  if (!getuid || !getgid || !getgroups || !setgroups || !setgid || !setuid) throw new Error('the container image runs on Linux only');
  return { getuid, getgid, getgroups, setgroups, setgid, setuid, umask: (mask) => { process.umask(mask); } };
}
