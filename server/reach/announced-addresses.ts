/**
 * The addresses of `announce` as they stand now. Names are looked up at the start and again about every minute, for home connections
 * change their address; a name that does not resolve stops nothing, as the house may be offline, and keeps the address it had.
 */
import { lookup, Resolver } from 'node:dns/promises';
import { readAnnounced, reasonAgainstAddress } from '../../config/announced-address.ts';
import type { AnnouncedAddress } from '../../engine/index.ts';

export interface AnnouncedFigures {
  /** As it was set. */
  readonly given: string;
  /** null: a name that has not resolved, or was not looked up yet. */
  readonly ip: string | null;
  readonly port: number;
  /** A clause for people; absent when all is well. */
  readonly problem?: string;
}

export interface AnnouncedComponents {
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
  /** The address a name stands for. Default: the name server's, IPv4 before IPv6, and where it knows none the system's. */
  readonly resolve?: (name: string, signal: AbortSignal) => Promise<string>;
}

export interface AnnouncedOptions {
  readonly announce: readonly string[];
  readonly udpPort: number;
  /** Between two looks at the names. Default a minute. */
  readonly refreshMs?: number;
  /** The same while one has no address yet. Default 10 s. */
  readonly retryMs?: number;
}

interface Item {
  readonly given: string;
  readonly name: string | undefined;
  readonly port: number;
  ip: string | null;
  problem: string | undefined;
}

const DEFAULT_REFRESH_MS = 60_000;
const DEFAULT_RETRY_MS = 10_000;

/** A name server that is there answers in milliseconds. */
const LOOKUP = { timeout: 1_000, tries: 2 };

/** No such name, and no IPv4 address of it: the name server's answers that leave something to ask the system. */
const UNKNOWN: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

export class AnnouncedAddresses {
  readonly #log: AnnouncedComponents['log'];
  readonly #resolve: (name: string, signal: AbortSignal) => Promise<string>;
  readonly #options: AnnouncedOptions;
  readonly #items: readonly Item[];
  #timer: NodeJS.Timeout | undefined;
  readonly #stopped = new AbortController();

  constructor({ log, resolve = resolveName }: AnnouncedComponents, options: AnnouncedOptions) {
    this.#log = log;
    this.#resolve = resolve;
    this.#options = options;
    this.#items = options.announce.map((given) => {
      const { host, isName, port = options.udpPort } = readAnnounced(given);
      return { given, port, name: isName ? host : undefined, ip: isName ? null : host, problem: undefined };
    });
  }

  /** Those known by now, in the order they were set. */
  get current(): readonly AnnouncedAddress[] {
    return this.#items.flatMap(({ ip, port }) => (ip === null ? [] : [{ ip, port }]));
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  figures(): readonly AnnouncedFigures[] {
    return this.#items.map(({ given, ip, port, problem }) => ({ given, ip, port, ...(problem === undefined ? {} : { problem }) }));
  }

  /** Begins to look the names up; does not wait for it. */
  start(): void {
    if (this.#items.some(({ name }) => name !== undefined)) void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** One name after the other: the system's lookup holds one of the few threads that also read files. */
  async #run(): Promise<void> {
    const { refreshMs = DEFAULT_REFRESH_MS, retryMs = DEFAULT_RETRY_MS } = this.#options;
    for (const item of this.#items) {
      if (item.name !== undefined) await this.#lookUp(item, item.name);
      if (this.#stopped.signal.aborted) return;
    }
    this.#timer = setTimeout(() => void this.#run(), this.#items.some(({ ip }) => ip === null) ? retryMs : refreshMs);
    this.#timer.unref();
  }

  async #lookUp(item: Item, name: string): Promise<void> {
    let ip: string;
    try {
      ip = await this.#resolve(name, this.#stopped.signal);
    } catch (error) {
      this.#failed(item, `does not resolve (${reasonOf(error)})`);
      return;
    }
    const against = reasonAgainstAddress(ip);
    if (against !== undefined) {
      this.#failed(item, `resolves to what cannot be announced: ${against}`);
      return;
    }
    item.problem = undefined;
    if (item.ip === ip || this.#stopped.signal.aborted) return;
    this.#log.info({ announced: item.given, before: item.ip, now: ip }, 'an announced name has a new address; viewers who connect from now on are told it');
    item.ip = ip;
  }

  /** Said once for each reason, not every minute. */
  #failed(item: Item, problem: string): void {
    if (item.problem === problem || this.#stopped.signal.aborted) return;
    item.problem = problem;
    this.#log.warn({ announced: item.given, kept: item.ip }, `${item.given}, which is to be announced, ${problem}; it is looked up again and again`);
  }
}

/**
 * The name server first, within a limit: the system's lookup cannot be given up, and while a silent name server holds it up, a
 * process that should end does not. One that answers holds up nothing; the system knows the hosts file and IPv6, too.
 */
async function resolveName(name: string, signal: AbortSignal): Promise<string> {
  const resolver = new Resolver(LOOKUP);
  const giveUp = (): void => resolver.cancel();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const [address] = await resolver.resolve4(name);
    if (address !== undefined) return address;
  } catch (error) {
    if (!UNKNOWN.has(codeOf(error))) throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  return (await lookup(name, { order: 'ipv4first' })).address;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOTFOUND') return 'no such name';
  if (code === 'EAI_AGAIN' || code === 'ETIMEOUT' || code === 'ECONNREFUSED') return 'the name server does not answer';
  return typeof code === 'string' ? code : String(error);
}
