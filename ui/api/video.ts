/** What the appliance's HTTP API says, as the page reads it. docs/api is the prose; these are shapes, without behaviour. */

export interface Video {
  readonly contentId: string;
  readonly name: string;
  readonly title: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface VideoPage {
  readonly items: readonly Video[];
  readonly nextCursor: string | null;
}

export const VIDEO_SORTS = ['-createdAt', 'createdAt', 'title', '-title', '-sizeBytes', 'sizeBytes'] as const;
export type VideoSort = (typeof VIDEO_SORTS)[number];
export const DEFAULT_SORT: VideoSort = '-createdAt';
