/** Frames as signalling writes them, read back by the platform's own WebSocket on the other end of a real connection; and when they are written. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'tap';
import { LeanSocket, Outbox, textFrame } from '../../server/signalling/lean-socket.ts';

/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

test('texts of every form of length arrive as they were', async (t) => {
  const texts = ['', 'a', 'x'.repeat(125), 'x'.repeat(126), 'ü'.repeat(63), '🎬'.repeat(40), 'x'.repeat(65_535), 'x'.repeat(65_536), '{"last":true}'];
  const server = createServer();
  server.on('upgrade', (request, connection) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
    connection.on('error', () => undefined);
    connection.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    for (const text of texts) connection.write(textFrame(text), 'latin1');
    t.teardown(() => connection.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const arrived: string[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('the client could not read a frame')));
    socket.addEventListener('message', ({ data }) => {
      arrived.push(String(data));
      if (arrived.length === texts.length) resolve();
    });
  });
  t.same(arrived, texts);
});

/** A socket whose connection and library note what they were told, in order. */
function noted(outbox: Outbox): { socket: LeanSocket; told: string[]; library: { readyState: number } } {
  const told: string[] = [];
  const library = {
    readyState: 1, bufferedAmount: 0, send: () => undefined,
    close: () => {
      told.push('close');
      library.readyState = 2;
    },
    terminate: () => {
      told.push('terminate');
      library.readyState = 2;
    },
  };
  const connection = { writableLength: 0, write: (bytes: string) => told.push(bytes) };
  return { socket: new LeanSocket({ webSocket: library, connection, outbox }), told, library };
}

test('what is said in one turn goes out at its end, in one write for each socket', async (t) => {
  const outbox = new Outbox();
  const [one, other] = [noted(outbox), noted(outbox)];
  for (const text of ['a', 'b', 'ü']) one.socket.send(text);
  other.socket.send('c');
  t.equal(one.socket.bufferedAmount, 10, 'waiting counts as unsent');
  t.same([...one.told, ...other.told], []);
  await nextTurn();
  t.same(one.told, [textFrame('a') + textFrame('b') + textFrame('ü')]);
  t.same(other.told, [textFrame('c')]);
  one.socket.send('d');
  await nextTurn();
  t.same(one.told.slice(1), [textFrame('d')], 'and so in the next');
  t.equal(one.socket.bufferedAmount, 0);
});

test('a goodbye comes after what was said, and nothing after it', async (t) => {
  const { socket, told, library } = noted(new Outbox());
  socket.send('a');
  socket.close(1000, '');
  socket.send('b');
  await nextTurn();
  t.same(told, [textFrame('a'), 'close']);
  library.readyState = 1;
  socket.send('c');
  socket.terminate();
  await nextTurn();
  t.same(told.slice(2), ['terminate'], 'who is cut is told nothing more');
});

test('much is written before the end of the turn', (t) => {
  const { socket, told } = noted(new Outbox());
  for (let sent = 0; sent < 10; sent += 1) socket.send('x'.repeat(8192));
  t.equal(told.length, 1);
  t.ok(socket.bufferedAmount < 64 * 1024);
  t.end();
});
