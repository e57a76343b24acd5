/**
 * Embedded text subtitles of an MP4 or MOV file (3GPP timed text, TS 26.245; WebVTT in ISO media, ISO/IEC 14496-30). Only the text
 * tracks' part of the index is given to the parser, which would otherwise make an object of every frame of the film; then only
 * their samples are read. Of fragmented files, whose index is all over the file, subtitles are not taken.
 */
import type { ISOFile, Sample, Track } from 'mp4box';
import type { ByteSource } from '../../engine/media/index.ts';
import { MAX_TEXT_TRACKS, TextDocument, type EmbeddedText } from './embedded-text.ts';

/** The whole index of a film of ten hours is below this. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const MAX_TOP_LEVEL_BOXES = 10_000;
/** Samples of a subtitle track lie among the pictures; neighbours within this distance come in one read. */
const JOIN_WITHIN_BYTES = 16 * 1024;
const MAX_JOINED_BYTES = 1024 * 1024;
const MAX_SAMPLES = 200_000;
const MAX_SAMPLE_BYTES = 64 * 1024;
const TEXT_HANDLERS: ReadonlySet<string> = new Set(['text', 'sbtl', 'subt', 'clcp']);

/** The parser wants one. */
const FTYP = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0', 'latin1');

interface Box {
  readonly type: string;
  /** Of the header, and of what is in the box. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

export async function readMp4Text(source: ByteSource, signal: AbortSignal): Promise<EmbeddedText[]> {
  const index = await readIndex(source, signal);
  if (index === undefined) return [];
  const parsed = await parse(index);
  if (parsed === undefined) return [];
  const texts: EmbeddedText[] = [];
  for (const track of parsed.tracks.slice(0, MAX_TEXT_TRACKS)) {
    const document = await readTrack(source, parsed.file, track, signal);
    if (document !== undefined) texts.push({ language: track.language, label: nameOf(track), format: 'vtt', document });
  }
  return texts;
}

/** undefined where the index is broken. The parser is large, and most videos have no text track: it comes when it is needed. */
async function parse(index: Uint8Array): Promise<{ file: ISOFile; tracks: Track[] } | undefined> {
  const { createFile, Log, MP4BoxBuffer } = await import('mp4box');
  // It would write about damaged files to the console, past the appliance's log.
  Log.error = () => undefined;
  const file = createFile();
  let tracks: Track[] | undefined;
  file.onReady = (movie) => { ({ tracks } = movie); };
  try {
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(index).buffer, 0));
  } catch {
    return undefined;
  }
  return tracks === undefined ? undefined : { file, tracks };
}

/** A movie box of the text tracks alone; undefined where there are none. Sample offsets count from the file's start, so they stay right. */
async function readIndex(source: ByteSource, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const moov = await findMoov(source, signal);
  if (moov === undefined || moov.end - moov.at > MAX_INDEX_BYTES) return undefined;
  const bytes = await source.read(moov.at, moov.end, { signal });
  const kept: Uint8Array[] = [];
  let textTracks = 0;
  for (const box of boxesOf(bytes, moov.start - moov.at, bytes.byteLength)) {
    const isText = box.type === 'trak' && TEXT_HANDLERS.has(handlerOf(bytes, box)) && sampleCountOf(bytes, box) <= MAX_SAMPLES;
    if (isText) textTracks += 1;
    if (isText || box.type === 'mvhd') kept.push(bytes.subarray(box.at, box.end));
  }
  if (textTracks === 0) return undefined;
  const head = Buffer.from([...FTYP, 0, 0, 0, 0, ...Buffer.from('moov')]);
  head.writeUInt32BE(8 + kept.reduce((sum, part) => sum + part.byteLength, 0), FTYP.byteLength);
  return Buffer.concat([head, ...kept]);
}

async function findMoov(source: ByteSource, signal: AbortSignal): Promise<Box | undefined> {
  let at = 0;
  for (let count = 0; at + 8 <= source.sizeBytes && count < MAX_TOP_LEVEL_BOXES; count += 1) {
    const bytes = await source.read(at, Math.min(at + 16, source.sizeBytes), { signal });
    const box = boxAt(bytes, 0, source.sizeBytes - at);
    if (box === undefined) return undefined;
    if (box.type === 'moov') return { type: box.type, at, start: at + box.start, end: at + box.end };
    at += box.end;
  }
  return undefined;
}

function* boxesOf(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  for (let at = start; at + 8 <= end;) {
    const box = boxAt(bytes, at, end);
    if (box === undefined) return;
    yield box;
    at = box.end;
  }
}

/** undefined where no box can be. Source: ISO/IEC 14496-12, section 4.2. */
function boxAt(bytes: Uint8Array, at: number, parentEnd: number): Box | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size32 = view.getUint32(at);
  const isLong = size32 === 1 && bytes.byteLength >= at + 16;
  const size = isLong ? Number(view.getBigUint64(at + 8)) : size32;
  const end = size === 0 ? parentEnd : at + size;
  const start = at + (isLong ? 16 : 8);
  if (end < start || end > parentEnd) return undefined;
  return { type: Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, 4).toString('latin1'), at, start, end };
}

