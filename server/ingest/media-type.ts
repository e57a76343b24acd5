/**
 * The media type a video is kept under. Only types that a browser plays or shows as media are kept: the library is served from
 * the page's own origin, where a stored text/html or SVG would run as the page.
 */
import { extname } from 'node:path';
import { isMediaType } from '../../engine/index.ts';

const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.3gp': 'video/3gpp', '.avi': 'video/x-msvideo', '.flv': 'video/x-flv', '.m2ts': 'video/mp2t', '.m4v': 'video/mp4',
  '.mkv': 'video/x-matroska', '.mov': 'video/quicktime', '.mp4': 'video/mp4', '.mpeg': 'video/mpeg', '.mpg': 'video/mpeg',
  '.mts': 'video/mp2t', '.ogv': 'video/ogg', '.ts': 'video/mp2t', '.webm': 'video/webm', '.wmv': 'video/x-ms-wmv',
  '.aac': 'audio/aac', '.flac': 'audio/flac', '.m4a': 'audio/mp4', '.mka': 'audio/x-matroska', '.mp3': 'audio/mpeg',
  '.oga': 'audio/ogg', '.ogg': 'audio/ogg', '.opus': 'audio/ogg', '.wav': 'audio/wav', '.weba': 'audio/webm',
  '.vtt': 'text/vtt', '.srt': 'application/x-subrip',
  '.gif': 'image/gif', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp',
};

const KEPT = /^(?:video|audio)\/|^image\/(?!svg)|^text\/vtt$|^application\/(?:ogg|x-subrip|mp4|x-matroska)$/i;

/** `declared` where it says something and is safe to serve, else a guess from the name, else `application/octet-stream`. */
export function mediaTypeFor(name: string, declared: string | undefined): string {
  const type = declared?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (isMediaType(type) && KEPT.test(type)) return type;
  return BY_EXTENSION[extname(name).toLowerCase()] ?? UNKNOWN_MEDIA_TYPE;
}
