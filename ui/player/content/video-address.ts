/** Reads the address of an appliance's video in the forms that a person would paste. */
import { isContentId } from '../../../engine/index.ts';
import { parseMoment } from './moment.ts';

/** Where a video is, and where in it to begin. */
export interface VideoAddress {
  /** Base URL of the appliance, without a slash at the end; it may have a path, behind a reverse proxy. */
  readonly appliance: string;
  readonly contentId: string;
  /** The moment that the address itself names, by `?t=` or `#t=`; null where it names none. */
  readonly startSeconds: number | null;
}

const PATH = /^(?<base>.*?)(?:\/api)?\/videos\/(?<contentId>[0-9a-f]{64})(?:\/content)?\/?$/i;

/**
 * From the address of a video's page, of its bytes, or of its entry in the API, whole or relative to `base`.
 * Null when it is none of these.
 */
export function parseVideoAddress(text: string, base: string): VideoAddress | null {
  const url = URL.parse(text.trim(), base);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const found = PATH.exec(url.pathname)?.groups;
  const contentId = found?.['contentId']?.toLowerCase();
  if (contentId === undefined || !isContentId(contentId)) return null;
  return { appliance: `${url.origin}${found?.['base'] ?? ''}`, contentId, startSeconds: momentIn(url) };
}

/** Where a video's bytes are, for what `<video>` calls `currentSrc`. */
export function contentAddress({ appliance, contentId }: VideoAddress): string {
  return `${appliance}/videos/${contentId}/content`;
}

/** `?t=` as people write it, `#t=` as W3C Media Fragments 1.0 has it; of its interval only the start. */
function momentIn(url: URL): number | null {
  const text = url.searchParams.get('t') ?? new URLSearchParams(url.hash.slice(1)).get('t')?.split(',')[0];
  return text === undefined ? null : parseMoment(text);
}
