/** Names what a file is by its first bytes, when it is none that can be read: "cannot be read" alone helps nobody. */

interface Signature {
  readonly at?: number;
  readonly bytes: readonly number[] | string;
  readonly words: string;
}

const NOT_IN_A_BROWSER = 'cannot be played in a browser.';
const NO_MEDIA = 'neither picture nor sound in it.';

const SIGNATURES: readonly Signature[] = [
  { at: 8, bytes: 'AVI ', words: `AVI files ${NOT_IN_A_BROWSER}` },
  { bytes: [0x00, 0x00, 0x01, 0xba], words: `MPEG program streams (.mpg, .vob) ${NOT_IN_A_BROWSER}` },
  { bytes: [0x00, 0x00, 0x01, 0xb3], words: `MPEG-1 and MPEG-2 video ${NOT_IN_A_BROWSER}` },
  { bytes: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], words: `Windows Media files (.wmv, .wma, .asf) ${NOT_IN_A_BROWSER}` },
  { bytes: 'FLV\u0001', words: `Flash video files (.flv) ${NOT_IN_A_BROWSER}` },
  { bytes: '.RMF', words: `RealMedia files ${NOT_IN_A_BROWSER}` },
  { at: 8, bytes: 'AIFF', words: `AIFF files ${NOT_IN_A_BROWSER}` },
  { bytes: 'MThd', words: `MIDI files ${NOT_IN_A_BROWSER}` },
  { bytes: '#EXTM3U', words: 'This is a playlist: it names other files, and has no picture or sound of its own.' },
  { bytes: 'PK\u0003\u0004', words: `This is a ZIP archive, with ${NO_MEDIA}` },
  { bytes: 'Rar!', words: `This is a RAR archive, with ${NO_MEDIA}` },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], words: `This is a 7z archive, with ${NO_MEDIA}` },
  { bytes: [0x1f, 0x8b], words: `This is a gzip archive, with ${NO_MEDIA}` },
  { bytes: '%PDF', words: `This is a PDF document, with ${NO_MEDIA}` },
  { bytes: [0x89, 0x50, 0x4e, 0x47], words: 'This is a PNG image, not a video.' },
  { bytes: [0xff, 0xd8, 0xff], words: 'This is a JPEG image, not a video.' },
  { bytes: 'GIF8', words: 'This is a GIF image, not a video.' },
];

/** Bytes that are enough to tell. */
export const SNIFF_BYTES = 64;

/** What the file is, in a sentence; null when that is not known either. */
export function sniffedWords(head: Uint8Array): string | null {
  return SIGNATURES.find(({ at = 0, bytes }) => [...bytes].every((wanted, index) => head[at + index] === code(wanted)))?.words ?? null;
}

function code(wanted: number | string): number {
  return typeof wanted === 'number' ? wanted : wanted.charCodeAt(0);
}
