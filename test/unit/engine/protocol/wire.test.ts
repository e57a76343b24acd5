import { readFile } from 'node:fs/promises';
import { array, assert, constantFrom, integer, property, string, uint8Array, type Arbitrary, oneof, record, constant } from 'fast-check';
import { test } from 'tap';
import { fromHex, toHex } from '../../../../engine/protocol/hex.ts';
import { SwitchError } from '../../../../engine/protocol/errors.ts';
import { MAX_PIECES, MAX_WIRE_MESSAGE_BYTES, WIRE_BLOCK_BYTES } from '../../../../engine/protocol/limits.ts';
import { decodeWire, encodeBlockInto, encodeWire, GOODBYE_CODES, REJECT_REASONS, type OutgoingMessage } from '../../../../engine/protocol/wire.ts';

const SWARM = 'ab'.repeat(32);

/** docs/protocol.md shows these same bytes. */
const GOLDEN: readonly (readonly [string, OutgoingMessage])[] = [
  ['000100', { type: 'hello', version: 1, flags: 0 }],
  ['01016f6c64', { type: 'goodbye', code: 'unsupported-version', reason: 'old' }],
  [`02000701${SWARM}`, { type: 'topic-open', topic: 7, version: 1, swarmId: fromHex(SWARM) ?? new Uint8Array(0) }],
  ['030007', { type: 'topic-close', topic: 7 }],
  ['0400070000000aff40', { type: 'bitfield', topic: 7, pieceCount: 10, bits: Uint8Array.of(0xff, 0x40) }],
  ['0500070000000500000102', { type: 'have', topic: 7, pieces: [5, 258] }],
  ['060007000000050000ffc00000ffc0', { type: 'request', topic: 7, piece: 5, offset: 65_472, length: 65_472 }],
  ['070007000000050000ffc0010203', { type: 'block', topic: 7, piece: 5, offset: 65_472, bytes: Uint8Array.of(1, 2, 3) }],
  ['08000700000005000000000200000 1f4'.replace(' ', ''), { type: 'reject', topic: 7, piece: 5, offset: 0, reason: 'busy', retryAfterMs: 500 }],
  ['09000700000005ffffffff', { type: 'cancel', topic: 7, piece: 5, offset: 0xffff_ffff }],
  ['0a0007', { type: 'manifest-request', topic: 7 }],
  ['0b0007000000040000000201ff', { type: 'manifest', topic: 7, totalBytes: 4, offset: 2, bytes: Uint8Array.of(1, 255) }],
  ['0c0000002a', { type: 'ping', token: 42 }],
  ['0d0000002a', { type: 'pong', token: 42 }],
];

test('the bytes are those of the documentation, both ways', async (t) => {
  for (const [hex, message] of GOLDEN) {
    t.equal(toHex(encodeWire(message)), hex, message.type);
    t.same(decodeWire(fromHex(hex) ?? new Uint8Array(0)), message, message.type);
  }
  t.equal(new Set(GOLDEN.map(([, { type }]) => type)).size, 14, 'every message has one');
});

