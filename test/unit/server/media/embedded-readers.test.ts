/** What the readers of embedded subtitles read of a file, and that no file makes them read or keep without bound. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test, type Test } from 'tap';
import type { ByteSource } from '../../../../engine/media/index.ts';
import { TextDocument } from '../../../../server/media/embedded-text.ts';
import { languageName, languageOf, languageOfName } from '../../../../server/media/language-names.ts';
import { readMatroskaText } from '../../../../server/media/matroska-text.ts';
import { readMp4Text } from '../../../../server/media/mp4-text.ts';
import { seededRandom } from '../../../fixtures/seeded-random.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;

class CountedBytes implements ByteSource {
  readonly #bytes: Uint8Array;
  readBytes = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    if (start < 0 || end > this.sizeBytes || start > end) throw new RangeError(`${start} to ${end} of ${this.sizeBytes}`);
    this.readBytes += end - start;
    return this.#bytes.slice(start, end);
  }
}

/** Four seconds of noise, some 10 MB, with a subtitle in each second. */
async function film(t: Test, name: string, codec: readonly string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'switch-text-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'text.srt'), Array.from({ length: 4 }, (_, index) => `${index + 1}\n00:00:0${index},100 --> 00:00:0${index},900\nLine ${index + 1}\n`).join('\n'));
  await run('ffmpeg', [
    '-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'nullsrc=s=640x360:r=25:d=4,geq=random(1)*255:128:128', '-i', 'text.srt', '-map', '0', '-map', '1',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10', ...codec, name,
  ], { cwd: folder });
  return readFile(join(folder, name));
}

test('an indexed Matroska file gives its subtitles in time order, and one without an index the same', async (t) => {
  const indexed = new CountedBytes(await film(t, 'film.mkv', ['-c:s', 'srt']));
  const [text] = await readMatroskaText(indexed, signal);
  t.match(text?.document, /1\n00:00:00,1\d\d --> 00:00:00,9\d\d\nLine 1\n\n2\n[^]*4\n00:00:03,1\d\d --> 00:00:03,9\d\d\nLine 4\n/);
  const walked = new CountedBytes(await film(t, 'film.mkv', ['-c:s', 'srt', '-live', '1']));
  t.equal((await readMatroskaText(walked, signal))[0]?.document.replace(/,\d+/gu, ''), text?.document.replace(/,\d+/gu, ''));
});

test('a file without text tracks is left after its track list', async (t) => {
  const source = new CountedBytes((await film(t, 'film.mkv', ['-sn'])));
  t.same(await readMatroskaText(source, signal), []);
  t.ok(source.readBytes <= 1024 * 1024, `${source.readBytes} of ${source.sizeBytes} bytes`);
});

test('of an MP4 file only the index and the samples of its text are read', async (t) => {
  const source = new CountedBytes(await film(t, 'film.mp4', ['-c:s', 'mov_text']));
  const [text] = await readMp4Text(source, signal);
  t.match(text?.document, /^WEBVTT\n\n1\n00:00:00\.100 --> 00:00:00\.900\nLine 1\n\n2\n[^]*Line 4\n/);
  t.ok(source.readBytes < 64 * 1024, `${source.readBytes} of ${source.sizeBytes} bytes`);
});

test('a damaged file gives what can be read of it or an error, and never hangs', async (t) => {
  const random = seededRandom(7);
  for (const [name, codec, read] of [['film.mkv', 'srt', readMatroskaText], ['film.mp4', 'mov_text', readMp4Text]] as const) {
    const whole = await film(t, name, ['-c:s', codec]);
    for (let turn = 0; turn < 30; turn += 1) {
      const bytes = Buffer.from(turn % 3 === 0 ? whole.subarray(0, Math.floor(random() * whole.length)) : whole);
      // The index is at one of the ends.
      for (let hit = 0; hit < 20; hit += 1) {
        const near = Math.floor(random() * Math.min(bytes.length, 6000));
        const at = random() < 0.5 ? near : bytes.length - 1 - near;
        if (bytes.length > 0) bytes[at] = Math.floor(random() * 256);
      }
      const texts = await read(new CountedBytes(bytes), signal).catch((error: unknown) => {
        if (!(error instanceof Error) || error instanceof RangeError) throw error;
        return [];
      });
      for (const { document } of texts) if (document.length > 100_000) t.fail('four lines have become a book');
    }
    t.pass(name);
  }
});

test('a document without cues, or longer than is kept, is none', async (t) => {
  t.equal(new TextDocument('vtt').finish(), undefined);
  const long = new TextDocument('srt');
  for (let turn = 0; turn < 100; turn += 1) long.add(turn * 1000, turn * 1000 + 500, 'x'.repeat(100_000));
  t.equal(long.finish(), undefined);
  const gaps = new TextDocument('srt');
  gaps.add(3_723_004, 3_724_000, ' one\r\n\r\n \ntwo ');
  t.equal(gaps.finish(), '1\n01:02:03,004 --> 01:02:04,000\none\ntwo\n\n');
});

test('languages are named, and what is none is not taken for one', async (t) => {
  t.equal(languageName('eng'), 'English');
  t.equal(languageName('pt-BR'), 'Brazilian Portuguese');
  for (const [said, kept] of [['eng', 'eng'], ['und', null], ['', null], [null, null], ['de\0', 'de'], ['../x', null], ['english language', null]] as const) t.equal(languageOf(said), kept, String(said));
  for (const [name, language] of [
    ['film.en.srt', 'en'], ['film.pt-BR.forced.srt', 'pt-BR'], ['film.srt', undefined], ['film.2019.srt', undefined], ['The.Film.eng.sdh.srt', 'eng'], ['', undefined],
  ] as const) t.equal(languageOfName(name), language, name);
});
