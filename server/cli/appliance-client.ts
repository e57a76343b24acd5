/** The HTTP API of a node as the command uses it. */
import type { Video } from '../storage/video-store.ts';
import type { ProblemDocument } from '../problem.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/** A node said no. `message` is the problem's detail; `status` its HTTP status. */
export class ApplianceError extends Error {
  override readonly name = 'ApplianceError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = status;
  }
}

/** Every video of the node at `base`, page by page. Throws {@link ApplianceError}. */
export async function* listVideos(base: string, search: string | undefined, signal: AbortSignal): AsyncGenerator<Video> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '100', sort: 'title' });
    if (search !== undefined) query.set('q', search);
    if (cursor !== null) query.set('cursor', cursor);
    const page: { items: Video[]; nextCursor: string | null } = await getJson(`${base}/api/videos?${query}`, signal);
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Adds a file of subtitles to a video; its name tells the format and the language. Throws {@link ApplianceError}. */
export async function addSubtitles(
  request: { readonly base: string; readonly token: string; readonly contentId: string; readonly name: string; readonly bytes: Uint8Array }, signal: AbortSignal,
): Promise<Video> {
  const { base, token, contentId, name, bytes } = request;
  return getJson(`${base}/api/videos/${contentId}/subtitles?${new URLSearchParams({ name })}`, signal, {
    method: 'POST', headers: { authorization: `Bearer ${token}` }, body: new Uint8Array(bytes),
  });
}

async function getJson<T>(url: string, signal: AbortSignal, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]) });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApplianceError('unreachable', 0, `Nobody answers at ${new URL(url).origin}. Is the node running there?`, { cause: error });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || body === undefined) throw problemError(response.status, body, url);
  return body as T;
}

/** The error for a problem document, or for whatever stood in its place. */
export function problemError(status: number, body: unknown, url: string): ApplianceError {
  const problem = typeof body === 'object' && body !== null ? (body as Partial<ProblemDocument>) : {};
  const code = typeof problem.type === 'string' ? problem.type.replace('/problems/', '') : 'unexpected-answer';
  const detail = typeof problem.detail === 'string' ? problem.detail : withoutReason(new URL(url).origin, status);
  return new ApplianceError(code, status, detail);
}

/** A node gives a reason with each refusal; who gives none is a proxy in front of it, or something else. */
function withoutReason(origin: string, status: number): string {
  const said = `${origin} answered ${status}, and not like a node of ours`;
  switch (status) {
    case 413: return `${said}: a proxy there does not let bodies of this size through. Raise its limit, or switch it off (docs/operations.md, "Behind a proxy").`;
    case 502: case 504: return `${said}: a proxy there cannot reach the node. Check that the node runs, and that the proxy has its right address.`;
    default: return `${said}. Check the address, and the path behind it.`;
  }
}
