/** The node as a process of its own, for benches: what the image has, started as the image starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Closing } from '../fixtures/browser.ts';
import { INSTALLED_COMMAND, installNode } from './installed-node.ts';
import { residentBytes } from './process-usage.ts';

/** As in the Dockerfile. */
const IMAGE_ENV = { NODE_ENV: 'production', NODE_OPTIONS: '--max-semi-space-size=16' };
const START_LIMIT_MS = 60_000;

export interface NodeProcess {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it answers that it is ready. */
  readonly readyMs: number;
  /** Resident memory, bytes. */
  memoryBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Ends when `t` does, or by `stop`. */
export async function startNode(t: Closing, flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
  await installNode();
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [INSTALLED_COMMAND, 'serve', '--host', '127.0.0.1', '--port', '0', '--udp-port', '0', '--log-level', 'warn', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], ...IMAGE_ENV, ...env },
  });
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  t.teardown(stop);
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  try {
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk);
      const url = /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
      if (url === undefined) continue;
      child.stdout.resume();
      await ready(url);
      const readyMs = performance.now() - startedAtMs;
      const pid = child.pid ?? 0;
      return { url, pid, readyMs, memoryBytes: () => residentBytes(pid), stop };
    }
  } finally {
    clearTimeout(limit);
  }
  throw new Error('The node ended before it was ready.');
}

async function ready(url: string): Promise<void> {
  const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(START_LIMIT_MS) });
  if (status !== 200) throw new Error(`The node answered ${status} when it was asked whether it is ready.`);
}
