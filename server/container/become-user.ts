/**
 * In our image: gives up root before anything is opened. Settings are read first, so that secrets may be files only root reads.
 * Only the data directory itself is given to the user; walking it would make each start of a large library slow.
 */
import { chownSync, mkdirSync, statSync } from 'node:fs';
import type { ContainerUser } from '../../config/container.ts';

/** What of `process` is needed; setgroups, setgid and setuid act on all threads of the process. */
export interface UserControl {
  getuid(): number;
  getgid(): number;
  getgroups(): number[];
  setgroups(groups: number[]): void;
  setgid(gid: number): void;
  setuid(uid: number): void;
  umask(mask: number): void;
}

/** The container was started in a way in which the node cannot become the user it should be. */
export class ContainerUserError extends Error {
  override readonly name = 'ContainerUserError';
  readonly code = 'cannot-change-user';
}

/** @returns sentences for the log. @throws ContainerUserError when root may not be given up. */
export function becomeUser({ uid, gid, umask, isSet }: ContainerUser, dataDir: string, control: UserControl): readonly string[] {
  if (umask !== undefined) control.umask(umask);
  if (control.getuid() !== 0) {
    const same = control.getuid() === uid && control.getgid() === gid;
    return isSet && !same ? [`PUID and PGID (${uid}:${gid}) change nothing: the container was started as ${control.getuid()}:${control.getgid()}, and stays so.`] : [];
  }
  const notes = own(dataDir, uid, gid);
  try {
    // Groups that whoever started the container added are kept, for a mounted library may be theirs; root's own is not.
    control.setgroups([...new Set([gid, ...control.getgroups().filter((group) => group !== 0)])]);
    control.setgid(gid);
    control.setuid(uid);
  } catch (error) {
    throw new ContainerUserError(
      `the container runs as root, but without the right to become the user ${uid}:${gid}. Start it with --user ${uid}:${gid}, or add --cap-add SETUID --cap-add SETGID (and --cap-add CHOWN, when the data directory belongs to somebody else).`,
      { cause: error });
  }
  return notes;
}

function own(dataDir: string, uid: number, gid: number): readonly string[] {
  try {
    mkdirSync(dataDir, { recursive: true });
    const found = statSync(dataDir);
    if (found.uid !== uid || found.gid !== gid) chownSync(dataDir, uid, gid);
    return [];
  } catch (error) {
    return [`The data directory ${dataDir} could not be given to the user ${uid}:${gid} (${error instanceof Error ? error.message : String(error)}).`];
  }
}
