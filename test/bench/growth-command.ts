/** `software-switch get` as people run it, stopped when it has enough: what it took until then. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Closing } from '../fixtures/browser.ts';
import { INSTALLED_COMMAND, installNode } from './installed-node.ts';
import { cpuSeconds, peakBytes } from './process-usage.ts';

const LOOK_MS = 50;
const LIMIT_MS = 300_000;

export interface GetTask {
  /** Of the video. */
  readonly url: string;
  readonly output: string;
  readonly policy: 'cdn-first' | 'swarm-first';
  readonly untilBytes: number;
}

export interface GetUsage {
  readonly peakBytes: number;
  readonly heldBytes: number;
  readonly cpuSeconds: number;
}

interface ProgressLine {
  readonly type: string;
  readonly bytesHeld?: number;
  readonly sizeBytes?: number;
}

export async function getSome(t: Closing, { url, output, policy, untilBytes }: GetTask): Promise<GetUsage> {
  await installNode();
  const child = spawn(process.execPath, [INSTALLED_COMMAND, 'get', url, '-o', output, '--policy', policy, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const stderr = text(child.stderr);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  t.teardown(stop);
  const told = { heldBytes: 0, isDone: false };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { type, bytesHeld, sizeBytes } = JSON.parse(line) as ProgressLine;
    told.heldBytes = (type === 'summary' ? sizeBytes : bytesHeld) ?? told.heldBytes;
    told.isDone ||= type === 'summary' || told.heldBytes >= untilBytes;
  });
  let peak = 0;
  let cpu = 0;
  const endMs = performance.now() + LIMIT_MS;
  while (!told.isDone && child.exitCode === null && performance.now() < endMs) {
    await delay(LOOK_MS);
    // Gone, when it ended meanwhile: what was seen before counts.
    peak = await peakBytes(child.pid ?? 0).catch(() => 0) || peak;
    cpu = await cpuSeconds(child.pid ?? 0).catch(() => cpu);
  }
  await stop();
  if (!told.isDone) throw new Error(`get had ${told.heldBytes} of ${untilBytes} bytes of ${url} when it ended, or after ${LIMIT_MS} ms: ${await stderr}`);
  return { peakBytes: peak, heldBytes: told.heldBytes, cpuSeconds: cpu };
}
