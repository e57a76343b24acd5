/**
 * How cost grows with the size of a file: one node for each size, which indexes a film in place in its watched folder, serves ranges
 * of it, seeds it, and is downloaded and watched from. Of a large film only as much is fetched as shows whether memory is flat.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeManifest, encodeManifest, type Manifest, manifestFromJson, type ManifestJson } from '../../engine/index.ts';
import type { Closing } from '../fixtures/browser.ts';
import type { BenchRow } from './bench.ts';
import { getSome } from './growth-command.ts';
import { type RepeatedFilm, writeFilm } from './growth-film.ts';
import { type GrowthLine, rowsOf } from './growth-rows.ts';
import { useTab } from './growth-tab.ts';
import { type NodeProcess, startNode } from './node-process.ts';
import { cpuSeconds, peakBytes, resetPeak } from './process-usage.ts';
import { GROWTH_TARGETS } from './targets.ts';

const MIB = 1024 * 1024;
const GB = 1e9;
const RANGES_AT_ONCE = 8;
/** Twenty gigabytes on a slow disk, or a machine with other work. */
const INDEX_LIMIT_MS = 900_000;
const LOOK_MS = 500;
const MANIFEST_ROUNDS = 9;

export interface FilesTask {
  readonly films: readonly RepeatedFilm[];
  /** Of each film, at most, in each way. */
  readonly fetchBytes: number;
  readonly playSeconds: number;
  readonly seekTo: readonly number[];
  readonly log: (line: string) => void;
}

interface Subject {
  readonly node: NodeProcess;
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly indexPeakBytes: number;
  readonly indexCpuSeconds: number;
}

interface Listed {
  readonly contentId: string;
  readonly sizeBytes: number;
  readonly mediaState: string;
}

type Figures = Readonly<Record<keyof typeof LINES, readonly number[]>>;

const LINES = {
  manifestBytes: ['manifest: size as sent to a peer', 'kB'],
  manifestEncodeMs: ['manifest: time to encode', 'ms'],
  manifestDecodeMs: ['manifest: time to decode and verify', 'ms'],
  indexCpu: ['node, indexing in place: CPU', 's/GB'],
  indexMib: ['node, indexing in place: peak memory', 'MiB'],
  serveMib: ['node, serving ranges anywhere: peak memory', 'MiB'],
  rangeMs: ['node, 1 MiB anywhere: time', 'ms'],
  cdnMib: ['node, serving the command: peak memory', 'MiB'],
  seedMib: ['node, seeding to the command: peak memory', 'MiB'],
  getCdnMib: ['command, from the CDN: peak memory', 'MiB'],
  getCdnCpu: ['command, from the CDN: CPU', 's/GB'],
  getSwarmMib: ['command, from the swarm: peak memory', 'MiB'],
  getSwarmCpu: ['command, from the swarm: CPU', 's/GB'],
  playMib: ['tab, playing: peak memory', 'MiB'],
  saveMib: ['tab, downloading: peak memory', 'MiB'],
  browserMib: ['browser process, downloading: peak memory', 'MiB'],
  firstFrameMs: ['tab, from the press to the first picture', 'ms'],
  seekMs: ['tab, from a jump to its picture', 'ms'],
} as const;

const MUST_BE_FLAT: readonly (keyof typeof LINES)[] = ['indexMib', 'serveMib', 'cdnMib', 'seedMib', 'getCdnMib', 'getSwarmMib', 'playMib', 'saveMib', 'browserMib'];

export async function growthWithFiles(t: Closing, scratch: string, task: FilesTask): Promise<BenchRow[]> {
  const { films, log } = task;
  log(`${films.length} films in watched folders`);
  const subjects: Subject[] = [];
  // Together, as each waits for its file to stand still.
  await Promise.all(films.map(async (film, index) => {
    subjects[index] = await indexed(t, join(scratch, String(index)), film);
  }));
  const points: { at: number; figures: Figures }[] = [];
  for (const [index, subject] of subjects.entries()) {
    log(`a file of ${(subject.sizeBytes / MIB).toFixed(0)} MiB`);
    points.push({ at: subject.sizeBytes, figures: await measure(t, join(scratch, `got-${index}`), subject, task) });
    await subject.node.stop();
  }
  return (Object.keys(LINES) as (keyof typeof LINES)[]).flatMap((key) => rowsOf({
    name: LINES[key][0], unit: LINES[key][1], along: 'size of the file', points: points.map(({ at, figures }) => ({ at, samples: figures[key] })),
    ...(MUST_BE_FLAT.includes(key) ? { flat: GROWTH_TARGETS.flatMemory } : {}),
  } satisfies GrowthLine));
}

