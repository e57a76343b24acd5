/** The engine: one peer network, and the downloads that share it. */
import type { Download, Engine, EngineOptions, OpenOptions } from './api.ts';
import { SwitchDownload } from './download/download.ts';
import { ManifestFinder } from './manifest-finder.ts';
import { openNetwork } from './open-network.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { isContentId } from './protocol/content-id.ts';
import { errorCode, SwitchError } from './protocol/errors.ts';
import { type Manifest, verifyManifest } from './protocol/manifest.ts';
import { CdnSource } from './source/cdn-source.ts';
import { VerifiedSource } from './source/verified-source.ts';
import type { PeerNetwork } from './swarm/swarm.ts';

/** What an engine is made of besides its options; a test gives its own. */
export interface EngineComponents {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** undefined, or a throw: no swarm, the CDN alone. */
  readonly openNetwork: (components: { readonly clock: Clock; readonly random: () => number }, options: EngineOptions) => PeerNetwork | undefined;
}

const DEFAULT_MANIFEST_TIMEOUT_MS = 15_000;

/** SwitchError `udp-port-taken` when `udpPort` is named and another program has it. */
export function createEngine(options: EngineOptions, components: Partial<EngineComponents> = {}): Engine {
  return new SwitchEngine({
    // Called unbound, as browsers' `fetch` refuses any other `this`.
    fetch: (input, init) => globalThis.fetch(input, init), clock: systemClock, random: Math.random, openNetwork, ...components,
  }, options);
}

class SwitchEngine implements Engine {
  readonly #parts: EngineComponents;
  readonly #appliances: readonly string[];
  readonly #network: PeerNetwork | undefined;
  readonly #finder: ManifestFinder;
  readonly #downloads = new Set<Download>();
  readonly #stop = new AbortController();
  #stopping: Promise<void> | undefined;

  constructor(components: EngineComponents, options: EngineOptions) {
    this.#parts = components;
    this.#appliances = [...new Set(options.appliances.map((base) => base.replace(/\/+$/, '')))];
    this.#network = networkOrNone(components, options);
    this.#finder = new ManifestFinder({ ...components, network: this.#network }, { appliances: this.#appliances });
  }

  async manifest(contentId: string, options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {}): Promise<Manifest> {
    this.#mustRun();
    if (!isContentId(contentId)) throw new SwitchError('no-such-video', `${contentId} is not a content id: those are 64 lower-case hex digits.`);
    const signal = options.signal === undefined ? this.#stop.signal : AbortSignal.any([options.signal, this.#stop.signal]);
    return this.#finder.find(contentId, { signal, timeoutMs: options.timeoutMs ?? DEFAULT_MANIFEST_TIMEOUT_MS });
  }

  /** SwitchError `bad-manifest`, `store-failed`, `aborted`, and `closed` when this engine has the content open already. */
  async open(manifest: Manifest, options: OpenOptions): Promise<Download> {
    this.#mustRun();
    verifyManifest(manifest);
    let download: SwitchDownload | undefined;
    const evicted = new Set<number>();
    const onEvicted = (piece: number): void => void (download === undefined ? evicted.add(piece) : download.evicted(piece));
    const held = await options.store.open(manifest, { onEvicted, ...(options.signal === undefined ? {} : { signal: options.signal }) });
    try {
      this.#mustRun();
      download = this.#start(manifest, { ...options, held: without(held, evicted), seed: Math.floor(this.#parts.random() * 0x1_0000_0000) });
      return download;
    } catch (error) {
      await options.store.close();
      throw error;
    }
  }

  setMaxUploadMbps(maxUploadMbps: number): void {
    this.#network?.setMaxUploadMbps(maxUploadMbps);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  #start(manifest: Manifest, options: ConstructorParameters<typeof SwitchDownload>[1]): SwitchDownload {
    const { clock, fetch } = this.#parts;
    const cdnSources = this.#appliances.map((base) => new VerifiedSource(new CdnSource({ fetch, clock }, { base, manifest }), manifest));
    const network = this.#network;
    const download: SwitchDownload = new SwitchDownload({
      clock, manifest, cdnSources, onClosed: () => this.#downloads.delete(download),
      join: network && ((provider, events) => network.join(manifest.contentId, provider, events)),
    }, options);
    this.#downloads.add(download);
    download.start();
    return download;
  }

  async #stopAll(): Promise<void> {
    this.#stop.abort(stopped());
    await Promise.all([...this.#downloads].map((download) => download.close()));
    await this.#network?.stop();
  }

  #mustRun(): void {
    if (this.#stop.signal.aborted) throw stopped();
  }
}

/** A platform without WebRTC is no reason not to download from the CDN. */
function networkOrNone(components: EngineComponents, options: EngineOptions): PeerNetwork | undefined {
  try {
    return components.openNetwork(components, options);
  } catch (error) {
    // Who names a port has a reason to: a router or a container that lets through no other.
    if (errorCode(error) === 'udp-port-taken') throw error;
    return undefined;
  }
}

function without(pieces: Iterable<number>, evicted: ReadonlySet<number>): Iterable<number> {
  return evicted.size === 0 ? pieces : [...pieces].filter((piece) => !evicted.has(piece));
}

function stopped(): SwitchError {
  return new SwitchError('closed', 'The engine has been stopped.');
}
