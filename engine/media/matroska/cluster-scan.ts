/** Finds the next cluster by its id, for files without cues and files with a damaged place. */
import { elementAt, ID, unsigned } from './ebml.ts';
import { findPattern } from '../byte-search.ts';
import type { Mark } from '../byte-search.ts';
import type { UnitReader, UnitReadOptions } from '../unit-reader.ts';

const CLUSTER_ID = [0x1f, 0x43, 0xb6, 0x75];

/** The first cluster that begins at or after `position`; its time in ticks. */
export async function findCluster(units: UnitReader, position: number, end: number, options: UnitReadOptions): Promise<Mark | null> {
  return await findPattern(units, CLUSTER_ID, { position, end }, options, async (at) => await clusterAt(units, at, options));
}

/** Four bytes may look like an id by chance; a time right after them hardly does. */
async function clusterAt(units: UnitReader, position: number, options: UnitReadOptions): Promise<Mark | null> {
  const cluster = await elementAt(units, position, options.signal, options.onWait);
  if (cluster?.id !== ID.cluster) return null;
  let child = await elementAt(units, cluster.dataStart, options.signal, options.onWait);
  if (child?.id === ID.crc32 && child.dataEnd !== null) child = await elementAt(units, child.dataEnd, options.signal, options.onWait);
  if (child?.id !== ID.timestamp || child.dataEnd === null || child.dataEnd - child.dataStart > 8 || child.dataEnd > units.sizeBytes) return null;
  return { start: position, time: unsigned(await units.read(child.dataStart, child.dataEnd, options)) };
}
