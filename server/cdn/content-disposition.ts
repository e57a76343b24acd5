/** The Content-Disposition of a content (RFC 6266), its name in ASCII and, where that loses something, in UTF-8 (RFC 8187). */

/** Longest name sent; file systems stop at 255 bytes. */
const MAX_NAME_LENGTH = 255;

export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const clean = tidy(name);
  // Backslashes and percent signs are read differently by browsers inside the quoted form, so they go as well.
  const ascii = clean.replaceAll(/[^\x20-\x7e]/gu, '_').replaceAll(/["\\%]/g, '_');
  const quoted = `${kind}; filename="${ascii}"`;
  return ascii === clean ? quoted : `${quoted}; filename*=UTF-8''${encodeExtended(clean)}`;
}

/** Without controls, lone surrogates and folders: nobody's save dialog is led elsewhere, no header is injected. */
function tidy(name: string): string {
  const flat = name.toWellFormed().replaceAll(/\p{Cc}/gu, '').replaceAll(/[/\\]/g, '_').trim();
  const short = [...flat].slice(0, MAX_NAME_LENGTH).join('');
  return short === '' || short === '.' || short === '..' ? 'video' : short;
}

/** `encodeURIComponent` leaves `'()*` alone, which RFC 8187's attr-char does not have. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
