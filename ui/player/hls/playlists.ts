/** The texts of a virtual HLS presentation (RFC 8216). Pure. */
import type { AudioTrackInfo, VideoTrackInfo } from '../../../engine/media/index.ts';

/** EXT-X-MAP in a media playlist without I-frames needs 6; fragmented MP4 is taken from 7 on. */
const VERSION = 7;

const AUDIO_GROUP = 'audio';
const SUBTITLES_GROUP = 'subtitles';

/** A text track for hls.js to show: WebVTT, at an address of its own. */
export interface HlsSubtitles {
  /** Absolute; hls.js's own loader fetches it. */
  readonly url: string;
  /** For people. */
  readonly label: string;
  /** BCP 47; null when nobody said. */
  readonly language: string | null;
}

export interface Presentation {
  readonly video: VideoTrackInfo | undefined;
  readonly audio: readonly AudioTrackInfo[];
  readonly subtitles: readonly HlsSubtitles[];
  readonly bitsPerSecond: number;
  /** RFC 6381 codecs for the CODECS attribute; those that hls.js would misjudge are not among them. */
  readonly codecs: readonly string[];
}

/** The multivariant playlist: one variant, with its sounds and texts beside it. */
export function multivariantPlaylist({ video, audio, subtitles, bitsPerSecond, codecs }: Presentation): string {
  const [only] = audio;
  const variant = video ?? only;
  const groups = [
    ...(video === undefined ? [] : audio.map((track, index) => media('AUDIO', AUDIO_GROUP, {
      name: track.label ?? track.language ?? `Audio ${index + 1}`, language: track.language, uri: playlistName(track.number),
      isDefault: track === defaultOf(audio), extra: [`CHANNELS="${track.channels}"`],
    }))),
    ...subtitles.map(({ label, language }, index) => media('SUBTITLES', SUBTITLES_GROUP, {
      name: label, language, uri: subtitlesName(index), isDefault: false, extra: ['FORCED=NO'],
    })),
  ];
  const attributes = [
    `BANDWIDTH=${Math.max(1, Math.round(bitsPerSecond))}`,
    ...(codecs.length === 0 ? [] : [`CODECS="${codecs.join(',')}"`]),
    ...(video === undefined ? [] : [`RESOLUTION=${video.width}x${video.height}`]),
    ...(video === undefined || audio.length === 0 ? [] : [`AUDIO="${AUDIO_GROUP}"`]),
    ...(subtitles.length === 0 ? [] : [`SUBTITLES="${SUBTITLES_GROUP}"`]),
  ];
  return lines([...head(), '#EXT-X-INDEPENDENT-SEGMENTS', ...unlike(groups), `#EXT-X-STREAM-INF:${attributes.join(',')}`, playlistName(variant?.number ?? 0)]);
}

/** One track: all its segments, the last included. */
export function mediaPlaylist(trackNumber: number, durations: readonly number[], hasInit: boolean): string {
  return lines([
    ...head(), `#EXT-X-TARGETDURATION:${Math.ceil(Math.max(1, ...durations))}`, '#EXT-X-PLAYLIST-TYPE:VOD',
    ...(hasInit ? [`#EXT-X-MAP:URI="${initName(trackNumber)}"`] : []),
    ...durations.flatMap((seconds, index) => [`#EXTINF:${seconds.toFixed(6)},`, segmentName(trackNumber, index)]),
    '#EXT-X-ENDLIST',
  ]);
}

/** One text: all of it in one segment. */
export function subtitlesPlaylist(url: string, endSeconds: number): string {
  return lines([...head(), `#EXT-X-TARGETDURATION:${Math.ceil(Math.max(1, endSeconds))}`, '#EXT-X-PLAYLIST-TYPE:VOD', `#EXTINF:${endSeconds.toFixed(6)},`, url, '#EXT-X-ENDLIST']);
}

export const MULTIVARIANT_NAME = 'main.m3u8';

export type Requested =
  | { readonly kind: 'multivariant' }
  | { readonly kind: 'playlist'; readonly track: number }
  | { readonly kind: 'init'; readonly track: number }
  | { readonly kind: 'segment'; readonly track: number; readonly index: number }
  | { readonly kind: 'subtitles'; readonly index: number };

/** What a name of ours stands for; undefined for any other. */
export function requested(name: string): Requested | undefined {
  if (name === MULTIVARIANT_NAME) return { kind: 'multivariant' };
  const [, kind, first, second] = /^(track|init|segment|subtitles)-(\d+)(?:-(\d+))?\.(?:m3u8|mp4|m4s)$/.exec(name) ?? [];
  const track = Number(first);
  if (kind === 'track') return { kind: 'playlist', track };
  if (kind === 'init') return { kind: 'init', track };
  if (kind === 'subtitles') return { kind: 'subtitles', index: track };
  return kind === 'segment' && second !== undefined ? { kind: 'segment', track, index: Number(second) } : undefined;
}

function playlistName(track: number): string {
  return `track-${track}.m3u8`;
}

function initName(track: number): string {
  return `init-${track}.mp4`;
}

function segmentName(track: number, index: number): string {
  return `segment-${track}-${index}.m4s`;
}

function subtitlesName(index: number): string {
  return `subtitles-${index}.m3u8`;
}

function head(): string[] {
  return ['#EXTM3U', `#EXT-X-VERSION:${VERSION}`];
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

interface Rendition {
  readonly name: string;
  readonly language: string | null;
  readonly uri: string;
  readonly isDefault: boolean;
  readonly extra: readonly string[];
}

function media(type: string, group: string, { name, language, uri, isDefault, extra }: Rendition): (suffix: string) => string {
  return (suffix) => `#EXT-X-MEDIA:${[
    `TYPE=${type}`, `GROUP-ID="${group}"`, `NAME="${quoted(name)}${suffix}"`, ...(language === null ? [] : [`LANGUAGE="${quoted(language)}"`]),
    `DEFAULT=${isDefault ? 'YES' : 'NO'}`, 'AUTOSELECT=YES', ...extra, `URI="${uri}"`,
  ].join(',')}`;
}

/** Names within a group must differ (RFC 8216, 4.3.4.1.1). */
function unlike(renditions: readonly ((suffix: string) => string)[]): string[] {
  const names = new Map<string, number>();
  return renditions.map((rendition) => {
    const name = /TYPE=\w+|NAME="[^"]*"/g;
    const key = (rendition('').match(name) ?? []).join();
    const times = (names.get(key) ?? 0) + 1;
    names.set(key, times);
    return rendition(times === 1 ? '' : ` (${times})`);
  });
}

/** A quoted string has neither quotes nor line breaks (RFC 8216, 4.2). */
function quoted(text: string): string {
  return text.replaceAll('"', '’').replaceAll(/[\r\n]+/g, ' ');
}

function defaultOf(audio: readonly AudioTrackInfo[]): AudioTrackInfo | undefined {
  return audio.find(({ isDefault }) => isDefault) ?? audio[0];
}
