/** What the owner of a watched folder should know, in words. The shape is the one of all notices (server/admin). */
import { errnoOf } from '../storage/durable-files.ts';

export interface FolderNotice {
  /** Stable. */
  readonly code: 'library-folder-missing' | 'library-folder-empty' | 'library-index-failed' | 'library-watch-limited' | 'library-unreadable';
  /** `problem`: something does not work. `warning`: something will not, or not for all. `hint`: it could be better. */
  readonly severity: 'problem' | 'warning' | 'hint';
  /** What happens and what it means. */
  readonly what: string;
  readonly action: string;
}

export function folderMissing(dir: string, error: unknown, known: number): FolderNotice {
  return {
    code: 'library-folder-missing', severity: 'problem',
    what: `The watched folder ${dir} cannot be read (${errnoOf(error) ?? String(error)}), so its videos${known === 0 ? '' : ` (${known} files)`} are not in the library. They come back by themselves when the folder does, and are not read again.`,
    action: 'Check that the disk or network folder is mounted, that the container is given it as a volume, and that SWITCH_LIBRARY_DIR names it.',
  };
}

export function folderEmpty(dir: string, known: number): FolderNotice {
  return {
    code: 'library-folder-empty', severity: 'problem',
    what: `The watched folder ${dir} held ${known} video files and has none now, as when a disk is not mounted. What is known of them is kept: they come back by themselves, and are not read again.`,
    action: 'Check that the disk or network folder is mounted. If you removed the files, there is nothing to do.',
  };
}

export function indexFailed(indexDir: string, error: unknown): FolderNotice {
  return {
    code: 'library-index-failed', severity: 'problem',
    what: `What is known of the videos in the watched folder cannot be read or written in ${indexDir}: ${(error instanceof Error ? error.message : String(error)).replace(/\.$/, '')}. It is tried again by itself.`,
    action: 'Check that the data directory is there, that the node may write to it, and that its disk has room.',
  };
}

export function watchLimited(dir: string, rescanMs: number, error: unknown): FolderNotice {
  return {
    code: 'library-watch-limited', severity: 'hint',
    what: `The system does not tell of changes in some folders below ${dir} (${error instanceof Error ? error.message : String(error)}). New files there appear at the next rescan, at most ${Math.ceil(rescanMs / 60_000)} minutes later.`,
    action: 'Raise fs.inotify.max_user_watches on the host, or lower SWITCH_LIBRARY_RESCAN_MINUTES, or leave it as it is.',
  };
}

export function partUnreadable(dir: string, problems: readonly { readonly path: string; readonly reason: string }[]): FolderNotice {
  const [first] = problems;
  return {
    code: 'library-unreadable', severity: 'warning',
    what: `${problems.length} ${problems.length === 1 ? 'place' : 'places'} below the watched folder ${dir} cannot be read and ${problems.length === 1 ? 'is' : 'are'} left out, such as ${first?.path === '' ? dir : first?.path ?? dir}. ${first?.reason ?? ''}`,
    action: 'Give the user that this node runs as the right to read them, or add them to SWITCH_LIBRARY_IGNORE.',
  };
}
