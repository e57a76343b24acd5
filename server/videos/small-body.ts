/** A scope whose bodies are bytes, whatever type they claim, up to each route's `bodyLimit`. */
import type { App } from '../app-type.ts';
import { ProblemError } from '../problem.ts';

export async function withBytesBodies(app: App, register: (scope: App) => void): Promise<void> {
  await app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    register(scope);
  });
}

/** @throws ProblemError `empty-file` when the request brought none. */
export function bytesOf(body: unknown, what: string): Uint8Array {
  if (body instanceof Uint8Array && body.byteLength > 0) return body;
  throw new ProblemError({ type: 'empty-file', status: 422, title: 'The file is empty', detail: `${what} has no bytes. Check the file and send it again.` });
}
