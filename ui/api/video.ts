/** What the appliance's HTTP API says, as the page reads it. docs/api is the prose; these are shapes, without behaviour. */

import type { MediaInfo } from '../../engine/media/index.ts';

/** One set of subtitles, as WebVTT at `/api/videos/:contentId/subtitles/:id`. */
export interface Subtitles {
  readonly id: string;
  /** BCP 47 or ISO 639-2; null when nobody said. */
  readonly language: string | null;
  /** For people; never empty. */
  readonly label: string;
  readonly origin: 'embedded' | 'uploaded';
}

export interface Video {
  readonly contentId: string;
  readonly name: string;
  readonly title: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Only where the file lies in the appliance's watched folder: its path in it. Such a video is not deleted here. */
  readonly folderPath?: string;
  /** null until the appliance has looked (`pending`), and for good where it found nothing it knows (`unreadable`). */
  readonly media: MediaInfo | null;
  readonly mediaState: 'pending' | 'read' | 'unreadable';
  /** The picture at `/api/videos/:contentId/poster?v=POSTER-ID`, which never changes; null while there is none. */
  readonly posterId: string | null;
  readonly subtitles: readonly Subtitles[];
}

export interface VideoPage {
  readonly items: readonly Video[];
  readonly nextCursor: string | null;
}

export const VIDEO_SORTS = ['-createdAt', 'createdAt', 'title', '-title', '-sizeBytes', 'sizeBytes'] as const;
export type VideoSort = (typeof VIDEO_SORTS)[number];
export const DEFAULT_SORT: VideoSort = '-createdAt';