/** trak/mdia/hdlr: four bytes of version and flags, four of nothing, and the type. */
function handlerOf(bytes: Uint8Array, trak: Box): string {
  const hdlr = find(bytes, trak, 'mdia', 'hdlr');
  return hdlr === undefined || hdlr.end - hdlr.start < 12 ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + hdlr.start + 8, 4).toString('latin1');
}

/** Checked before the parser makes that many objects: a few bytes can claim four thousand million samples. */
function sampleCountOf(bytes: Uint8Array, trak: Box): number {
  const table = find(bytes, trak, 'mdia', 'minf', 'stbl', 'stsz') ?? find(bytes, trak, 'mdia', 'minf', 'stbl', 'stz2');
  if (table === undefined || table.end - table.start < 12) return Infinity;
  return new DataView(bytes.buffer, bytes.byteOffset + table.start, 12).getUint32(8);
}

function find(bytes: Uint8Array, parent: Box, ...[type, ...inside]: readonly string[]): Box | undefined {
  for (const box of boxesOf(bytes, parent.start, parent.end)) {
    if (box.type === type) return inside.length === 0 ? box : find(bytes, box, ...inside);
  }
  return undefined;
}

async function readTrack(source: ByteSource, file: ISOFile, track: Track, signal: AbortSignal): Promise<string | undefined> {
  const codec = track.codec.slice(0, 4);
  const textOf = codec === 'tx3g' || codec === 'text' ? timedText : codec === 'wvtt' ? webVtt : undefined;
  if (textOf === undefined) return undefined;
  const samples = file.getTrackSamplesInfo(track.id).filter(({ size }) => size <= MAX_SAMPLE_BYTES);
  const offsetMs = editOffsetMs(track);
  const document = new TextDocument('vtt');
  for await (const [sample, bytes] of readSamples(source, samples, signal)) {
    const startMs = (sample.cts / sample.timescale) * 1000 + offsetMs;
    const endMs = startMs + (sample.duration / sample.timescale) * 1000;
    for (const text of textOf(bytes)) document.add(startMs, endMs, text);
  }
  return document.finish();
}

async function* readSamples(source: ByteSource, samples: readonly Sample[], signal: AbortSignal): AsyncGenerator<readonly [Sample, Uint8Array]> {
  for (let first = 0; first < samples.length;) {
    const start = samples[first]?.offset ?? 0;
    let end = start + (samples[first]?.size ?? 0);
    let next = first + 1;
    for (let sample = samples[next]; sample !== undefined; sample = samples[next]) {
      const sampleEnd = sample.offset + sample.size;
      if (sample.offset < end || sample.offset > end + JOIN_WITHIN_BYTES || sampleEnd - start > MAX_JOINED_BYTES) break;
      end = sampleEnd;
      next += 1;
    }
    // An index that points past the end: a file cut short.
    if (end > source.sizeBytes) return;
    const bytes = await source.read(start, end, { signal });
    for (const sample of samples.slice(first, next)) yield [sample, bytes.subarray(sample.offset - start, sample.offset - start + sample.size)];
    first = next;
  }
}

/** The presentation begins where the edit list says (ISO/IEC 14496-12, section 8.6.6): later by empty edits, earlier by media time. */
function editOffsetMs({ edits = [], movie_timescale: movieTimescale, timescale }: Track): number {
  let offsetMs = 0;
  for (const { media_time: mediaTime, segment_duration: duration } of edits) {
    if (mediaTime >= 0) return offsetMs - (mediaTime / timescale) * 1000;
    offsetMs += (duration / movieTimescale) * 1000;
  }
  return offsetMs;
}

/** Length, text (UTF-8, or UTF-16 with its mark), and styles, which are left out. An empty text ends the one before. */
function timedText(sample: Uint8Array): string[] {
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength);
  if (bytes.length < 2) return [];
  const text = bytes.subarray(2, 2 + bytes.readUInt16BE(0));
  const isUtf16 = text.length >= 2 && text.readUInt16BE(0) === 0xfeff;
  return [escaped(isUtf16 ? Buffer.from(text.subarray(2)).swap16().toString('utf16le') : text.toString('utf8'))];
}

/** Cue boxes, each with its payload; the text is WebVTT already. */
function webVtt(sample: Uint8Array): string[] {
  const whole: Box = { type: '', at: 0, start: 0, end: sample.byteLength };
  return [...boxesOf(sample, whole.start, whole.end)].filter(({ type }) => type === 'vttc').flatMap((cue) => {
    const payload = find(sample, cue, 'payl');
    return payload === undefined ? [] : [Buffer.from(sample.subarray(payload.start, payload.end)).toString('utf8')];
  });
}

function escaped(text: string): string {
  return text.replaceAll('\0', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Muxers put their own names here ("SubtitleHandler"), which tell people nothing. */
function nameOf({ name }: Track): string | null {
  return name === '' || /handler|subtitle|^text/iu.test(name) ? null : name;
}
