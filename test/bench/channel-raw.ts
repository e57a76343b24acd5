/** The rival underneath: node-datachannel's own interface, messages as large as ours and nothing around them. One way, no hashes. */
import { type DataChannel, PeerConnection } from 'node-datachannel';
import { MAX_WIRE_MESSAGE_BYTES, SEND_HIGH_WATER_BYTES, SEND_LOW_WATER_BYTES } from '../../engine/protocol/limits.ts';
import { offerCalls } from './callable.ts';
import type { RawDownload, RawTimes } from './channel-times.ts';

const MESSAGE = Buffer.alloc(MAX_WIRE_MESSAGE_BYTES, 7);

/** Kept alive by being here. */
const connections = new Set<{ readonly connection: PeerConnection; channel?: DataChannel }>();
let receiving: { readonly offered: PeerConnection[]; readonly times: Promise<RawTimes> } | undefined;

/** The description once it has every candidate: on one machine there are only its own. */
function described(connection: PeerConnection): Promise<string> {
  return new Promise((resolve) => {
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
    });
  });
}

function connect(): PeerConnection {
  const connection = new PeerConnection('raw', { iceServers: [] });
  connections.add({ connection });
  return connection;
}

function sendAll(channel: DataChannel, bytes: number): void {
  let left = bytes;
  const send = (): void => {
    while (left > 0 && channel.isOpen() && channel.bufferedAmount() < SEND_HIGH_WATER_BYTES) {
      const length = Math.min(left, MESSAGE.length);
      channel.sendMessageBinary(length === MESSAGE.length ? MESSAGE : MESSAGE.subarray(0, length));
      left -= length;
    }
  };
  channel.setBufferedAmountLowThreshold(SEND_LOW_WATER_BYTES);
  channel.onBufferedAmountLow(send);
  send();
}

const calls = {
  /** The receiver's offers, one for each sender. */
  async offer({ senders, sizeBytes }: RawDownload): Promise<string[]> {
    const startedAtMs = performance.now();
    const done = Promise.withResolvers<RawTimes>();
    const opensMs: number[] = [];
    let firstByteMs = Number.NaN;
    let received = 0;
    const now = (): number => performance.now() - startedAtMs;
    const end = (): void => done.resolve({ opensMs, firstByteMs, wholeMs: now() });
    const offered = Array.from({ length: senders }, connect);
    // Told by `receive`, which may not have been called when a connection fails.
    done.promise.catch(() => undefined);
    const offers = offered.map((connection) => {
      const sdp = described(connection);
      connection.onStateChange((state) => {
        if (state === 'failed') done.reject(new Error('node-datachannel could not open a connection.'));
      });
      const channel = connection.createDataChannel('raw');
      connections.add({ connection, channel });
      channel.onOpen(() => {
        opensMs.push(now());
        if (opensMs.length === senders && sizeBytes === 0) end();
      });
      channel.onMessage((message) => {
        if (received === 0) firstByteMs = now();
        received += message instanceof ArrayBuffer ? message.byteLength : message.length;
        if (received >= sizeBytes) end();
      });
      return sdp;
    });
    receiving = { offered, times: done.promise };
    return await Promise.all(offers);
  },
  /** A sender's answer; it sends `sizeBytes` as soon as it can. */
  async answer({ sdp, sizeBytes }: { readonly sdp: string; readonly sizeBytes: number }): Promise<string> {
    const connection = connect();
    const answer = described(connection);
    connection.onDataChannel((channel) => {
      connections.add({ connection, channel });
      if (channel.isOpen()) sendAll(channel, sizeBytes);
      else channel.onOpen(() => sendAll(channel, sizeBytes));
    });
    connection.setRemoteDescription(sdp, 'offer');
    return await answer;
  },
  async receive(answers: readonly string[]): Promise<RawTimes> {
    if (receiving === undefined) throw new Error('Nothing was offered.');
    for (const [index, sdp] of answers.entries()) receiving.offered[index]?.setRemoteDescription(sdp, 'answer');
    return await receiving.times;
  },
  close(): void {
    for (const { channel, connection } of connections) {
      channel?.close();
      connection.close();
    }
    connections.clear();
  },
};

export type RawCalls = typeof calls;

offerCalls(calls);
