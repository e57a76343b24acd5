/** The text subtitles inside a video, as WebVTT with a name for people. Pictures of text (PGS, VobSub) are not text. */
import type { ByteSource, MediaInfo } from '../../engine/media/index.ts';
import type { EmbeddedText } from './embedded-text.ts';
import type { FoundSubtitles } from './inspection-results.ts';
import { languageName, languageOf } from './language-names.ts';
import { readMatroskaText } from './matroska-text.ts';
import { readMp4Text } from './mp4-text.ts';

/** A document in a format that its file name's extension tells, as WebVTT. Throws when it is none. */
export type ConvertSubtitles = (document: Uint8Array, description: { readonly fileName: string }) => string;

export async function readEmbeddedSubtitles(source: ByteSource, { container }: MediaInfo, signal: AbortSignal, convert: ConvertSubtitles): Promise<FoundSubtitles[]> {
  const found: FoundSubtitles[] = [];
  for (const [index, text] of (await readTexts(source, container, signal)).entries()) {
    signal.throwIfAborted();
    const language = languageOf(text.language);
    const bytes = toBytes(text, convert);
    if (bytes !== undefined) found.push({ language, label: labelOf(text, language, index), bytes });
  }
  return found;
}

async function readTexts(source: ByteSource, container: MediaInfo['container'], signal: AbortSignal): Promise<EmbeddedText[]> {
  if (container === 'matroska' || container === 'webm') return readMatroskaText(source, signal);
  return container === 'mp4' || container === 'mov' ? readMp4Text(source, signal) : [];
}

/** undefined when there is no subtitle in it: one that cannot be converted is left out, and the others stay. */
function toBytes({ document, format }: EmbeddedText, convert: ConvertSubtitles): Uint8Array | undefined {
  try {
    return Buffer.from(convert(Buffer.from(document), { fileName: `embedded.${format}` }));
  } catch {
    return undefined;
  }
}

function labelOf({ label }: EmbeddedText, language: string | null, index: number): string {
  const said = label?.replace(/\p{Cc}/gu, ' ').trim() ?? '';
  if (said !== '') return said;
  return (language === null ? undefined : languageName(language)) ?? `Subtitles ${index + 1}`;
}
