/** The only place that calls the appliance's HTTP API. Addresses are relative to the page's base. */
import type { ConnectedPeers, LogPart, Overview, Setting } from './admin.ts';
import type { VideoPage, VideoSort, Video } from './video.ts';
import type { ApplianceStatus } from './status.ts';
import { ApiError, problemFrom, unreachable } from './api-error.ts';

/** A home appliance that is silent for this long is taken as gone: its disk may have to wake up first. */
const TIMEOUT_MS = 15_000;

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A Blob is sent as it is, under its own type; anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Answers the parsed JSON, or undefined for an empty answer. Throws ApiError; an abort by the caller goes through as it is. */
async function call(path: string, { method = 'GET', body, signal }: Call = {}): Promise<unknown> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address(path), {
      method,
      credentials: 'same-origin',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      ...(body === undefined ? {} : encoded(body)),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable(error);
  }
  if (!response.ok) throw problemFrom(response.status, text, response.headers.get('x-request-id'));
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ApiError({
      type: 'not-json', status: response.status, title: 'Not an answer of the appliance',
      detail: 'Something between this page and the appliance answered in its place. Check the proxy.', requestId: null,
    }, { cause: error });
  }
}

function encoded(body: unknown): RequestInit {
  if (body instanceof Blob) return { body, headers: { 'content-type': body.type } };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** Absolute, from a path relative to the page's base. */
export function address(path: string): string {
  return new URL(path, document.baseURI).href;
}

export function contentAddress(contentId: string, options: { readonly download: boolean }): string {
  return address(`videos/${contentId}/content${options.download ? '?download=1' : ''}`);
}

/** null while a video has no poster. The address changes with the picture, so the browser may keep it for good. */
export function posterAddress({ contentId, posterId }: Pick<Video, 'contentId' | 'posterId'>): string | null {
  return typeof posterId === 'string' ? address(`api/videos/${contentId}/poster?v=${posterId}`) : null;
}

export async function listVideos(
  query: { readonly search: string; readonly sort: VideoSort; readonly cursor: string | null; readonly limit: number },
  signal: AbortSignal,
): Promise<VideoPage> {
  const parameters = new URLSearchParams({ limit: String(query.limit), sort: query.sort });
  if (query.search !== '') parameters.set('q', query.search);
  if (query.cursor !== null) parameters.set('cursor', query.cursor);
  return await call(`api/videos?${parameters}`, { signal }) as VideoPage;
}

export async function getVideo(contentId: string, signal?: AbortSignal): Promise<Video> {
  return await call(`api/videos/${contentId}`, { signal }) as Video;
}

export async function renameVideo(contentId: string, title: string): Promise<Video> {
  return await call(`api/videos/${contentId}`, { method: 'PATCH', body: { title } }) as Video;
}

/** WebP, JPEG or PNG. ApiError `conflict` where there is one already. Answers the video as it is then, as all changes do. */
export async function putPoster(contentId: string, picture: Blob): Promise<Video> {
  return await call(`api/videos/${contentId}/poster`, { method: 'PUT', body: picture }) as Video;
}

interface SubtitlesNames {
  /** null: nobody said. */
  readonly language: string | null;
  readonly label: string;
}

/** A file in SRT, WebVTT or ASS. */
export async function addSubtitles(contentId: string, file: File, { language, label }: SubtitlesNames): Promise<Video> {
  const query = new URLSearchParams({ name: file.name, label });
  if (language !== null) query.set('language', language);
  // Its name says what it is; the browser's idea of its type may be anything.
  const body = new Blob([file], { type: 'application/octet-stream' });
  return await call(`api/videos/${contentId}/subtitles?${query}`, { method: 'POST', body }) as Video;
}

export async function changeSubtitles(contentId: string, subtitlesId: string, names: SubtitlesNames): Promise<Video> {
  return await call(`api/videos/${contentId}/subtitles/${subtitlesId}`, { method: 'PATCH', body: names }) as Video;
}

export async function deleteSubtitles(contentId: string, subtitlesId: string): Promise<Video> {
  return await call(`api/videos/${contentId}/subtitles/${subtitlesId}`, { method: 'DELETE' }) as Video;
}

export function subtitlesAddress(contentId: string, subtitlesId: string): string {
  return address(`api/videos/${contentId}/subtitles/${subtitlesId}`);
}

export async function deleteVideo(contentId: string): Promise<void> {
  await call(`api/videos/${contentId}`, { method: 'DELETE' });
}

export async function getStatus(signal: AbortSignal): Promise<ApplianceStatus> {
  return await call('api/status', { signal }) as ApplianceStatus;
}

export async function getOverview(signal?: AbortSignal): Promise<Overview> {
  return await call('api/admin/overview', { signal }) as Overview;
}

export async function getPeers(signal?: AbortSignal): Promise<ConnectedPeers> {
  return await call('api/admin/peers', { signal }) as ConnectedPeers;
}

export async function getSettings(signal?: AbortSignal): Promise<readonly Setting[]> {
  return (await call('api/admin/settings', { signal }) as { readonly items: readonly Setting[] }).items;
}

/** Lines after `seq`; 0 is all that are kept. */
export async function getLog(seq: number, signal?: AbortSignal): Promise<LogPart> {
  return await call(`api/admin/log?after=${seq}`, { signal }) as LogPart;
}

export async function isSignedIn(): Promise<boolean> {
  const answer = await call('api/session') as { signedIn?: boolean } | undefined;
  return answer?.signedIn === true;
}

export async function signIn(token: string): Promise<void> {
  await call('api/session', { method: 'POST', body: { token } });
}

export async function signOut(): Promise<void> {
  await call('api/session', { method: 'DELETE' });
}
