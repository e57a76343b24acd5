/**
 * A MongoDB server that answers at once, from memory, for as much as reading one GridFS file takes: where a database would be the
 * limit, this shows what the clients alone can do. Source: MongoDB's wire protocol (OP_MSG, and OP_QUERY for the first hello).
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Binary, BSON, type Document, Long, ObjectId } from 'mongodb';
import { answerBench } from './asked-process.ts';
import type { StoredFile } from './gridfs-work.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;

export interface CannedFile extends StoredFile {
  readonly chunkBytes: number;
}

export interface CannedAnswer {
  readonly uri: string;
  readonly files: readonly CannedFile[];
}

const MIB = 1024 * 1024;
const FILE_BYTES = 32 * MIB;
const files: readonly CannedFile[] = [MIB, 255 * 1024].map((chunkBytes, index) => ({
  contentId: String(index).repeat(64), id: new ObjectId().toHexString(), sizeBytes: FILE_BYTES, chunkBytes,
}));
/** By file, first chunk and number of chunks. Bounded by the file's chunks and the few lengths that are asked for. */
const replies = new Map<string, Buffer>();

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket.setNoDelay(true));
  socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(message.length);
      answer(socket, message);
    }
  });
}).listen(0, '127.0.0.1');
const listening = once(server, 'listening');

answerBench<object>(async (): Promise<CannedAnswer> => {
  await listening;
  return { uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?retryReads=false`, files };
}, async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

function answer(socket: Socket, message: Buffer): void {
  const [requestId, opCode] = [message.readInt32LE(4), message.readInt32LE(12)];
  if (opCode === OP_QUERY) {
    // Flags, the collection's name with its zero, how many to skip and to return; then the query.
    const query = message.indexOf(0, HEADER_BYTES + 4) + 1 + 8;
    const reply = bytesOf(outcome(BSON.deserialize(message.subarray(query))));
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, HEADER_BYTES);
    send(socket, requestId, OP_REPLY, [head, reply]);
    return;
  }
  const command = BSON.deserialize(message.subarray(HEADER_BYTES + 5, HEADER_BYTES + 5 + message.readInt32LE(HEADER_BYTES + 5)));
  send(socket, requestId, OP_MSG, [Buffer.alloc(5), String(command['find']).endsWith('.chunks') ? chunks(command) : bytesOf(outcome(command))]);
}

function send(socket: Socket, responseTo: number, opCode: number, parts: readonly Buffer[]): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + parts.reduce((sum, part) => sum + part.length, 0), 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opCode, 12);
  socket.cork();
  for (const part of [header, ...parts]) socket.write(part);
  socket.uncork();
}

function outcome(command: Document): Document {
  if (String(command['find']).endsWith('.files')) return found('fs.files', files.filter((file) => isAskedFor(file, command['filter'])).map(documentOf));
  if ('find' in command || 'aggregate' in command) return found(String(command['find'] ?? command['aggregate']), []);
  return {
    ok: 1, n: 1, helloOk: true, ismaster: true, isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21, maxBsonObjectSize: 16 * MIB,
    maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000, localTime: new Date(), readOnly: false,
  };
}

function isAskedFor(file: CannedFile, filter: Document): boolean {
  return filter['metadata.contentId'] === file.contentId || String(filter['_id']?.$eq ?? filter['_id']) === file.id;
}

function documentOf({ id, contentId, sizeBytes, chunkBytes }: CannedFile): Document {
  return { _id: new ObjectId(id), length: Long.fromNumber(sizeBytes), chunkSize: chunkBytes, uploadDate: new Date(0), filename: 'bench.mp4', metadata: { contentId } };
}

/** Whole lists of chunks in one reply, as a server gives them up to 16 MiB. */
function chunks({ filter, limit }: Document): Buffer {
  const id = String(filter['files_id'].$eq ?? filter['files_id']);
  const file = files.find((one) => one.id === id);
  if (file === undefined) return bytesOf(found('fs.chunks', []));
  const total = Math.ceil(file.sizeBytes / file.chunkBytes);
  const first: number = filter['n']?.$gte ?? 0;
  const end = Math.min(total, filter['n']?.$lt ?? total, limit === undefined ? total : first + Number(limit));
  const key = `${id}:${first}:${end}`;
  const known = replies.get(key);
  if (known !== undefined) return known;
  const documents = Array.from({ length: end - first }, (_, index) => {
    const n = first + index;
    return { _id: new ObjectId(), files_id: new ObjectId(id), n, data: new Binary(Buffer.alloc(Math.min(file.chunkBytes, file.sizeBytes - n * file.chunkBytes), n)) };
  });
  const reply = bytesOf(found('fs.chunks', documents));
  replies.set(key, reply);
  return reply;
}

function found(collection: string, firstBatch: readonly Document[]): Document {
  return { cursor: { id: Long.ZERO, ns: `bench.${collection}`, firstBatch }, ok: 1 };
}

function bytesOf(document: Document): Buffer {
  return Buffer.from(BSON.serialize(document));
}
