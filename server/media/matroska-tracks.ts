/** The text tracks of a Matroska file, and how their blocks are written. Source: RFC 9559, section 5.1.4, and its codec mappings. */
import { inflateSync } from 'node:zlib';
import { MAX_TEXT_TRACKS, TextDocument, type EmbeddedText } from './embedded-text.ts';
import type { Element, MatroskaReader } from './matroska-reader.ts';

const ID = {
  trackEntry: 0xae, number: 0xd7, type: 0x83, codec: 0x86, codecPrivate: 0x63a2, language: 0x22b59c, languageBcp47: 0x22b59d, name: 0x536e,
  encodings: 0x6d80, encoding: 0x6240, compression: 0x5034, algorithm: 0x4254, settings: 0x4255, encryption: 0x5035,
} as const;

const SUBTITLE_TRACK = 0x11;
const ZLIB = 0;
const HEADER_STRIPPING = 3;
/** One subtitle. Larger is a broken block, or an attack on whoever inflates it. */
const MAX_TEXT_BYTES = 256 * 1024;
/** The element's default, RFC 9559 section 5.1.4.1.19. */
const DEFAULT_LANGUAGE = 'eng';

type Codec = 'S_TEXT/UTF8' | 'S_TEXT/ASCII' | 'S_TEXT/WEBVTT' | 'S_TEXT/ASS' | 'S_TEXT/SSA' | 'D_WEBVTT';

type Unpack = (payload: Uint8Array) => Uint8Array;

const asItIs: Unpack = (payload) => payload;

export class TextTrack {
  readonly number: number;
  readonly #codec: Codec;
  readonly #language: string;
  readonly #label: string | null;
  readonly #unpack: Unpack;
  readonly #document: TextDocument;

  constructor(facts: { number: number; codec: Codec; language: string; label: string | null; head: string; unpack: Unpack }) {
    this.number = facts.number;
    this.#codec = facts.codec;
    this.#language = facts.language;
    this.#label = facts.label;
    this.#unpack = facts.unpack;
    this.#document = isAss(facts.codec) ? new TextDocument('ass', assHead(facts.head)) : new TextDocument(formatOf(facts.codec));
  }

  add(startMs: number, durationMs: number, payload: Uint8Array): void {
    if (payload.byteLength > MAX_TEXT_BYTES) return;
    const text = Buffer.from(this.#unpack(payload)).toString('utf8').replaceAll('\0', '');
    this.#document.add(startMs, startMs + durationMs, this.#written(text));
  }

  finish(): EmbeddedText | undefined {
    const document = this.#document.finish();
    return document === undefined ? undefined : { language: this.#language, label: this.#label, format: formatOf(this.#codec), document };
  }

  #written(text: string): string {
    if (isAss(this.#codec)) {
      // ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect, Text: a Dialogue line whose times are the block's.
      const [, layer = '0', ...rest] = text.replace(/[\r\n]+/gu, '\\N').split(',');
      return rest.length < 7 ? '' : `Dialogue: ${/^\d+$/u.test(layer) ? layer : '0'},{START},{END},${rest.join(',')}\n`;
    }
    // WebM's own mapping: identifier and settings come on lines of their own.
    return this.#codec === 'D_WEBVTT' ? text.split('\n').slice(2).join('\n') : text;
  }
}

export async function readTextTracks(reader: MatroskaReader, tracks: Element): Promise<Map<number, TextTrack>> {
  const found = new Map<number, TextTrack>();
  for await (const entry of reader.children(tracks)) {
    if (entry.id !== ID.trackEntry || found.size === MAX_TEXT_TRACKS) continue;
    const track = await readTrack(reader, entry);
    if (track !== undefined) found.set(track.number, track);
  }
  return found;
}

async function readTrack(reader: MatroskaReader, entry: Element): Promise<TextTrack | undefined> {
  let [number, type, codec, language, bcp47, head] = [0, 0, '', DEFAULT_LANGUAGE, '', ''];
  let label: string | null = null;
  let unpack: Unpack | undefined = asItIs;
  for await (const child of reader.children(entry)) {
    switch (child.id) {
      case ID.number: number = await reader.integer(child); break;
      case ID.type: type = await reader.integer(child); break;
      case ID.codec: codec = await reader.text(child); break;
      case ID.language: language = await reader.text(child); break;
      case ID.languageBcp47: bcp47 = await reader.text(child); break;
      case ID.name: label = await reader.text(child); break;
      case ID.codecPrivate: if (child.end - child.start <= MAX_TEXT_BYTES) head = await reader.text(child); break;
      case ID.encodings: unpack = await readEncodings(reader, child); break;
      default:
    }
  }
  const known = codecOf(codec);
  if (type !== SUBTITLE_TRACK || known === undefined || unpack === undefined) return undefined;
  return new TextTrack({ number, codec: known, language: bcp47 === '' ? language : bcp47, label, head, unpack });
}

/** undefined where the blocks are encrypted or packed in a way nobody writes. */
async function readEncodings(reader: MatroskaReader, encodings: Element): Promise<Unpack | undefined> {
  let algorithm: number | undefined;
  let settings: Uint8Array = new Uint8Array(0);
  let count = 0;
  for await (const encoding of reader.children(encodings)) {
    if (encoding.id !== ID.encoding) continue;
    count += 1;
    for await (const part of reader.children(encoding)) {
      if (part.id === ID.encryption) return undefined;
      if (part.id !== ID.compression) continue;
      algorithm = ZLIB;
      for await (const field of reader.children(part)) {
        if (field.id === ID.algorithm) algorithm = await reader.integer(field);
        if (field.id === ID.settings) settings = Buffer.from(await reader.data(field));
      }
    }
  }
  if (count > 1) return undefined;
  if (algorithm === undefined) return asItIs;
  if (algorithm === HEADER_STRIPPING) return (payload) => Buffer.concat([settings, payload]);
  return algorithm === ZLIB ? (payload) => inflateSync(payload, { maxOutputLength: MAX_TEXT_BYTES }) : undefined;
}

function codecOf(codec: string): Codec | undefined {
  if (codec.startsWith('D_WEBVTT/')) return codec === 'D_WEBVTT/METADATA' ? undefined : 'D_WEBVTT';
  return (['S_TEXT/UTF8', 'S_TEXT/ASCII', 'S_TEXT/WEBVTT', 'S_TEXT/ASS', 'S_TEXT/SSA'] as const).find((known) => known === codec);
}

function isAss(codec: Codec): boolean {
  return codec === 'S_TEXT/ASS' || codec === 'S_TEXT/SSA';
}

function formatOf(codec: Codec): EmbeddedText['format'] {
  if (isAss(codec)) return 'ass';
  return codec === 'S_TEXT/WEBVTT' || codec === 'D_WEBVTT' ? 'vtt' : 'srt';
}

function assHead(codecPrivate: string): string {
  const styles = codecPrivate.replace(/^\[Events\][^]*$/mu, '').trimEnd();
  return `${styles}\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n`;
}
