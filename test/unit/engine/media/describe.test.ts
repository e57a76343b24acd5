/** What is inside a file, for who plays nothing: the same as the player finds, without the tables of its frames. */
import t from 'tap';
import type { Test } from 'tap';
import { describeMedia, openMedia } from '../../../../engine/media/index.ts';
import { withShortTables } from '../../../../engine/media/iso/short-tables.ts';
import { fileSource, type FileSource } from '../../../fixtures/media-bytes.ts';
import { MEDIA_FILES, mediaFile, type MediaFixture } from '../../../fixtures/media-files.ts';

const { signal } = new AbortController();
const COUNT_BYTES = 4;

async function sourceOf(test: Test, fixture: MediaFixture): Promise<FileSource> {
  const source = await fileSource(await fixture.file());
  test.teardown(async () => await source.close());
  return source;
}

for (const fixture of MEDIA_FILES.filter(({ container }) => container !== null)) {
  await t.test(`${fixture.name}: is described as the player sees it`, async (test) => {
    const source = await sourceOf(test, fixture);
    const file = await openMedia(source);
    test.strictSame(await describeMedia(source), file.info);
    file.close();
  });
}

await t.test('leaves a few frames in each table, and every other byte as it is', async (test) => {
  const source = await sourceOf(test, mediaFile('mp4-index-last'));
  const short = await withShortTables(source, signal);
  const [before, after] = await Promise.all([source, short].map(async (one) => Buffer.from(await one.read(0, one.sizeBytes, { signal }))));
  if (before === undefined || after === undefined) throw new Error('Nothing was read.');
  const at = before.indexOf('stsz');
  test.ok(before.readUInt32BE(at + 12) > 16, 'there are more frames in the file');
  test.equal(after.readUInt32BE(at + 12), 16);
  const changed = [...before.entries()].filter(([index, byte]) => after[index] !== byte).length;
  // At most seven counts for each of two tracks.
  test.ok(changed > 0 && changed <= 2 * 7 * COUNT_BYTES, `${changed} bytes differ`);

  const part = Buffer.from(await short.read(at + 13, at + 15, { signal }));
  test.same(part, after.subarray(at + 13, at + 15), 'a read that begins inside a count gets its part of it');
});

await t.test('leaves alone what is no MP4 file', async (test) => {
  const source = await sourceOf(test, mediaFile('mkv'));
  test.equal(await withShortTables(source, signal), source);
});

await t.test('a film whose tracks do not say how long they are is as long as its last frame says', async (test) => {
  const source = await sourceOf(test, mediaFile('mp4-index-last'));
  const bytes = Buffer.from(await source.read(0, source.sizeBytes, { signal }));
  const { durationSeconds } = await describeMedia(source);
  for (let at = bytes.indexOf('mdhd'); at >= 0; at = bytes.indexOf('mdhd', at + 4)) bytes.writeUInt32BE(0, at + 4 + 16);
  const unsaid = { sizeBytes: bytes.length, read: async (start: number, end: number) => new Uint8Array(bytes.subarray(start, end)) };
  test.equal(await withShortTables(unsaid, signal), unsaid);
  test.ok(Math.abs(((await describeMedia(unsaid)).durationSeconds ?? 0) - (durationSeconds ?? 0)) < 0.2, `${durationSeconds}`);
});
