/** In which order pieces are sent when the rate is bounded. */
import { test } from 'tap';
import { WIRE_BLOCK_BYTES } from '../../../../engine/protocol/limits.ts';
import { UploadDesk } from '../../../../engine/swarm/upload-desk.ts';
import { type ServedTopic, Uploader } from '../../../../engine/swarm/uploader.ts';
import { eventually } from '../../../fixtures/http.ts';

const BLOCKS = 4;
const PIECE_BYTES = BLOCKS * WIRE_BLOCK_BYTES;

interface Scene {
  readonly desk: UploadDesk;
  /** Of each block, in the order of sending. */
  readonly sent: string[];
  peer(): Uploader;
  topic(name: string): ServedTopic;
}

/** Its first burst is spent. */
function startScene(mbps: number): Scene {
  const desk = new UploadDesk(() => performance.now(), { maxUploadSlots: 4, maxUploadMbps: mbps, turnMs: 4_000 });
  while (desk.bucket.take(WIRE_BLOCK_BYTES, 0) === undefined);
  const sent: string[] = [];
  const channel = { writable: true, send: () => undefined, listen: () => undefined, path: async () => null, close: async () => undefined, drop: async () => undefined };
  return {
    desk, sent,
    peer: () => new Uploader(channel, desk),
    topic: (contentId) => ({
      contentId, remoteTopic: 0, read: async () => new Uint8Array(PIECE_BYTES), onUnreadable: () => undefined,
      onBlockSent: (piece) => sent.push(`${contentId}${piece}`),
    }),
  };
}

function runs(sent: readonly string[]): string[] {
  return sent.filter((name, index) => name !== sent[index - 1]);
}

test('a piece is sent whole before the one that another peer asked for', async (t) => {
  const { desk, sent, peer, topic } = startScene(80);
  const [one, two] = [peer(), peer()];
  const [a, b] = [topic('a'), topic('b')];
  for (const piece of [0, 1]) {
    one.blocks(a, piece, 0, PIECE_BYTES);
    two.blocks(b, piece, 0, PIECE_BYTES);
  }
  await eventually('all is sent', () => sent.length === 4 * BLOCKS);
  t.same(runs(sent), ['a0', 'b0', 'a1', 'b1']);
  desk.close();
});

test('a peer that takes of two videos gets a piece of each in turn', async (t) => {
  const { desk, sent, peer, topic } = startScene(80);
  const one = peer();
  const [a, b] = [topic('a'), topic('b')];
  for (const piece of [0, 1]) for (const video of [a, b]) one.blocks(video, piece, 0, PIECE_BYTES);
  await eventually('all is sent', () => sent.length === 4 * BLOCKS);
  t.same(runs(sent), ['a0', 'b0', 'a1', 'b1']);
  desk.close();
});

test('a piece that takes long gives way to another before its end, and both get as much', async (t) => {
  // Four blocks in more than one and a half seconds.
  const { desk, sent, peer, topic } = startScene(1.3);
  peer().blocks(topic('a'), 0, 0, PIECE_BYTES);
  peer().blocks(topic('b'), 0, 0, PIECE_BYTES);
  await eventually('all is sent', () => sent.length === 2 * BLOCKS);
  t.ok(sent.indexOf('b0') < sent.lastIndexOf('a0'), sent.join(' '));
  t.ok(sent.indexOf('b0') >= 2, 'not block by block');
  desk.close();
});
