/**
 * Sees in the requests themselves when a reverse proxy in front is not set up as it should be: each is told in the log once, and
 * to the admin as long as it goes on. docs/operations.md, "Behind a proxy", has the remedies.
 */
import type { FastifyRequest } from 'fastify';
import type { AdminNotice } from '../admin/notices.ts';
import type { App } from '../app-type.ts';
import { SIGNALLING_PATH } from '../signalling/routes.ts';
import { Sightings } from './sightings.ts';

/** Pages try signalling again every few seconds, so what is not seen for this long is mended, or nobody is there. */
const LATELY = { keptMs: 15 * 60_000, maxValues: 8 };

/** Lines in the log over the life of the process: whoever can reach the node could cause any number. */
const MAX_WARNINGS = 32;

/** A path as proxies name what they stripped; anything else is not shown to anybody. */
const PREFIX = /^\/[\w.~/-]{1,200}$/;

const RECIPES = 'docs/operations.md, "Behind a proxy", has recipes for Caddy, nginx and Traefik.';

export interface ProxyWatchOptions {
  /** '' or like `/switch`. */
  readonly basePath: string;
}

export class ProxyWatch {
  readonly #log: App['log'];
  readonly #basePath: string;
  readonly #warned = new Set<string>();
  /** Addresses from which WebSockets came without their upgrade, each with the host that was asked for: behind Docker's own proxy
   *  a direct viewer and a proxy can have the same address. */
  readonly #droppers: Sightings;
  /** Addresses that speak for others and are not trusted to. */
  readonly #speakers: Sightings;
  /** Paths that were stripped and are not the base path. */
  readonly #prefixes: Sightings;

  /** `now` in milliseconds. */
  constructor({ log, now }: { readonly log: App['log']; readonly now: () => number }, { basePath }: ProxyWatchOptions) {
    this.#log = log;
    this.#basePath = basePath;
    this.#droppers = new Sightings({ now }, LATELY);
    this.#speakers = new Sightings({ now }, LATELY);
    this.#prefixes = new Sightings({ now }, LATELY);
  }

  /** Before any route is declared. */
  observe(app: App): void {
    app.addHook('onRequest', (request, _reply, done) => {
      this.#lookAt(request);
      done();
    });
  }

  notices(): AdminNotice[] {
    return [
      ...this.#droppers.values().slice(-1).map((value) => this.#dropped(value.split(' ', 1)[0] ?? value)),
      ...this.#prefixes.values().slice(-1).map((prefix) => this.#stripped(prefix)),
      ...[this.#speakers.values()].filter(({ length }) => length > 0).map((addresses) => unheard(addresses)),
    ];
  }

  #lookAt({ url, headers, host, ip, socket }: FastifyRequest): void {
    const from = socket.remoteAddress;
    if (from === undefined) return;
    if (url.split('?', 1)[0] === SIGNALLING_PATH && headers['sec-websocket-key'] !== undefined) {
      // A WebSocket's own headers come through a proxy as any others do; Upgrade and Connection it takes out (RFC 9110, 7.6.1).
      const value = `${from} ${host}`;
      if (headers.upgrade !== undefined) this.#droppers.delete(value);
      else {
        this.#droppers.add(value);
        this.#warn(from, this.#dropped(from));
      }
    }
    const prefix = headers['x-forwarded-prefix'];
    if (typeof prefix === 'string' && PREFIX.test(prefix) && prefix.replace(/\/+$/, '') !== this.#basePath) {
      this.#prefixes.add(prefix);
      this.#warn(prefix, this.#stripped(prefix));
    }
    const forwarded = headers['x-forwarded-for'];
    if (typeof forwarded === 'string' && ip === from && forwarded.split(',').at(-1)?.trim() !== from) {
      this.#speakers.add(from);
      this.#warn(from, unheard([from]));
    }
  }

  /** Once for each `about`. */
  #warn(about: string, { code, what, action }: AdminNotice): void {
    const key = `${code} ${about}`;
    if (this.#warned.has(key) || this.#warned.size >= MAX_WARNINGS) return;
    this.#warned.add(key);
    this.#log.warn({ code }, `${what} ${action}`);
  }

  #dropped(address: string): AdminNotice {
    return {
      code: 'websocket-dropped', severity: 'problem',
      what: `The proxy at ${plain(address)} drops WebSockets: who comes through it can watch while the CDN has room, but gets nothing from `
        + 'other viewers and cannot wait for a place.',
      action: `Let the proxy pass the Upgrade header on for ${this.#basePath}${SIGNALLING_PATH}. ${RECIPES}`,
    };
  }

  #stripped(prefix: string): AdminNotice {
    const path = prefix.replace(/\/+$/, '');
    const now = this.#basePath === '' ? 'has nothing' : `has ${this.#basePath}`;
    return {
      code: 'base-path-unset', severity: 'warning',
      what: `Somebody says to be a proxy that serves this node under ${path === '' ? 'the root of its name' : path}, and the node ${now} as its base path: `
        + 'the page does not load that way.',
      action: `If a proxy of yours does, ${path === '' ? 'remove SWITCH_BASE_PATH' : `set SWITCH_BASE_PATH=${path}`} and start the node again. If none does, ignore this.`,
    };
  }
}

function unheard(addresses: readonly string[]): AdminNotice {
  const who = addresses.map(plain);
  return {
    code: 'proxy-untrusted', severity: 'warning',
    what: `${who.join(' and ')} ${who.length === 1 ? 'says' : 'say'} whom requests come from, and ${who.length === 1 ? 'is' : 'are'} not believed: `
      + 'everybody behind it counts as one client, also when somebody tries tokens, and the page\'s cookie is not kept to https.',
    action: `If that is your proxy, set SWITCH_TRUST_PROXY=${who.join(',')} and start the node again. If it is not, ignore this.`,
  };
}

/** An IPv4 address as a dual-stack socket writes it is written as people know it. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
