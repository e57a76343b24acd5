/** Shapes of the library in the API. They give the types, the checks and the OpenAPI page at once. */
import { Type } from 'typebox';
import type { MediaInfo } from '../../engine/media/index.ts';
import { MediaInfoSchema, MediaStateSchema, SubtitlesSchema, type Subtitles } from '../storage/video-details.ts';
import { VIDEO_SORTS, type VideoSort } from '../storage/video-store.ts';

const ContentId = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 Merkle root over 16 KiB blocks (BEP 52 "pieces root"), 64 hex digits in lower case',
});

export const ContentParams = Type.Object({ contentId: ContentId });

export const VideoSchema = Type.Object({
  contentId: ContentId,
  name: Type.String({ description: 'The file\'s name as uploaded' }),
  title: Type.String(),
  mediaType: Type.String(),
  sizeBytes: Type.Integer(),
  pieceLengthBytes: Type.Integer(),
  createdAt: Type.String({ description: 'ISO 8601, UTC' }),
  folderPath: Type.Optional(Type.String({ description: 'Only where the file lies in the watched folder: its path in it. Such a video cannot be deleted here' })),
  media: Type.Unsafe<MediaInfo | null>(Type.Union([MediaInfoSchema, Type.Null()], { description: 'What is inside the file' })),
  mediaState: MediaStateSchema,
  posterId: Type.Union([Type.String(), Type.Null()], { description: 'The picture is at /api/videos/:contentId/poster?v=POSTER-ID' }),
  subtitles: Type.Unsafe<readonly Subtitles[]>(Type.Array(SubtitlesSchema, { description: 'WebVTT at /api/videos/:contentId/subtitles/:id' })),
});

export const DEFAULT_LIMIT = 50;
export const DEFAULT_SORT: VideoSort = '-createdAt';

export const ListQuerySchema = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_LIMIT })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the title or name, any case' })),
  sort: Type.Optional(Type.Enum([...VIDEO_SORTS], { default: DEFAULT_SORT })),
}, { additionalProperties: false });

export const VideoPageSchema = Type.Object({
  items: Type.Array(VideoSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export const ManifestSchema = Type.Object({
  contentId: ContentId,
  sizeBytes: Type.Integer(),
  pieceLengthBytes: Type.Integer(),
  pieceHashes: Type.String({ description: 'Base64 of the piece layer: 32 bytes a piece, in order' }),
  mediaType: Type.String(),
  name: Type.String(),
});

const TITLE_MAX_LENGTH = 200;

/** Something to see, and no controls: a title is printed on terminals too. */
const TITLE_PATTERN = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$';

export const TitleBody = Type.Object({
  title: Type.String({ minLength: 1, maxLength: TITLE_MAX_LENGTH, pattern: TITLE_PATTERN, description: 'Without control characters' }),
}, { additionalProperties: false });
