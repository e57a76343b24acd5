/**
 * `serve`: settings -> appliance -> listen -> tell where the page is -> wait for a signal -> graceful stop. What people read
 * goes to standard output, the log to standard error.
 */
import { networkInterfaces } from 'node:os';
import { resolve as absolute } from 'node:path';
import { readAnnounced } from '../config/announced-address.ts';
import { ConfigError } from '../config/config-error.ts';
import { loadContainerUser, type ContainerUser } from '../config/container.ts';
import { loadConfig, type Origins } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { SwitchError } from '../engine/index.ts';
import { startAppliance, type Appliance } from './appliance.ts';
import { tokenFilePath } from './auth/token-file.ts';
import { ContainerUserError, settleInContainer } from './container/start.ts';
import { ownAddresses } from './reach/own-addresses.ts';
import { UdpPortError } from './reach/udp-port.ts';
import { StorageError } from './storage/storage-error.ts';

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Where nobody said what the machine is called by others. */
const EXAMPLE_MACHINE = '192.168.1.10';

/** With the default drain it ends before the ten seconds containers are given. */
const STOP_GRACE_MS = 1_500;

/**
 * Runs an appliance until SIGTERM or SIGINT. Resolves with the exit code: 0 stopped, 1 could not start, 2 wrong settings.
 * A second signal ends the waiting for open streams. `early` has fired when one came before this was called.
 */
export async function serve(argv: readonly string[], early: AbortSignal): Promise<number> {
  let config: Config;
  let origins: Origins;
  let user: ContainerUser | undefined;
  try {
    ({ config, origins } = loadConfig(argv));
    user = loadContainerUser();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The appliance cannot start with these settings:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
    return EXIT_USAGE;
  }
  const signals = new StopSignals({ isAsked: early.aborted, leaveAfterMs: config.drainTimeoutMs + STOP_GRACE_MS });
  let madeToken: string | undefined;
  let started = false;
  try {
    const notes = settleInContainer(user, config.dataDir);
    const appliance = await startAppliance(config, {
      logDestination: process.stderr, origins, onTokenMade: (token) => { madeToken = token; }, signal: signals.first,
    });
    started = true;
    process.stdout.write(greeting(config, appliance) + aboutToken(madeToken, config));
    madeToken = undefined;
    appliance.log.info({ url: appliance.url }, 'listening');
    for (const note of notes) appliance.log.warn(note);
    await signals.asked;
    appliance.log.info('stopping; open streams may go on for a few seconds');
    await appliance.stop(signals.second);
    appliance.log.info('stopped');
    return EXIT_DONE;
  } catch (error) {
    // The next start finds it made, and would not show it.
    process.stdout.write(aboutToken(madeToken, config));
    if (!started && signals.first.aborted) {
      process.stderr.write('The appliance was stopped before it had started.\n');
      return EXIT_DONE;
    }
    process.stderr.write(`The appliance could not ${started ? 'stop cleanly' : 'start'}: ${explain(error, config)}\n`);
    // It was told to end and has ended: a supervisor that restarts what failed must not begin it again.
    return started ? EXIT_DONE : EXIT_FAILED;
  } finally {
    signals.close();
  }
}

class StopSignals {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  readonly #leaveAfterMs: number;

  constructor({ isAsked, leaveAfterMs }: { readonly isAsked: boolean; readonly leaveAfterMs: number }) {
    this.#leaveAfterMs = leaveAfterMs;
    process.on('SIGTERM', this.#onSignal).on('SIGINT', this.#onSignal);
    if (isAsked) this.#onSignal();
  }

  get first(): AbortSignal {
    return this.#first.signal;
  }

  get second(): AbortSignal {
    return this.#second.signal;
  }

  /** Resolves when the first came. */
  get asked(): Promise<void> {
    return new Promise((resolve) => {
      if (this.first.aborted) resolve();
      else this.first.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  close(): void {
    process.off('SIGTERM', this.#onSignal).off('SIGINT', this.#onSignal);
  }

  readonly #onSignal = (): void => {
    if (this.first.aborted) {
      this.#second.abort();
      return;
    }
    // A part that does not let go of the process must not make a container wait for its kill, be it in a start or in a stop.
    setTimeout(() => {
      process.stderr.write(`${JSON.stringify({ level: 50, time: Date.now(), msg: 'some part did not stop in time; leaving it' })}\n`);
      process.exit(EXIT_DONE);
    }, this.#leaveAfterMs).unref();
    this.#first.abort(new Error('told to stop'));
  };
}

function greeting({ host, basePath = '', announce }: Config, appliance: Appliance): string {
  const list = (urls: readonly string[]): string => urls.map((url) => `  ${url.replace(/\/*$/, '')}${basePath}/\n`).join('');
  if (isWide(host) && ownAddresses().isBridgeOnly) {
    // What it sees of itself leads nowhere from other machines.
    const [machine = EXAMPLE_MACHINE] = announce.map((item) => readAnnounced(item).host);
    return `\nSoftware Switch is running, in a container. Open the page at the address of the machine that runs it, and the port published for ${appliance.port}, such as\n`
      + `${list([urlOf(machine, appliance.port)])}\n`;
  }
  return `\nSoftware Switch is running. Open the page at\n${list(addresses(host, appliance))}\n`;
}

function aboutToken(made: string | undefined, { dataDir, mongodbUri }: Config): string {
  if (made === undefined) return '';
  const where = mongodbUri === undefined
    ? `It is in the file ${tokenFilePath(absolute(dataDir))} too.`
    : 'With MongoDB nothing is kept on this disk, so it is in this log only; SWITCH_ADMIN_TOKEN_FILE gives one of your own.';
  return `Admin token, to sign in and to upload. It is shown this once; keep it:\n  ${made}\n${where} "software-switch admin reset-token" makes another.\n\n`;
}

/** Every address others may reach the page at: all of the machine's when it listens on all. */
function addresses(host: string, { url, port }: Appliance): readonly string[] {
  if (!isWide(host)) return [url];
  const found = Object.values(networkInterfaces()).flat().filter((address) => address !== undefined)
    .filter((address) => !address.internal && (address.family === 'IPv4' || (host === '::' && address.scopeid === 0)));
  return ['localhost', ...found.map(({ address }) => address)].map((name) => urlOf(name, port));
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

/** Whether it listens on every address. */
function isWide(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function explain(error: unknown, config: Config): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${config.port} is taken by another program. Stop it, or choose another with --port or SWITCH_PORT.`;
  if (code === 'EACCES' && config.port < 1024) return `port ${config.port} needs rights this program does not have. Choose one above 1023 with --port or SWITCH_PORT.`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${config.host}. Set --host or SWITCH_HOST to one it has, or to 0.0.0.0.`;
  if (error instanceof ContainerUserError || error instanceof StorageError || error instanceof UdpPortError || error instanceof SwitchError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
