/** Lets a drain wait for the responses that are open; sockets of signalling are told to go elsewhere and not waited for. */
import type { App } from '../app-type.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { onResponseEnd } from './response-end.ts';

export function registerOpenRequests(app: App, { lifecycle }: { lifecycle: Lifecycle }): void {
  const leavers = new WeakMap<object, () => void>();
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers.upgrade === undefined) leavers.set(request, lifecycle.enter());
    done();
  });
  onResponseEnd(app, (request) => leavers.get(request)?.());
}
