/** Frames as signalling writes them, read back by the platform's own WebSocket on the other end of a real connection. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'tap';
import { textFrame } from '../../server/signalling/lean-socket.ts';

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
