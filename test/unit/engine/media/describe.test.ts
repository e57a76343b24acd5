/** What is inside a file, for who plays nothing: the same as the player finds, without the tables of its frames. */
import t from 'tap';
import type { Test } from 'tap';
import { describeMedia, openMedia } from '../../../../engine/media/index.ts';
import { fileSource, type FileSource } from '../../../fixtures/media-bytes.ts';
import { MEDIA_FILES, mediaFile, type MediaFixture } from '../../../fixtures/media-files.ts';

const { signal } = new AbortController();

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

await t.test('a film whose tracks do not say how long they are is as long as its last frame says', async (test) => {
  const source = await sourceOf(test, mediaFile('mp4-index-last'));
  const bytes = Buffer.from(await source.read(0, source.sizeBytes, { signal }));
  const { durationSeconds } = await describeMedia(source);
  for (let at = bytes.indexOf('mdhd'); at >= 0; at = bytes.indexOf('mdhd', at + 4)) bytes.writeUInt32BE(0, at + 4 + 16);
  const unsaid = { sizeBytes: bytes.length, read: async (start: number, end: number) => new Uint8Array(bytes.subarray(start, end)) };
  test.ok(Math.abs(((await describeMedia(unsaid)).durationSeconds ?? 0) - (durationSeconds ?? 0)) < 0.2, `${durationSeconds}`);
});
