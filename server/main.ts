/**
 * `serve`: settings -> appliance -> listen -> tell where the page is -> wait for a signal -> graceful stop. What people read
 * goes to standard output, the log to standard error.
 */
import { networkInterfaces } from 'node:os';
import { ConfigError } from '../config/config-error.ts';
import { loadConfig, type Origins } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { SwitchError } from '../engine/index.ts';
import { startAppliance, type Appliance } from './appliance.ts';
import { UdpPortError } from './reach/udp-port.ts';
import { StorageError } from './storage/storage-error.ts';

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** With the default drain it ends before the ten seconds containers are given. */
const STOP_GRACE_MS = 1_500;

/**
 * Runs an appliance until SIGTERM or SIGINT. Resolves with the exit code: 0 stopped, 1 could not start, 2 wrong settings.
 * A second signal ends the waiting for open streams.
 */
export async function serve(argv: readonly string[]): Promise<number> {
  let config: Config;
  let origins: Origins;
  try {
    ({ config, origins } = loadConfig(argv));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The appliance cannot start with these settings:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
    return EXIT_USAGE;
  }
  const signals = new StopSignals();
  let madeToken: string | undefined;
  try {
    const appliance = await startAppliance(config, { logDestination: process.stderr, origins, onTokenMade: (token) => { madeToken = token; } });
    process.stdout.write(greeting(config, appliance) + aboutToken(madeToken));
    madeToken = undefined;
    appliance.log.info({ url: appliance.url }, 'listening');
    await signals.first;
    // A part that does not let go of the process must not make a container wait for its kill.
    setTimeout(() => {
      appliance.log.error('some part did not stop in time; leaving it');
      process.exit(EXIT_DONE);
    }, config.drainTimeoutMs + STOP_GRACE_MS).unref();
    appliance.log.info('stopping; open streams may go on for a few seconds');
    await appliance.stop(signals.second);
    appliance.log.info('stopped');
    return EXIT_DONE;
  } catch (error) {
    // The next start finds it made, and would not show it.
    process.stdout.write(aboutToken(madeToken));
    process.stderr.write(`The appliance could not ${signals.asked ? 'stop cleanly' : 'start'}: ${explain(error, config)}\n`);
    return EXIT_FAILED;
  } finally {
    signals.close();
  }
}

class StopSignals {
  readonly #second = new AbortController();
  readonly first: Promise<void>;
  asked = false;
  #resolve: () => void = () => {};

  constructor() {
    this.first = new Promise((resolve) => { this.#resolve = resolve; });
    process.on('SIGTERM', this.#onSignal).on('SIGINT', this.#onSignal);
  }

  get second(): AbortSignal {
    return this.#second.signal;
  }

  close(): void {
    process.off('SIGTERM', this.#onSignal).off('SIGINT', this.#onSignal);
  }

  readonly #onSignal = (): void => {
    if (this.asked) this.#second.abort();
    this.asked = true;
    this.#resolve();
  };
}

function greeting(config: Config, appliance: Appliance): string {
  const lines = ['', 'Software Switch is running. Open the page at', ...addresses(config.host, appliance).map((address) => `  ${address.replace(/\/*$/, '')}${config.basePath ?? ''}/`), ''];
  return `${lines.join('\n')}\n`;
}

function aboutToken(made: string | undefined): string {
  return made === undefined ? '' : `Admin token, to sign in and to upload. It is shown this once; keep it:\n  ${made}\n\n`;
}

/** Every address others may reach the page at: all of the machine's when it listens on all. */
function addresses(host: string, { url, port }: Appliance): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [url];
  const found = Object.values(networkInterfaces()).flat().filter((address) => address !== undefined)
    .filter((address) => !address.internal && (address.family === 'IPv4' || (host === '::' && address.scopeid === 0)));
  const lan = found.map((address) => `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${port}/`);
  return [`http://localhost:${port}/`, ...lan];
}

function explain(error: unknown, config: Config): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${config.port} is taken by another program. Stop it, or choose another with --port or SWITCH_PORT.`;
  if (code === 'EACCES' && config.port < 1024) return `port ${config.port} needs rights this program does not have. Choose one above 1023 with --port or SWITCH_PORT.`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${config.host}. Set --host or SWITCH_HOST to one it has, or to 0.0.0.0.`;
  if (error instanceof StorageError || error instanceof UdpPortError || error instanceof SwitchError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
