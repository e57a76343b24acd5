/** The signalling WebSocket at /signalling, wired to the hub. */
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { MAX_SIGNALLING_MESSAGE_BYTES } from '../../engine/index.ts';
import { ProblemError } from '../problem.ts';
import type { SignallingClient, SignallingSocket } from './client.ts';
import type { SignallingHub } from './hub.ts';
import { LeanSocket, Outbox } from './lean-socket.ts';

/** Where signalling is, as the answers of a full CDN say it. */
export const SIGNALLING_PATH = '/signalling';

/** Who was told goodbye and does not answer is cut after this; the library's 30 s would hold a socket for nobody. */
const CLOSE_TIMEOUT_MS = 2000;

/** Whose socket it is: so that one listener serves all sockets, where one for each would weigh as much as the client itself. */
const CLIENT = Symbol('signalling client');

/** What is used of the `ws` library's socket, which comes without types. */
interface EventSocket extends SignallingSocket {
  [CLIENT]?: SignallingClient;
  on(event: 'message', listener: (this: EventSocket, data: Buffer, isBinary: boolean) => void): void;
  on(event: 'close', listener: (this: EventSocket) => void): void;
  on(event: 'error', listener: (this: EventSocket, error: Error) => void): void;
  removeAllListeners(event: 'error'): void;
}

/**
 * Any page may connect, whatever its Origin: a socket carries no cookie's rights and no token's, only what any client of
 * the public API may do, so a cross-site page gains nothing that `curl` has not.
 *
 * Errors on a socket (a cut connection, a frame too large, broken UTF-8) end it and are nobody's fault here; `close` follows.
 */
export async function signallingRoutes(app: FastifyInstance, { hub }: { readonly hub: SignallingHub }): Promise<void> {
  await app.register(websocket, {
    // Compression costs some 300 KiB a socket, for messages of which few are over a kilobyte. The hub knows its sockets itself.
    options: { maxPayload: MAX_SIGNALLING_MESSAGE_BYTES, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS, clientTracking: false },
    preClose: async () => hub.stop(),
    errorHandler: (error, socket) => socketFailed(error, socket, app.log),
  });
  const outbox = new Outbox();
  const listen = listenersOf(hub, app.log);
  const responses = new WeakMap<IncomingMessage, ServerResponse>();
  app.route({
    method: 'GET', url: SIGNALLING_PATH, schema: { hide: true },
    onRequest: (request, reply, done) => {
      responses.set(request.raw, reply.raw);
      done();
    },
    // Never sent with a WebSocket, and made anew for each they are a tenth of what joining costs; what is no WebSocket gets them below.
    helmet: false,
    handler: (_request, reply) => {
      // Missing where this route is served alone.
      reply.helmet?.();
      throw notUpgraded();
    },
    wsHandler: (webSocket: EventSocket, request) => {
      const connection = request.raw.socket;
      webSocket[CLIENT] = hub.accept(new LeanSocket({ webSocket, connection, outbox }), request.ip, request.host);
      // The request and its response are over; what still leads to them would keep them, some kilobytes, as long as the socket.
      responses.get(request.raw)?.detachSocket(connection);
      webSocket.removeAllListeners('error');
      listen(webSocket);
    },
  });
}

/** Of the sockets of one hub. */
function listenersOf(hub: SignallingHub, log: FastifyInstance['log']): (webSocket: EventSocket) => void {
  function failed(this: EventSocket, error: Error): void {
    socketFailed(error, this, log);
  }
  function receive(this: EventSocket, data: Buffer, isBinary: boolean): void {
    const client = this[CLIENT];
    if (client !== undefined) hub.receive(client, isBinary ? undefined : data.toString());
  }
  function closed(this: EventSocket): void {
    const client = this[CLIENT];
    if (client !== undefined) hub.closed(client);
  }
  return (webSocket) => {
    webSocket.on('error', failed);
    webSocket.on('message', receive);
    webSocket.on('close', closed);
  };
}

function socketFailed(error: Error, socket: Pick<SignallingSocket, 'terminate'>, log: FastifyInstance['log']): void {
  log.debug({ err: error }, 'signalling socket failed');
  socket.terminate();
}

/** Not 426: that must carry an Upgrade header (RFC 9110 section 15.5.22), which browsers refuse where a proxy made it HTTP/2. */
function notUpgraded(): ProblemError {
  return new ProblemError({
    type: 'not-a-websocket', status: 400, title: 'Signalling is a WebSocket',
    detail: 'This address takes WebSockets only, and the request asked for none. If a page or a program did ask for one, a proxy between took it out: '
      + 'let it pass the Upgrade header on (docs/operations.md, "Behind a proxy").',
  });
}

/** Not encapsulated: an upgrade asked of any other route must be answered and its connection closed too, which is what
 *  the WebSocket plugin's hooks do where they are seen. */
Object.assign(signallingRoutes, { [Symbol.for('skip-override')]: true });
