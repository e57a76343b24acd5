import { test } from 'tap';
import { cleanFileName, contentIdFromBytes, contentIdToBytes, fromHex, isContentId, isFileName, toHex } from '../../../../engine/index.ts';

const ID = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';

test('a content id is 64 lower-case hex digits and nothing else', async (t) => {
  t.ok(isContentId(ID));
  for (const other of [ID.toUpperCase(), ID.slice(1), `${ID}0`, `${ID}\n`, ID.replace('6', 'g'), '', undefined, null, 6, [ID]]) {
    t.notOk(isContentId(other), String(other));
  }
});

test('a content id goes to bytes and back', async (t) => {
  t.equal(contentIdFromBytes(contentIdToBytes(ID)), ID);
  t.throws(() => contentIdToBytes(ID.toUpperCase()), { code: 'bad-message' });
  t.throws(() => contentIdFromBytes(new Uint8Array(31)), { code: 'bad-message' });
});

test('hex is read in either case and refused when it is not hex', async (t) => {
  t.equal(toHex(Uint8Array.of(0, 15, 16, 255)), '000f10ff');
  t.same([...fromHex('000F10ff') ?? []], [0, 15, 16, 255]);
  t.equal(fromHex('0'), undefined);
  t.equal(fromHex('0x'), undefined);
});

test('a file name is made safe and stays readable', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['film.mp4', 'film.mp4'], ['../../etc/passwd', 'passwd'], ['C:\\films\\a.mkv', 'a.mkv'], ['Ä ö – 日本.mkv', 'Ä ö – 日本.mkv'],
    ['a\u0000b\nc.mp4', 'a_b_c.mp4'], ['..', 'video'], ['', 'video'], ['///', 'video'], [' . ', 'video'], ['name. ', 'name'],
    ['evil\u202e4pm.exe', 'evil_4pm.exe'], ['what?.mp4', 'what_.mp4'], ['folder/', 'folder'],
  ];
  for (const [name, clean] of cases) {
    t.equal(cleanFileName(name), clean, JSON.stringify(name));
    t.equal(cleanFileName(clean), clean, 'cleaning twice changes nothing');
  }
  const long = cleanFileName(`${'語'.repeat(200)}.mkv`);
  t.ok(new TextEncoder().encode(long).length <= 255);
  t.ok(long.endsWith('語.mkv'));
  t.notOk(isFileName('a/b'));
  t.notOk(isFileName(''));
  t.ok(isFileName('a b.mp4'));
});
