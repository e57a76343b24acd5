/**
 * ICE servers for clients, each with a name and a password for TURN that are its own and expire: the "TURN REST API" scheme
 * (draft-uberti-behave-turn-rest-00, section 2.2), coturn's `use-auth-secret`. The name is `expiry:peer id`, the expiry in seconds since
 * 1970, the password base64(HMAC-SHA-1(secret, name)).
 */
import { createHmac } from 'node:crypto';
import { isTurn } from '../../config/ice-server.ts';
import type { IceServer } from '../../engine/index.ts';

export interface IceServerOptions {
  readonly iceServers: readonly string[];
  /** There where there is a TURN server. */
  readonly turnSecret: string | undefined;
  /** Default 12 h. */
  readonly lifetimeMs?: number;
}

/** Long enough for two films and for a client whose socket is lost for hours; short enough that a password that gets around is soon worth nothing. */
const DEFAULT_LIFETIME_MS = 12 * 3_600_000;

export class ClientIceServers {
  /** Half of the lifetime: so what a client has lasts for as long again, and a connection can be made and used with it. */
  readonly renewAfterMs: number;
  readonly #now: () => number;
  readonly #options: IceServerOptions;
  readonly #lifetimeMs: number;

  /** `now`: milliseconds since 1970. */
  constructor({ now }: { readonly now: () => number }, options: IceServerOptions) {
    this.#now = now;
    this.#options = options;
    this.#lifetimeMs = options.lifetimeMs ?? DEFAULT_LIFETIME_MS;
    this.renewAfterMs = options.iceServers.some(isTurn) ? this.#lifetimeMs / 2 : Number.POSITIVE_INFINITY;
  }

  for(peerId: string): readonly IceServer[] {
    const { iceServers, turnSecret } = this.#options;
    return iceServers.flatMap((urls) => {
      if (!isTurn(urls)) return [{ urls }];
      return turnSecret === undefined ? [] : [{ urls, ...turnCredential(turnSecret, peerId, Math.floor((this.#now() + this.#lifetimeMs) / 1000)) }];
    });
  }
}

export function turnCredential(secret: string, name: string, expirySeconds: number): { readonly username: string; readonly credential: string } {
  const username = `${expirySeconds}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
