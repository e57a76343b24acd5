/**
 * Addresses of STUN and TURN servers that are given by name. Looked up here, because libjuice looks names up for each connection
 * anew and holds what all connections share meanwhile: where the name server is silent (a house that is offline), the whole
 * process would stand still, and not end. The name server itself is asked first, for the system's lookups cannot be given up.
 */
import { lookup, Resolver } from 'node:dns/promises';
import { isIPv4 } from 'node:net';

/** A name server that is there answers in milliseconds. */
const LOOKUP = { timeout: 1_000, tries: 2 };

/** Servers move rarely. */
const REFRESH_MS = 300_000;
const RETRY_MS = 10_000;

/** Appliances name a handful; the oldest makes room. */
const MAX_NAMES = 64;

export interface ServerAddressesComponents {
  /** IPv4. Default: by the name server. */
  readonly resolve?: (name: string) => Promise<string | undefined>;
  /** Milliseconds; never goes back. */
  readonly now?: () => number;
}

interface Known {
  address: string | undefined;
  /** When to ask again. */
  againMs: number;
}

export class ServerAddresses {
  readonly #resolve: (name: string) => Promise<string | undefined>;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();

  constructor({ resolve = askNameServer, now = () => performance.now() }: ServerAddressesComponents = {}) {
    this.#resolve = resolve;
    this.#now = now;
  }

  /** IPv4; undefined while it is not known. Begins to look up what is not, or was long ago, and waits for nothing. */
  of(host: string): string | undefined {
    if (isIPv4(host)) return host;
    if (host.toLowerCase() === 'localhost') return '127.0.0.1';
    const known = this.#known.get(host) ?? { address: undefined, againMs: 0 };
    if (this.#now() >= known.againMs) void this.#lookUp(host, known);
    return known.address;
  }

  async #lookUp(name: string, known: Known): Promise<void> {
    known.againMs = Number.POSITIVE_INFINITY;
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_NAMES && oldest !== undefined) this.#known.delete(oldest);
    // One that is not found for now keeps the address it had.
    const address = await this.#resolve(name).catch(() => undefined);
    known.address = address ?? known.address;
    known.againMs = this.#now() + (address === undefined ? RETRY_MS : REFRESH_MS);
  }
}

async function askNameServer(name: string): Promise<string | undefined> {
  try {
    const [address] = await new Resolver(LOOKUP).resolve4(name);
    return address;
  } catch (error) {
    // It answers, so that the system's lookup, which knows the hosts file too, is not held up by it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTFOUND') return (await lookup(name, { family: 4 })).address;
    throw error;
  }
}
