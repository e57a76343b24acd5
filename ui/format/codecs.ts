/** What people call a codec, from the short names that the appliance tells. */
import type { MediaInfo } from '../../engine/media/index.ts';

const NAMES: Readonly<Record<string, string>> = {
  avc: 'H.264', hevc: 'HEVC', vp8: 'VP8', vp9: 'VP9', av1: 'AV1', mpeg2: 'MPEG-2', mpeg4: 'MPEG-4', prores: 'ProRes',
  aac: 'AAC', opus: 'Opus', mp3: 'MP3', flac: 'FLAC', vorbis: 'Vorbis', ac3: 'AC-3', eac3: 'E-AC-3', dts: 'DTS',
};

/** Families of RFC 6381 strings, as a player reports what it decodes. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^avc[13]/, 'avc'], [/^(hvc1|hev1)/, 'hevc'], [/^vp09|^vp9/, 'vp9'], [/^vp08|^vp8/, 'vp8'], [/^av01/, 'av1'],
  [/^mp4a\.(69|6B)|^mp3/i, 'mp3'], [/^mp4a/, 'aac'], [/^opus/i, 'opus'], [/^flac/i, 'flac'], [/^vorbis/, 'vorbis'], [/^ac-3/, 'ac3'], [/^ec-3/, 'eac3'],
];

/** `H.264`; what is not known keeps its own name in capitals. */
export function codecName(codec: string): string {
  return NAMES[codec] ?? codec.toUpperCase();
}

/** `H.264 (avc1.64001f)`, from an RFC 6381 string. */
export function codecWithString(codecString: string): string {
  const family = FAMILIES.find(([pattern]) => pattern.test(codecString))?.[1];
  return family === undefined ? codecString : `${codecName(family)} (${codecString})`;
}

/** `H.264 · AAC`: each once, pictures first. Empty when nothing is known. */
export function codecNames(media: MediaInfo | null): string {
  const tracks = (media?.tracks ?? []).toSorted((one, other) => Number(one.kind === 'audio') - Number(other.kind === 'audio'));
  return [...new Set(tracks.flatMap(({ codec }) => (codec === null ? [] : [codecName(codec)])))].join(' · ');
}

/** `1920 × 1080` on one line, of the first picture; null when there is none. */
export function pictureSize(media: MediaInfo | null): string | null {
  const picture = media?.tracks.find((track) => track.kind === 'video');
  return picture?.kind === 'video' ? `${picture.width}\u00A0×\u00A0${picture.height}` : null;
}
