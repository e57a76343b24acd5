/** What this browser can play of a video, from what the appliance found inside it. Worked out once for each kind of file. */
import { playability, type MediaInfo } from '../../engine/media/index.ts';
import type { Video } from '../api/video.ts';

export interface Playable {
  /** Something of it plays, or nobody knows. */
  readonly plays: boolean;
  /** For a list; null when all of it plays. */
  readonly badge: 'Download only' | 'Sound only' | 'No sound' | null;
  /** Each a sentence; empty when all of it plays. */
  readonly problems: readonly string[];
}

const UNKNOWN: Playable = { plays: true, badge: null, problems: [] };
const UNREADABLE: Playable = { plays: false, badge: 'Download only', problems: ['This is no format that can be played here.'] };

/** Kinds of files are few: a library of thousands has a dozen. */
const MAX_KNOWN = 200;
const known = new Map<string, Playable>();

export function playable({ media, mediaState }: Pick<Video, 'media' | 'mediaState'>): Playable {
  // The appliance looks with the same eyes as the player.
  if (media === null) return mediaState === 'unreadable' ? UNREADABLE : UNKNOWN;
  const kind = JSON.stringify(media.tracks.map((track) => [track.kind, track.codec, track.codecString]));
  const before = known.get(kind);
  if (before !== undefined) return before;
  const found = ask(media);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(kind, found);
  return found;
}

/** iPhones have the managed kind only. */
const managed = globalThis as { readonly ManagedMediaSource?: typeof MediaSource };

function ask(media: MediaInfo): Playable {
  const source = globalThis.MediaSource ?? managed.ManagedMediaSource;
  if (source === undefined) return { plays: false, badge: 'Download only', problems: ['This browser has no Media Source Extensions, so a page cannot play for it.'] };
  const { videoTrack, audioTrack, problems } = playability(media, (mimeType) => source.isTypeSupported(mimeType));
  const has = (kind: 'video' | 'audio'): boolean => media.tracks.some((track) => track.kind === kind);
  const plays = videoTrack !== null || audioTrack !== null;
  const badge = !plays ? 'Download only' : has('video') && videoTrack === null ? 'Sound only' : has('audio') && audioTrack === null ? 'No sound' : null;
  return { plays, badge, problems };
}
