/** What people call the codecs of media files. */

const NAMES: Readonly<Record<string, string>> = {
  avc: 'H.264', hevc: 'HEVC', vp8: 'VP8', vp9: 'VP9', av1: 'AV1', prores: 'ProRes', mpeg2: 'MPEG-2', mpeg4: 'MPEG-4 Part 2', mjpeg: 'Motion JPEG',
  aac: 'AAC', opus: 'Opus', mp3: 'MP3', flac: 'FLAC', vorbis: 'Vorbis', ac3: 'Dolby Digital (AC-3)', eac3: 'Dolby Digital Plus (E-AC-3)', dts: 'DTS',
  truehd: 'Dolby TrueHD', alac: 'Apple Lossless',
};

/** `H.264`, `Dolby Digital (AC-3)`; what has no name here keeps its own in capitals. */
export function codecName(codec: string): string {
  if (codec.startsWith('pcm-') || codec === 'ulaw' || codec === 'alaw') return 'uncompressed sound (PCM)';
  return NAMES[codec] ?? codec.toUpperCase();
}
