// A Docker engine for the container tests: the one that DOCKER_HOST or the usual socket leads to, else a dockerd of our own that
// ends with us. Its images stay under .cache, so that a second run has them.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findCommand } from '../mongodb-for-tests/find-command.ts';

export interface DockerForTests {
  /** For the environment of whoever runs `docker`; undefined: as it is. */
  readonly host: string | undefined;
  stop(): Promise<void>;
}

/** No engine can be had on this machine; the message says what would be needed. */
export class NoDockerError extends Error {
  readonly code = 'NO_DOCKER';
}

const ANSWER_LIMIT_MS = 10_000;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const POLL_MS = 100;

/** @throws NoDockerError */
export async function startDocker(cache: string, log: (line: string) => void, signal: AbortSignal): Promise<DockerForTests> {
  if (findCommand('docker') === null) throw new NoDockerError('There is no docker command. On Debian: apt-get install docker.io iptables');
  if (await answers(process.env['DOCKER_HOST'])) return { host: process.env['DOCKER_HOST'], stop: async () => undefined };
  const dockerd = findCommand('dockerd');
  if (process.getuid?.() !== 0 || dockerd === null) throw new NoDockerError('No Docker engine answers, and only root with dockerd can start one (on Debian: apt-get install docker.io iptables)');
  return startOwn(dockerd, cache, log, signal);
}

async function startOwn(dockerd: string, cache: string, log: (line: string) => void, signal: AbortSignal): Promise<DockerForTests> {
  // A socket's address holds some hundred bytes, so it does not lie under the checkout.
  const folder = mkdtempSync(join(tmpdir(), 'switch-dockerd-'));
  const host = `unix://${folder}/docker.sock`;
  const logPath = join(cache, 'dockerd.log');
  mkdirSync(cache, { recursive: true });
  const output = openSync(logPath, 'w');
  const daemon = spawn(dockerd, ['--host', host, '--data-root', join(cache, 'docker'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')], {
    // Detached: a Ctrl-C in the terminal is for us to turn into an orderly stop.
    stdio: ['ignore', output, output], detached: true, env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  closeSync(output);
  const stop = async (): Promise<void> => {
    await end(daemon);
    // The machine's own network, which dockerd has mounted there and leaves so.
    await promisify(execFile)('umount', [join(folder, 'exec/netns/default')]).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const endMs = performance.now() + START_LIMIT_MS;
    while (!await answers(host)) {
      signal.throwIfAborted();
      if (daemon.exitCode !== null || performance.now() > endMs) throw new NoDockerError(`dockerd did not start here. Its log ends:\n${lastLines(logPath)}`);
      await setTimeout(POLL_MS);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  log('a Docker engine of its own answers');
  return { host, stop };
}

async function answers(host: string | undefined): Promise<boolean> {
  try {
    await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: ANSWER_LIMIT_MS, env: { ...process.env, ...(host === undefined ? {} : { DOCKER_HOST: host }) } });
    return true;
  } catch {
    return false;
  }
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  const limit = new AbortController();
  await Promise.race([ended, setTimeout(STOP_LIMIT_MS, undefined, { signal: limit.signal }).then(() => daemon.kill('SIGKILL'), () => undefined)]);
  limit.abort();
}

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
}
