/**
 * The path under which a reverse proxy serves this node (`SWITCH_BASE_PATH`). Requests are taken with it, from a proxy that
 * passes paths on, and without it, from a proxy that strips it and from the home network; what the node says of its own
 * addresses always carries it. So no route knows of it.
 */
import type { App } from '../app-type.ts';

/** `url` as the routes know it. `basePath` is '' or like `/switch`. */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest.startsWith('/')) return rest;
  // The base path itself, which page.ts sends on to the one with a slash.
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** Whether `url` is the base path without a slash, against which a page's relative addresses would miss it. */
export function isBareBasePath(url: string, basePath: string): boolean {
  return basePath !== '' && url.split('?', 1)[0] === basePath;
}

/** Routes answer with addresses of this node (`/api/uploads/ID`); here those get the base path in front. */
export function prefixLocations(app: App, basePath: string): void {
  if (basePath === '') return;
  app.addHook('onSend', async (_request, reply) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/')) reply.header('location', basePath + location);
  });
}
