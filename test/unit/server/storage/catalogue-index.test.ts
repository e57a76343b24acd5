import { createHash } from 'node:crypto';
import { test } from 'tap';
import { CatalogueIndex } from '../../../../server/storage/catalogue-index.ts';
import { foldText, titleFromName, titleSortKey } from '../../../../server/storage/catalogue-text.ts';
import type { Entry } from '../../../../server/storage/filesystem-entry.ts';
import { NEW_DETAILS } from '../../../../server/storage/video-details.ts';
import type { Video } from '../../../../server/storage/video-store.ts';

const VIDEOS = 10_000;

function video(index: number): Video {
  return {
    contentId: createHash('sha256').update(`${index}`).digest('hex'),
    name: `film-${index}.mp4`,
    title: `Film ${index % 1000}`,
    mediaType: 'video/mp4',
    sizeBytes: index * 7919 % 10_007,
    pieceLengthBytes: 262_144,
    createdAt: new Date(1_700_000_000_000 + index % 500).toISOString(),
    ...NEW_DETAILS,
  };
}

const entry = (each: Video): Entry => ({ video: each, extraBytes: each.sizeBytes % 3 });

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

test('page 100 of 10,000 videos costs no more than page 1', async (t) => {
  const index = new CatalogueIndex();
  index.load(Array.from({ length: VIDEOS }, (_, at) => entry(video(at))));
  const seen = new Set<string>();
  const durationsMs: number[] = [];
  for (let cursor: string | undefined; ;) {
    const from = performance.now();
    const page = index.page({ sort: 'title', limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    durationsMs.push(performance.now() - from);
    for (const { contentId } of page.items) seen.add(contentId);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  t.equal(seen.size, VIDEOS);
  t.equal(durationsMs.length, 100);
  t.ok(median(durationsMs.slice(90)) < median(durationsMs.slice(0, 10)) * 5 + 1, `${median(durationsMs.slice(0, 10))} and ${median(durationsMs.slice(90))} ms`);
});

test('adding, changing and deleting one by one gives the same orders as loading', async (t) => {
  const loaded = new CatalogueIndex();
  const built = new CatalogueIndex();
  const videos = Array.from({ length: 300 }, (_, at) => video(at));
  for (const each of videos.toReversed()) built.set(entry({ ...each, title: 'before', sizeBytes: 1 }));
  for (const each of videos) built.set(entry(each));
  for (let at = 300; at < 320; at += 1) built.set(entry(video(at)));
  for (let at = 300; at < 320; at += 1) built.delete(video(at).contentId);
  built.delete('unknown');
  loaded.load(videos.map(entry));
  for (const sort of ['title', '-createdAt', 'sizeBytes'] as const) {
    t.same(built.page({ sort, limit: 100 }), loaded.page({ sort, limit: 100 }), sort);
  }
  t.equal(built.usedBytes, loaded.usedBytes);
  t.equal(built.usedBytes, videos.reduce((sum, { sizeBytes }) => sum + sizeBytes + sizeBytes % 3, 0), 'with the extras');
});

test('folds text so that a person finds it', async (t) => {
  for (const [one, other] of [['STRASSE', 'straße'], ['ΟΔΟΣ', 'οδος'], ['Amélie', 'amelie'], ['Ａ', 'a'], ['\u0041\u030a', '\u00c5'], ['İstanbul', 'istanbul'], ['ДЖЕЙМС', 'джеймс']] as const) {
    t.equal(foldText(one), foldText(other), `${one} is ${other}`);
  }
  t.not(foldText('か'), foldText('が'), 'a voicing mark makes another letter');
});

test('sorts numbers by value', async (t) => {
  t.ok(titleSortKey('Part 2') < titleSortKey('Part 10'));
  t.ok(titleSortKey('part 007') < titleSortKey('Part 8'));
  t.ok(titleSortKey('x'.repeat(5000)).length <= 128);
});

test('makes a first title of the name', async (t) => {
  t.equal(titleFromName('Big Buck Bunny.mp4'), 'Big Buck Bunny');
  t.equal(titleFromName('no extension'), 'no extension');
  t.equal(titleFromName('.mp4'), '.mp4');
  t.equal(titleFromName('Mr. Holmes and so on'), 'Mr. Holmes and so on');
});
