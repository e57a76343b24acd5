/**
 * How viewers reach the seeder: what is announced to whom, and what to tell an admin about it. Announced addresses where some are
 * set; else the machine's own; else, where those are a container's, the address by which that viewer came.
 */
import { reasonAgainstAddress } from '../../config/announced-address.ts';
import type { AnnouncedAddress } from '../../engine/index.ts';
import type { AnnouncedAddresses, AnnouncedFigures } from './announced-addresses.ts';
import type { Notice } from './notice.ts';
import type { OwnAddresses } from './own-addresses.ts';
import { reachNotices } from './reach-notices.ts';
import { addressInHost } from './viewer-host.ts';

export interface ReachFigures {
  /** 0: any, another for each connection. */
  readonly udpPort: number;
  readonly announced: readonly AnnouncedFigures[];
  readonly mode: ReachMode;
  readonly ownAddresses: readonly string[];
}

/** `from-host`: only addresses of a container's bridge are there, and each viewer is told the address by which it came. */
type ReachMode = 'announced' | 'own-addresses' | 'from-host';

export interface ReachComponents {
  readonly announced: AnnouncedAddresses;
  readonly ownAddresses: () => OwnAddresses;
  /** The `Host` by which a client of signalling came; null where nobody knows. */
  readonly hostOf: (peerId: string) => string | null;
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
}

export interface ReachOptions {
  readonly udpPort: number;
  /** Off: nobody needs to reach the UDP port, and there is nothing to say about it. */
  readonly seeder: boolean;
}

/** Addresses by which viewers came, kept to be named in a notice. */
const MAX_SEEN = 4;

export class Reach {
  readonly #parts: ReachComponents;
  readonly #options: ReachOptions;
  readonly #seen = new Set<string>();

  constructor(components: ReachComponents, options: ReachOptions) {
    this.#parts = components;
    this.#options = options;
  }

  start(): void {
    const { announced, log } = this.#parts;
    if (!this.#options.seeder) return;
    announced.start();
    const { udpPort, mode, ownAddresses } = this.figures();
    log.info({ udpPort, mode, announced: announced.figures(), ownAddresses }, 'how viewers reach the seeder');
    for (const { code, what, action } of this.notices()) log.warn({ code }, `${what} ${action}`);
  }

  stop(): void {
    this.#parts.announced.stop();
  }

  /** What this viewer is told in place of the machine's own addresses; nothing: those. As the engine's `announce`. */
  readonly announce = (peerId: string): readonly AnnouncedAddress[] => {
    const { announced, ownAddresses, hostOf } = this.#parts;
    const told = announced.current;
    if (told.length > 0) return told;
    const { addresses, isBridgeOnly } = ownAddresses();
    const { udpPort } = this.#options;
    if (!isBridgeOnly || udpPort === 0) return [];
    // Told to the very viewer that named it: nobody can send others to a third address.
    const came = addressInHost(hostOf(peerId));
    // Whatever a client may call the node, nobody is told what leads nowhere, and no notice says to set it.
    if (came === undefined || reasonAgainstAddress(came) !== undefined) return [];
    this.#remember(came);
    // The bridge's own still lead here from the container's host and from its neighbours.
    return [...new Set([came, ...addresses])].map((ip) => ({ ip, port: udpPort }));
  };

  figures(): ReachFigures {
    const { announced } = this.#parts;
    const { addresses, isBridgeOnly } = this.#parts.ownAddresses();
    const { udpPort } = this.#options;
    const unannounced = isBridgeOnly && udpPort !== 0 ? 'from-host' : 'own-addresses';
    return { udpPort, announced: announced.figures(), mode: announced.isEmpty ? unannounced : 'announced', ownAddresses: addresses };
  }

  /** Nothing while all is well. */
  notices(): readonly Notice[] {
    if (!this.#options.seeder) return [];
    return reachNotices(this.figures(), { isBridgeOnly: this.#parts.ownAddresses().isBridgeOnly, seenHosts: [...this.#seen] });
  }

  #remember(address: string): void {
    this.#seen.delete(address);
    this.#seen.add(address);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MAX_SEEN) break;
      this.#seen.delete(oldest);
    }
  }
}
