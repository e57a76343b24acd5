/**
 * The two hellos of a connection. The offerer says the first one: in Node the opening of a channel and a message are told by different
 * ways, and what an answerer says at once may come before the offerer knows that its channel is open, and be lost. Whatever an answerer
 * wants to say waits until it was greeted.
 */
import { SwitchError } from '../protocol/errors.ts';
import { PEER_PROTOCOL_VERSION } from '../protocol/limits.ts';
import type { OutgoingMessage } from '../protocol/wire.ts';

export interface GreetingOptions {
  /** Whether we made the offer. */
  readonly speaksFirst: boolean;
}

export class Greeting {
  readonly #transmit: (message: OutgoingMessage) => void;
  readonly #speaksFirst: boolean;
  /** The topics of our swarms, in the seconds that a hello may take; undefined once ours was said. */
  #kept: OutgoingMessage[] | undefined = [];
  #heard = false;

  constructor(transmit: (message: OutgoingMessage) => void, options: GreetingOptions) {
    this.#transmit = transmit;
    this.#speaksFirst = options.speaksFirst;
  }

  /** Whether the peer has said hello. */
  get isHeard(): boolean {
    return this.#heard;
  }

  start(): void {
    if (this.#speaksFirst) this.#say();
  }

  send(message: OutgoingMessage): void {
    // A goodbye needs no hello, and nothing comes after it.
    if (this.#kept === undefined || message.type === 'goodbye') this.#transmit(message);
    else this.#kept.push(message);
  }

  /** Whether the peer's version is spoken here. SwitchError `bad-message` for a second hello. */
  hear(version: number): boolean {
    if (this.#heard) throw new SwitchError('bad-message', 'The peer said hello twice.');
    if (version !== PEER_PROTOCOL_VERSION) return false;
    this.#heard = true;
    this.#say();
    return true;
  }

  #say(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    this.#transmit({ type: 'hello', version: PEER_PROTOCOL_VERSION, flags: 0 });
    for (const message of kept) this.#transmit(message);
  }
}
