/**
 * What is known of a video beside its bytes: what is inside the file, its poster and its subtitles. The poster and the subtitles
 * are small files, called extras, that the details name: so the list tells of them and nobody reads them for it.
 */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { MediaInfo } from '../../engine/media/index.ts';
import { StorageError } from './storage-error.ts';

const Nullable = <T extends ReturnType<typeof Type.Integer | typeof Type.Number | typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);

const TrackFacts = {
  number: Type.Integer({ description: 'The track\'s own number in the file' }),
  codec: Nullable(Type.String({ description: 'avc, hevc, vp9, av1, vp8, aac, opus, mp3, flac, vorbis, ac3…' })),
  codecString: Nullable(Type.String({ description: 'RFC 6381, such as avc1.64001f' })),
  language: Nullable(Type.String({ description: 'BCP 47 or ISO 639-2, as the file says' })),
  label: Nullable(Type.String()),
  isDefault: Type.Boolean(),
};

const TrackSchema = Type.Union([
  Type.Object({ kind: Type.Literal('video'), ...TrackFacts, width: Type.Integer({ description: 'Pixels as displayed' }), height: Type.Integer() }),
  Type.Object({ kind: Type.Literal('audio'), ...TrackFacts, channels: Type.Integer(), sampleRateHz: Type.Number() }),
]);

const CONTAINERS = ['mp4', 'mov', 'webm', 'matroska', 'mp3', 'flac', 'wav', 'ogg', 'aac', 'mpeg-ts'] as const;

export const MediaInfoSchema = Type.Object({
  container: Type.Enum([...CONTAINERS]),
  durationSeconds: Nullable(Type.Number({ description: 'null when only reading the whole file would tell' })),
  tracks: Type.Array(TrackSchema),
});

export const MediaStateSchema = Type.Enum(['pending', 'read', 'unreadable'], {
  description: 'Whether the appliance has looked into the file; unreadable: it found nothing it knows',
});

export const SubtitlesSchema = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  language: Nullable(Type.String({ description: 'BCP 47 or ISO 639-2; null when nobody said' })),
  label: Type.String({ minLength: 1, description: 'For people' }),
  origin: Type.Enum(['embedded', 'uploaded']),
});

const DetailsSchema = Type.Object({
  media: Type.Union([MediaInfoSchema, Type.Null()]),
  mediaState: MediaStateSchema,
  posterId: Nullable(Type.String({ pattern: '^[0-9a-f]{16}$' })),
  subtitles: Type.Array(SubtitlesSchema),
  isInspected: Type.Boolean(),
});

const detailsCheck = Compile(DetailsSchema);

type MediaState = Static<typeof MediaStateSchema>;

/** One set of subtitles, as WebVTT in the extra that {@link subtitlesExtra} names. */
export type Subtitles = Readonly<Static<typeof SubtitlesSchema>>;

export interface VideoDetails {
  /** null until somebody looked, and for good where nothing was found. */
  readonly media: MediaInfo | null;
  readonly mediaState: MediaState;
  /** Names the poster's picture; another picture has another id. */
  readonly posterId: string | null;
  readonly subtitles: readonly Subtitles[];
  /** Nothing is left to look for: not in the file's index, and not for subtitles inside it. */
  readonly isInspected: boolean;
}

/** The details as they shall be. Extras that they name and that are not there yet are in `extras`; what they no longer name is removed. */
export interface DetailsChange {
  readonly details: VideoDetails;
  readonly extras?: ReadonlyMap<string, Uint8Array>;
}

export const NEW_DETAILS: VideoDetails = { media: null, mediaState: 'pending', posterId: null, subtitles: [], isInspected: false };

export const MAX_SUBTITLES = 32;
/** Subtitles of a long film in a verbose format; a poster is far below. */
export const MAX_EXTRA_BYTES = 8 * 1024 * 1024;

export const posterExtra = (posterId: string): string => `poster-${posterId}`;
export const subtitlesExtra = (id: string): string => `subtitles-${id}`;

/** Names of the extras that belong to a video with these details. */
export function extrasOf({ posterId, subtitles }: VideoDetails): string[] {
  return [...(posterId === null ? [] : [posterExtra(posterId)]), ...subtitles.map(({ id }) => subtitlesExtra(id))];
}

/** Details as they were kept. What an earlier version wrote has none, and what cannot be understood is looked for again. */
export function keptDetails(kept: unknown): VideoDetails {
  if (!detailsCheck.Check(kept)) return NEW_DETAILS;
  const { media, mediaState, posterId, subtitles, isInspected } = kept;
  return { media, mediaState, posterId, subtitles, isInspected };
}

export function detailsOf({ media, mediaState, posterId, subtitles, isInspected }: VideoDetails): VideoDetails {
  return { media, mediaState, posterId, subtitles, isInspected };
}

/** What a change needs done, checked. @throws StorageError `corrupt` for a change that no caller of ours makes. */
export function planChange(now: VideoDetails, change: DetailsChange): { readonly added: ReadonlyMap<string, Uint8Array>; readonly removed: readonly string[] } {
  const before = new Set(extrasOf(now));
  const after = new Set(extrasOf(change.details));
  const added = new Map([...change.extras ?? []].filter(([name]) => after.has(name)));
  if (!detailsCheck.Check(change.details)) throw bad('they are not what they must be');
  if (change.details.subtitles.length > MAX_SUBTITLES) throw bad(`a video has at most ${MAX_SUBTITLES} subtitles`);
  for (const [name, bytes] of added) {
    if (before.has(name)) throw bad(`${name} is kept already, and is never written over`);
    if (bytes.byteLength > MAX_EXTRA_BYTES) throw bad(`${name} has ${bytes.byteLength} bytes, more than ${MAX_EXTRA_BYTES}`);
  }
  for (const name of after) if (!before.has(name) && !added.has(name)) throw bad(`${name} is missing`);
  return { added, removed: [...before].filter((name) => !after.has(name)) };
}

function bad(why: string): StorageError {
  return new StorageError('corrupt', `The video's details were not changed: ${why}.`);
}