test('the documentation shows these bytes', async (t) => {
  const text = await readFile(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
  for (const [hex, { type }] of GOLDEN) {
    const [, shown] = new RegExp(`^${type} +((?:[0-9a-f…]+ ?)+)`, 'm').exec(text) ?? [];
    t.equal(shown?.replaceAll(' ', '').replace('abab…ab', SWARM), hex, type);
  }
});

const u16 = integer({ min: 0, max: 0xffff });
const u32 = integer({ min: 0, max: 0xffff_ffff });
const piece = integer({ min: 0, max: MAX_PIECES - 1 });
const anyMessage: Arbitrary<OutgoingMessage> = oneof(
  record({ type: constant('hello' as const), version: integer({ min: 0, max: 255 }), flags: integer({ min: 0, max: 255 }) }),
  record({ type: constant('goodbye' as const), code: constantFrom(...GOODBYE_CODES), reason: string({ maxLength: 60 }) }),
  record({ type: constant('topic-open' as const), topic: u16, version: integer({ min: 0, max: 255 }), swarmId: uint8Array({ minLength: 32, maxLength: 32 }) }),
  record({ type: constantFrom('topic-close' as const, 'manifest-request' as const), topic: u16 }),
  record({ topic: u16, bits: uint8Array({ maxLength: 300 }) }).map(({ topic, bits }) => ({ type: 'bitfield' as const, topic, pieceCount: bits.length * 8, bits })),
  record({ type: constant('have' as const), topic: u16, pieces: array(piece, { minLength: 1, maxLength: 1024 }) }),
  record({ type: constant('request' as const), topic: u16, piece, offset: u32, length: u32 }),
  record({ type: constant('block' as const), topic: u16, piece, offset: u32, bytes: uint8Array({ maxLength: 500 }) }),
  record({ type: constant('reject' as const), topic: u16, piece, offset: u32, reason: constantFrom(...REJECT_REASONS), retryAfterMs: u32 }),
  record({ type: constant('cancel' as const), topic: u16, piece, offset: u32 }),
  record({ type: constant('manifest' as const), topic: u16, totalBytes: u32, offset: u32, bytes: uint8Array({ maxLength: 500 }) }),
  record({ type: constantFrom('ping' as const, 'pong' as const), token: u32 }),
);

test('what is encoded decodes to the same', async (t) => {
  assert(property(anyMessage, (message) => t.same(decodeWire(encodeWire(message)), message)), { numRuns: 300 });
});

test('a block written into a buffer is the same block', async (t) => {
  const block = { topic: 7, piece: 5, offset: 65_472, bytes: Uint8Array.of(1, 2, 3) };
  const target = new Uint8Array(64).fill(9);
  t.same(encodeBlockInto(target, block), encodeWire({ type: 'block', ...block }));
  t.throws(() => encodeBlockInto(new Uint8Array(13), block), { code: 'bad-message' });
});

test('random bytes decode or are a bad message, nothing else', async (t) => {
  let good = 0;
  const check = (bytes: Uint8Array): void => {
    try {
      decodeWire(bytes);
      good += 1;
    } catch (error) {
      if (!(error instanceof SwitchError) || error.code !== 'bad-message') throw error;
    }
  };
  assert(property(uint8Array({ maxLength: 80 }), check), { numRuns: 2_000 });
  assert(property(integer({ min: 0, max: 15 }), uint8Array({ maxLength: 40 }), (code, rest) => check(Uint8Array.of(code, ...rest))), { numRuns: 3_000 });
  assert(property(anyMessage, integer({ min: 0, max: 40 }), (message, cut) => check(encodeWire(message).subarray(0, -1 - cut))), { numRuns: 500 });
  t.ok(good > 0);
});

test('a later version is still understood where it must be', async (t) => {
  t.match(decodeWire(Uint8Array.of(0, 9, 1, 2, 3)), { type: 'hello', version: 9 });
  t.same(decodeWire(Uint8Array.of(99, 1, 2)), { type: 'unknown', code: 99 });
  t.match(decodeWire(Uint8Array.of(1, 250)), { type: 'goodbye', code: 'other' });
});

test('refuses pieces, bitfields and messages past their bounds', async (t) => {
  const bad = { code: 'bad-message' };
  t.throws(() => decodeWire(encodeWire({ type: 'have', topic: 0, pieces: [MAX_PIECES] })), bad);
  t.throws(() => decodeWire(Uint8Array.of(4, 0, 0, 0, 0, 0, 1, 0xff)), bad, 'bits past the last piece');
  t.throws(() => decodeWire(Uint8Array.of(4, 0, 0, 0xff, 0xff, 0xff, 0xff)), bad);
  t.throws(() => decodeWire(new Uint8Array(MAX_WIRE_MESSAGE_BYTES + 1)), bad);
  t.throws(() => decodeWire(new Uint8Array(0)), bad);
  t.throws(() => encodeWire({ type: 'block', topic: 0, piece: 0, offset: 0, bytes: new Uint8Array(MAX_WIRE_MESSAGE_BYTES) }), bad);
  t.throws(() => encodeWire({ type: 'ping', token: -1 }), bad);
  t.equal(encodeWire({ type: 'block', topic: 0, piece: 0, offset: 0, bytes: new Uint8Array(WIRE_BLOCK_BYTES) }).length <= MAX_WIRE_MESSAGE_BYTES, true);
});
