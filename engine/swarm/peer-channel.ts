/** A reliable, ordered pipe of binary messages to one peer: what the peer protocol stands on. A data channel is one. */

import type { PeerPath } from '../figures.ts';

export interface PeerChannelListener {
  /** `message` is the listener's to keep. */
  onMessage(message: Uint8Array): void;
  /** Sent data has drained below the low mark: bulk may go on. */
  onWritable(): void;
  /** Told once, whoever ended it; nothing comes after. */
  onClosed(reason: string): void;
}

export interface PeerChannel {
  /** Whether bulk data may be sent: false above the high mark, until `onWritable`. Control messages may always be sent. */
  readonly writable: boolean;
  listen(listener: PeerChannelListener): void;
  /** The way it goes now; null where that is not known. Never rejects. */
  path(): Promise<PeerPath | null>;
  /** Queues a copy of `message`. What is sent after the end is dropped: the listener has been told. */
  send(message: Uint8Array<ArrayBuffer>): void;
  /** Ends it once what was sent is on its way, or after a short limit. Resolves when every resource is given back. */
  close(reason: string): Promise<void>;
  /** Ends it at once: the peer has said goodbye, and waits for us to go. */
  drop(reason: string): Promise<void>;
}
