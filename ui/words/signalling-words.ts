/** What it means that the page's WebSocket to the appliance does not open, for who watches and for who can mend it. */
import type { Notice } from '../api/admin.ts';

export const DROPPED_SENTENCE = 'This page cannot reach other viewers: something between it and the appliance does not pass WebSockets. Videos come from the CDN alone.';

/** `path` is that of signalling. The appliance gives the same code where it sees the same from its side. */
export function droppedNotice(path: string): Notice {
  return {
    code: 'websocket-dropped', severity: 'problem',
    what: 'HTTP works from here, but a WebSocket to the node does not open: a proxy between this page and the node drops it. '
      + 'Who comes this way can watch while the CDN has room, but gets nothing from other viewers and cannot wait for a place.',
    action: `Let the proxy pass the Upgrade header on for ${path}. docs/operations.md, “Behind a proxy”, has recipes for Caddy, nginx and Traefik.`,
  };
}
