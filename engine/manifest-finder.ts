/** Finds a content's manifest: at each appliance in turn, else in the swarm. It is checked, so it may come from anybody. */
import type { Clock } from './platform/clock.ts';
import { errorCode, SwitchError } from './protocol/errors.ts';
import { manifestFromJson, type Manifest } from './protocol/manifest.ts';
import type { PeerNetwork, SwarmEvents, SwarmPeer } from './swarm/swarm.ts';

/** An appliance that does not answer is passed over after this. */
const APPLIANCE_LIMIT_MS = 3_000;

/** Connections striven for in search of a manifest: any one of them will do. */
const PEERS_ASKED = 4;

export interface ManifestFinderComponents {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly network: PeerNetwork | undefined;
}

export interface FindOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export class ManifestFinder {
  readonly #parts: ManifestFinderComponents;
  readonly #appliances: readonly string[];

  constructor(components: ManifestFinderComponents, options: { readonly appliances: readonly string[] }) {
    this.#parts = components;
    this.#appliances = options.appliances;
  }

  /** SwitchError `no-such-video` when every appliance says so and no peer has it, `nobody-serves`, `aborted`. */
  async find(contentId: string, options: FindOptions): Promise<Manifest> {
    const stop = new AbortController();
    const abort = (): void => stop.abort(new SwitchError('aborted', 'The search was given up.'));
    if (options.signal.aborted) abort();
    options.signal.addEventListener('abort', abort, { once: true });
    const tried: SwitchError[] = [];
    const cancel = this.#parts.clock.after(options.timeoutMs, () => stop.abort(nobody(contentId, tried)));
    try {
      for (const base of this.#appliances) {
        const found = await this.#askAppliance(base, contentId, stop.signal);
        if (!(found instanceof SwitchError)) return found;
        stop.signal.throwIfAborted();
        tried.push(found);
      }
      // A library that says it has no such video is believed; only one that cannot answer is gone round.
      const isKnownMissing = tried.length > 0 && tried.every(({ code }) => code === 'no-such-video');
      if (isKnownMissing) throw new SwitchError('no-such-video', tried.map(({ message }) => message).join(' '));
      return await this.#askSwarm(contentId, stop.signal, () => nobody(contentId, tried));
    } catch (error) {
      throw stop.signal.aborted && stop.signal.reason instanceof SwitchError ? stop.signal.reason : error;
    } finally {
      cancel();
      options.signal.removeEventListener('abort', abort);
    }
  }

  async #askAppliance(base: string, contentId: string, signal: AbortSignal): Promise<Manifest | SwitchError> {
    const limit = new AbortController();
    const abort = (): void => limit.abort();
    signal.addEventListener('abort', abort, { once: true });
    const cancel = this.#parts.clock.after(APPLIANCE_LIMIT_MS, abort);
    const { fetch } = this.#parts;
    try {
      const response = await fetch(`${base.replace(/\/+$/, '')}/api/videos/${contentId}/manifest`, { signal: limit.signal });
      if (!response.ok) {
        await response.body?.cancel();
        return response.status === 404
          ? new SwitchError('no-such-video', `${base} does not have this video.`)
          : new SwitchError('cdn-down', `${base} answered ${response.status}.`);
      }
      const manifest = manifestFromJson(await response.json());
      if (manifest.contentId === contentId) return manifest;
      return new SwitchError('bad-manifest', `${base} gave the manifest of another video.`);
    } catch (error) {
      if (errorCode(error) === 'bad-manifest' && error instanceof SwitchError) return error;
      return new SwitchError('cdn-down', `${base} cannot be reached.`, { cause: error });
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  async #askSwarm(contentId: string, signal: AbortSignal, giveUp: () => SwitchError): Promise<Manifest> {
    const { network } = this.#parts;
    if (network === undefined) throw giveUp();
    const answer = Promise.withResolvers<Manifest>();
    const ask = (peer: SwarmPeer): void => {
      peer.requestManifest({ signal }).then(answer.resolve, () => undefined);
    };
    const abort = (): void => answer.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const provider = { manifest: undefined, has: () => false, read: async () => undefined };
    const membership = network.join(contentId, provider, { ...SILENT, onPeerOpen: ask });
    membership.setWantedPeers(PEERS_ASKED);
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      membership.leave();
    }
  }
}

const SILENT: SwarmEvents = {
  onPeerOpen: () => undefined, onPeerGone: () => undefined, onPeerHave: () => undefined,
  onGrant: () => undefined, onQueued: () => undefined, onSignalling: () => undefined,
};

function nobody(contentId: string, tried: readonly SwitchError[]): SwitchError {
  return new SwitchError('nobody-serves', [`Nobody could describe ${contentId}.`, ...tried.map(({ message }) => message), 'No peer was found.'].join(' '));
}
