/** File names that are safe to show, to store and to write to disk on any system. They come from uploads and from other peers. */

/** Bytes of UTF-8: what common file systems take. */
const MAX_FILE_NAME_BYTES = 255;

/** Path separators, characters no system takes, control characters, and marks that turn text around to disguise an ending. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const UNSAFE = /[/\\<>:"|?*\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const encoder = new TextEncoder();

/** A safe name as near to `name` as can be: the last part of a path, cut to 255 bytes with its extension kept. */
export function cleanFileName(name: string, fallback = 'video'): string {
  const last = name.toWellFormed().normalize('NFC').split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
  const clean = last.replace(UNSAFE, '_').trim().replace(/[. ]+$/, '');
  return cutToBytes(clean === '' ? fallback : clean, MAX_FILE_NAME_BYTES);
}

/** Whether `cleanFileName` would leave it as it is. */
export function isFileName(name: string): boolean {
  return name !== '' && cleanFileName(name, '') === name;
}

function cutToBytes(name: string, maxBytes: number): string {
  if (encoder.encode(name).length <= maxBytes) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  const stem = Array.from(name.slice(0, name.length - extension.length));
  let roomBytes = maxBytes - encoder.encode(extension).length;
  let kept = '';
  for (const letter of stem) {
    roomBytes -= encoder.encode(letter).length;
    if (roomBytes < 0) break;
    kept += letter;
  }
  return kept.trimEnd() + extension;
}
