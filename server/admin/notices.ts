/** What an admin should know and do something about, gathered from all parts; the worst first. */
import { Type, type Static } from 'typebox';
import type { DiskFigures } from './disk.ts';

export const NoticeSchema = Type.Object({
  code: Type.String({ description: 'Stable; decide by this.' }),
  severity: Type.Union([Type.Literal('problem'), Type.Literal('warning'), Type.Literal('hint')], {
    description: 'problem: something does not work. warning: something will not, or not for all. hint: it could be better.',
  }),
  what: Type.String({ description: 'What happens and what it means' }),
  action: Type.String({ description: 'What to do' }),
});
export type AdminNotice = Static<typeof NoticeSchema>;

/** A part of the appliance that may have something to say; asked each time somebody looks. */
export type NoticeSource = () => readonly AdminNotice[] | Promise<readonly AdminNotice[]>;

const ORDER: readonly AdminNotice['severity'][] = ['problem', 'warning', 'hint'];
/** Below this many times the reserve, a film or two fill the disk. */
const LOW_DISK_RESERVES = 5;
const GIB = 1024 ** 3;
const GB = 1_000_000_000;

/** A part that cannot be asked says so instead of hiding what the others know. Of one code, the first counts. */
export async function gatherNotices(sources: readonly NoticeSource[]): Promise<AdminNotice[]> {
  const answers = await Promise.all(sources.map(async (source) => {
    try {
      return await source();
    } catch (error) {
      return [unasked(error)];
    }
  }));
  const byCode = new Map<string, AdminNotice>();
  for (const notice of answers.flat()) if (!byCode.has(notice.code)) byCode.set(notice.code, notice);
  return [...byCode.values()].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
}

/** What the disk itself gives reason to say. undefined: there is no data folder to look at. */
export function diskNotices(disk: DiskFigures | undefined): AdminNotice[] {
  if (disk === undefined) return [];
  const notices: AdminNotice[] = [];
  const free = `${(disk.freeBytes / GB).toFixed(1)} GB`;
  const reserve = `${(disk.reservedBytes / GB).toFixed(1)} GB`;
  if (disk.freeBytes <= disk.reservedBytes) {
    notices.push({
      code: 'disk-full', severity: 'problem',
      what: `The disk of ${disk.folder} has ${free} free, and ${reserve} of it are kept in reserve: uploads are refused.`,
      action: 'Delete videos or other files on that disk, or make it larger. Lowering SWITCH_RESERVE_FREE_BYTES only helps for a while.',
    });
  } else if (disk.freeBytes < Math.max(LOW_DISK_RESERVES * disk.reservedBytes, GIB)) {
    notices.push({
      code: 'disk-low', severity: 'warning',
      what: `The disk of ${disk.folder} has only ${free} free. Uploads are refused once ${reserve} are left.`,
      action: 'Delete videos or other files on that disk, or make it larger.',
    });
  }
  if (disk.network !== null) {
    notices.push({
      code: 'data-on-network-folder', severity: 'warning',
      what: `The data folder ${disk.folder} lies on a network file system (${disk.network}). When the network or the other machine fails, `
        + 'so does this node, and what was just written may be lost; a second node on the same folder is not noticed.',
      action: 'Put the data folder on a disk of this machine. Videos that lie on the network can stay there: name their folder in SWITCH_LIBRARY_DIR.',
    });
  }
  return notices;
}

export function storageSilent(error: unknown): AdminNotice {
  return {
    code: 'storage-unavailable', severity: 'problem',
    what: `The storage does not answer, so no video can be listed or uploaded: ${error instanceof Error ? error.message : String(error)}`,
    action: 'Check that the disk is there, or that MongoDB runs and is reachable from this node. It goes on by itself when the storage is back.',
  };
}

function unasked(error: unknown): AdminNotice {
  return {
    code: 'part-unasked', severity: 'warning',
    what: `One part of the appliance could not tell how it is: ${error instanceof Error ? error.message : String(error)}`,
    action: 'Look at the log below for its reason.',
  };
}