async function indexed(t: Closing, folder: string, film: RepeatedFilm): Promise<Subject> {
  await writeFilm(join(folder, 'films', 'film.mp4'), film);
  const node = await startNode(t, ['--data-dir', join(folder, 'data'), '--library-dir', join(folder, 'films'), '--library-hash-mbps', '0', '--seeder-max-mbps', '0', '--reserve-free-bytes', '0']);
  const startSeconds = await cpuSeconds(node.pid);
  const { contentId, sizeBytes } = await untilListed(node.url);
  return { node, contentId, sizeBytes, indexPeakBytes: await peakBytes(node.pid), indexCpuSeconds: await cpuSeconds(node.pid) - startSeconds };
}

/** Asks seldom: what the node does for the answer is counted too. */
async function untilListed(url: string): Promise<Listed> {
  const endMs = performance.now() + INDEX_LIMIT_MS;
  while (performance.now() < endMs) {
    const { items } = await (await fetch(`${url}/api/videos`)).json() as { readonly items: readonly Listed[] };
    const [video] = items;
    if (video !== undefined && video.mediaState !== 'pending') return video;
    await delay(LOOK_MS);
  }
  throw new Error(`The film was not in the library after ${INDEX_LIMIT_MS} ms.`);
}

async function measure(t: Closing, folder: string, subject: Subject, { fetchBytes, playSeconds, seekTo, log }: FilesTask): Promise<Figures> {
  const { node, contentId, sizeBytes, indexPeakBytes, indexCpuSeconds } = subject;
  const url = `${node.url}/videos/${contentId}`;
  const untilBytes = Math.min(fetchBytes, sizeBytes);
  const peakDuring = async <Result>(run: () => Promise<Result>): Promise<{ readonly mib: number; readonly result: Result }> => {
    await resetPeak(node.pid);
    const result = await run();
    return { mib: await peakBytes(node.pid) / MIB, result };
  };
  const manifest = manifestFromJson(await (await fetch(`${node.url}/api/videos/${contentId}/manifest`)).json() as ManifestJson);
  log('its ranges');
  const served = await peakDuring(() => readAnywhere(`${url}/content`, sizeBytes, untilBytes));
  log('the command, from the CDN');
  const byCdn = await peakDuring(() => getSome(t, { url, output: join(folder, 'cdn.mp4'), policy: 'cdn-first', untilBytes }));
  log('the command, from the swarm');
  const bySwarm = await peakDuring(() => getSome(t, { url, output: join(folder, 'swarm.mp4'), policy: 'swarm-first', untilBytes }));
  log('a tab');
  const tab = await useTab(t, { url: node.url, contentId, seekTo, playSeconds, untilBytes });
  return {
    ...manifestFigures(manifest),
    indexCpu: [indexCpuSeconds / (sizeBytes / GB)], indexMib: [indexPeakBytes / MIB],
    serveMib: [served.mib], rangeMs: served.result, cdnMib: [byCdn.mib], seedMib: [bySwarm.mib],
    getCdnMib: [byCdn.result.peakBytes / MIB], getCdnCpu: [byCdn.result.cpuSeconds / (byCdn.result.heldBytes / GB)],
    getSwarmMib: [bySwarm.result.peakBytes / MIB], getSwarmCpu: [bySwarm.result.cpuSeconds / (bySwarm.result.heldBytes / GB)],
    playMib: [tab.playing.page / MIB], saveMib: [tab.downloading.page / MIB], browserMib: [tab.downloading.browser / MIB],
    firstFrameMs: [tab.firstFrameMs], seekMs: tab.seekMs,
  };
}

function manifestFigures(manifest: Manifest): Pick<Figures, 'manifestBytes' | 'manifestEncodeMs' | 'manifestDecodeMs'> {
  const encodeMs: number[] = [];
  const decodeMs: number[] = [];
  let bytes = encodeManifest(manifest);
  for (let round = 0; round < MANIFEST_ROUNDS; round += 1) {
    const startMs = performance.now();
    bytes = encodeManifest(manifest);
    const encodedMs = performance.now();
    decodeManifest(bytes);
    encodeMs.push(encodedMs - startMs);
    decodeMs.push(performance.now() - encodedMs);
  }
  return { manifestBytes: [bytes.length / 1000], manifestEncodeMs: encodeMs, manifestDecodeMs: decodeMs };
}

/** 1 MiB at a time, at places spread over all of the file. @returns how long each took, in milliseconds. */
async function readAnywhere(url: string, sizeBytes: number, bytes: number): Promise<number[]> {
  const count = Math.ceil(bytes / MIB);
  const times: number[] = [];
  let next = 0;
  const read = async (): Promise<void> => {
    while (next < count) {
      const start = Math.floor((next * 0.618_034 % 1) * Math.max(0, sizeBytes - MIB));
      next += 1;
      const startMs = performance.now();
      const answer = await fetch(url, { headers: { range: `bytes=${start}-${start + MIB - 1}` } });
      await answer.arrayBuffer();
      if (answer.status !== 206) throw new Error(`A range was answered with ${answer.status}.`);
      times.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: RANGES_AT_ONCE }, read));
  return times;
}
