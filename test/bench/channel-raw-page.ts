/** The rival underneath in Chromium: the browser's own data channel, messages as large as ours and nothing around them. */
import { MAX_WIRE_MESSAGE_BYTES, SEND_HIGH_WATER_BYTES, SEND_LOW_WATER_BYTES } from '../../engine/protocol/limits.ts';
import { offerCalls } from './callable.ts';
import type { RawDownload, RawTimes } from './channel-times.ts';

const connections = new Set<RTCPeerConnection>();
let receiving: { readonly offered: RTCPeerConnection[]; readonly times: Promise<RawTimes> } | undefined;

function connect(): RTCPeerConnection {
  const connection = new RTCPeerConnection({ iceServers: [] });
  connections.add(connection);
  return connection;
}

async function described(connection: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<string> {
  const complete = new Promise<void>((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => { if (connection.iceGatheringState === 'complete') resolve(); });
  });
  await connection.setLocalDescription(description);
  await complete;
  return connection.localDescription?.sdp ?? '';
}

function sendAll(channel: RTCDataChannel, bytes: number): void {
  const message = new Uint8Array(MAX_WIRE_MESSAGE_BYTES).fill(7);
  let left = bytes;
  const send = (): void => {
    while (left > 0 && channel.readyState === 'open' && channel.bufferedAmount < SEND_HIGH_WATER_BYTES) {
      const length = Math.min(left, message.length);
      channel.send(message.subarray(0, length));
      left -= length;
    }
  };
  channel.bufferedAmountLowThreshold = SEND_LOW_WATER_BYTES;
  channel.addEventListener('bufferedamountlow', send);
  send();
}

const calls = {
  async offer({ senders, sizeBytes }: RawDownload): Promise<string[]> {
    const startedAtMs = performance.now();
    const done = Promise.withResolvers<RawTimes>();
    const now = (): number => performance.now() - startedAtMs;
    const opensMs: number[] = [];
    let firstByteMs = Number.NaN;
    let received = 0;
    const offered = Array.from({ length: senders }, connect);
    receiving = { offered, times: done.promise };
    return await Promise.all(offered.map(async (connection) => {
      const channel = connection.createDataChannel('raw');
      channel.binaryType = 'arraybuffer';
      channel.addEventListener('open', () => {
        opensMs.push(now());
      });
      channel.addEventListener('message', (event) => {
        if (received === 0) firstByteMs = now();
        received += (event.data as ArrayBuffer).byteLength;
        if (received >= sizeBytes) done.resolve({ opensMs, firstByteMs, wholeMs: now() });
      });
      return described(connection, await connection.createOffer());
    }));
  },
  async answer({ sdp, sizeBytes }: { readonly sdp: string; readonly sizeBytes: number }): Promise<string> {
    const connection = connect();
    connection.addEventListener('datachannel', ({ channel }) => {
      if (channel.readyState === 'open') sendAll(channel, sizeBytes);
      else channel.addEventListener('open', () => sendAll(channel, sizeBytes));
    });
    await connection.setRemoteDescription({ type: 'offer', sdp });
    return await described(connection, await connection.createAnswer());
  },
  async receive(answers: readonly string[]): Promise<RawTimes> {
    if (receiving === undefined) throw new Error('Nothing was offered.');
    for (const [index, sdp] of answers.entries()) await receiving.offered[index]?.setRemoteDescription({ type: 'answer', sdp });
    return await receiving.times;
  },
  close(): void {
    for (const connection of connections) connection.close();
    connections.clear();
  },
};

export type RawPageCalls = typeof calls;

offerCalls(calls);
