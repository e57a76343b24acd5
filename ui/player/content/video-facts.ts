/**
 * What the appliance knows of a video besides its bytes: title, poster, subtitles. A player that cannot reach it plays all the
 * same, from the swarm. The shapes are those of `GET /api/videos/:contentId`, as far as a player needs them.
 */

interface SubtitlesFacts {
  readonly id: string;
  /** BCP 47 or ISO 639-2; null when nobody said. */
  readonly language: string | null;
  readonly label: string;
}

export interface VideoFacts {
  readonly contentId: string;
  readonly title: string;
  readonly posterId: string | null;
  readonly subtitles: readonly SubtitlesFacts[];
}

const ANSWERS_WITHIN_MS = 10_000;

/** Null when the appliance does not answer, or does not know the video. */
export async function fetchVideoFacts(appliance: string, contentId: string, signal: AbortSignal): Promise<VideoFacts | null> {
  try {
    const response = await fetch(`${appliance}/api/videos/${contentId}`, {
      headers: { accept: 'application/json' }, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]),
    });
    return response.ok ? factsOf(contentId, await response.json()) : null;
  } catch {
    return null;
  }
}

export function posterAddress(appliance: string, { contentId, posterId }: VideoFacts): string | null {
  return posterId === null ? null : `${appliance}/api/videos/${contentId}/poster?v=${encodeURIComponent(posterId)}`;
}

export function subtitlesAddress(appliance: string, contentId: string, subtitlesId: string): string {
  return `${appliance}/api/videos/${contentId}/subtitles/${encodeURIComponent(subtitlesId)}`;
}

/** Takes what it knows and leaves the rest: an older or newer appliance is no reason not to play. */
function factsOf(contentId: string, answer: unknown): VideoFacts | null {
  if (!isRecord(answer)) return null;
  const { title, name, posterId, subtitles } = answer;
  return {
    contentId,
    title: text(title) ?? text(name) ?? '',
    posterId: text(posterId),
    subtitles: Array.isArray(subtitles) ? subtitles.flatMap(subtitlesOf) : [],
  };
}

function subtitlesOf(entry: unknown): SubtitlesFacts[] {
  if (!isRecord(entry)) return [];
  const id = text(entry['id']);
  const language = text(entry['language']);
  return id === null ? [] : [{ id, language, label: text(entry['label']) ?? language ?? 'Subtitles' }];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
