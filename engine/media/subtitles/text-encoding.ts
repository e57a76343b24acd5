/** Subtitle files say mostly not how they are encoded: told from their bytes. */

/** UTF-8 and UTF-16 by their mark or their look, else Windows-1252, which is what old files in Western languages are. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = markedEncoding(bytes) ?? utf16Look(bytes);
  if (encoding !== null) return clean(new TextDecoder(encoding).decode(bytes));
  try {
    return clean(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return clean(new TextDecoder('windows-1252').decode(bytes));
  }
}

function markedEncoding(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

/** Digits and line ends have a zero beside them in UTF-16, and no text has zeros in UTF-8. */
function utf16Look(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, 512);
  let even = 0;
  let odd = 0;
  for (const [index, byte] of head.entries()) {
    if (byte !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  if (even + odd < head.length / 5) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

function clean(text: string): string {
  return text.replace(/^\ufeff/, '').replaceAll('\0', '\ufffd').replace(/\r\n?/g, '\n');
}
