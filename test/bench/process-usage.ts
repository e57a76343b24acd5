/** What a process of this machine uses, as Linux counts it. */
import { readFile, writeFile } from 'node:fs/promises';

/** Of the kernel's clock that /proc counts in; 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** Bytes in memory now. @see proc(5), `VmRSS` */
export function residentBytes(pid: number): Promise<number> {
  return statusBytes(pid, 'VmRSS');
}

/** The most bytes in memory since the start, or since {@link resetPeak}. @see proc(5), `VmHWM` */
export function peakBytes(pid: number): Promise<number> {
  return statusBytes(pid, 'VmHWM');
}

/** @see proc(5), `clear_refs` */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** User and system time so far. @see proc(5), `stat` */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
  return (user + system) / TICKS_PER_S;
}

async function statusBytes(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
}
