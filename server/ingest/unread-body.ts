/**
 * What to do with a body that nobody will read. Answering and closing at once would reset the connection before the client has
 * read the answer; reading it all would take gigabytes. So the rest is read and dropped for a moment, then the connection ends.
 */
import type { Server, IncomingMessage, ServerResponse } from 'node:http';

/** Long enough for a client to notice the answer and stop. */
const LINGER_MS = 3000;

/** Requests that wait for `100 Continue` before they send their body. */
const waiting = new WeakSet<IncomingMessage>();

export function dropUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed || waiting.delete(request)) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  const end = (): void => clearTimeout(timer);
  request.once('end', end).once('close', end);
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  request.resume();
}

/**
 * Holds `100 Continue` back for the requests that `isUpload` names, so that a refused upload is refused before its first byte
 * (RFC 9110 section 10.1.1). All others get it at once, as Node would do.
 */
export function holdContinue(server: Server, isUpload: (request: IncomingMessage) => boolean): void {
  server.on('checkContinue', (request, response) => {
    if (isUpload(request)) waiting.add(request);
    else response.writeContinue();
    server.emit('request', request, response);
  });
}

/** Whether the client has not begun to send: a refusal must then end the connection, since the body may come or not. */
export function isBodyHeld(request: IncomingMessage): boolean {
  return waiting.has(request);
}

/** The body is wanted. */
export function continueBody(request: IncomingMessage, response: ServerResponse): void {
  if (waiting.delete(request)) response.writeContinue();
}
