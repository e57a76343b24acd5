/** The disk under the data folder, and whether it is one at all. */
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';

export interface DiskFigures {
  /** Absolute. */
  readonly folder: string;
  readonly totalBytes: number;
  /** What this program may still write. */
  readonly freeBytes: number;
  /** Of the free bytes, what uploads leave. */
  readonly reservedBytes: number;
  /** `NFS`, `SMB`…; null on a disk of this machine, and where it cannot be known. */
  readonly network: string | null;
}

/** statfs(2), f_type of Linux. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'], [0x517b, 'SMB'], [0xff534d42, 'SMB'], [0xfe534d42, 'SMB'], [0x01021997, '9P'], [0x00c36400, 'Ceph'], [0x5346414f, 'AFS'],
]);

/** @throws the system's error when the folder is gone. */
export async function diskFigures(dataDir: string, { reservedBytes }: { readonly reservedBytes: number }): Promise<DiskFigures> {
  const { type, blocks, bavail, bsize } = await statfs(dataDir);
  return { folder: resolve(dataDir), totalBytes: blocks * bsize, freeBytes: bavail * bsize, reservedBytes, network: networkName(type) };
}

/** 9P is what Docker Desktop and WSL mount the host's folders with. */
export function networkName(type: number): string | null {
  // 32 bits, which some systems give with a sign.
  return NETWORK_TYPES.get(type >>> 0) ?? null;
}

/** `host:27017/database`, without user, password and options. Tells nothing of an address that it does not understand. */
export function databasePlace(uri: string): string {
  const place = /^mongodb(?:\+srv)?:\/\/(?:[^@/?#]*@)?([\w.:,[\]-]+)(\/[\w-]*)?(?:\?[^@]*)?$/.exec(uri);
  return place === null ? 'MongoDB' : `${place[1] ?? ''}${place[2] ?? ''}`;
}
