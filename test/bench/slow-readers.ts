/** Readers that hold a slot of the CDN and take next to nothing. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** Each has its answer's head, and then takes nothing: what it was sent fills the buffers on the way. @returns what lets go of all. */
export async function attachSlowReaders(url: string, count: number): Promise<() => void> {
  const { hostname, port, pathname, host } = new URL(url);
  const readers = await Promise.all(Array.from({ length: count }, async () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(socket, 'readable');
    return socket;
  }));
  return () => { for (const reader of readers) reader.destroy(); };
}
