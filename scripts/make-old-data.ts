/**
 * Makes the data that tests take for those of an earlier version, with the code of that version:
 *
 *   node scripts/make-old-data.ts CHECKOUT volume volume-1.tar.gz
 *   node scripts/make-old-data.ts CHECKOUT mongodb mongodb-1.json.gz mongodb://127.0.0.1:27017
 *
 * CHECKOUT is a working copy of that version with its libraries. Beside the result lies NAME.facts.json: what is in it.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BSON, MongoClient } from 'mongodb';

const TUS = { 'tus-resumable': '1.0.0' };
/** A whole PNG of one pixel. */
const POSTER = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const SUBTITLES = '1\n00:00:00,000 --> 00:00:01,000\nGuten Abend\n';
const UNFINISHED = { sizeBytes: 5_000, sentBytes: 2_000 };

const [checkout = '', kind = '', target = '', mongodbUri] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'switch-old-data-'));
const dataDir = join(folder, 'data');
const database = 'switch-old-data';

/** A second of picture; `paddingBytes` of a free box make it longer without making the fixture larger. */
function film(name: string, paddingBytes: number): Buffer {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=10:duration=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p',
    '-metadata', `title=${name}`, '-movflags', '+faststart', path]);
  const padding = Buffer.alloc(paddingBytes);
  if (paddingBytes > 0) {
    padding.writeUInt32BE(paddingBytes);
    padding.write('free', 4, 'latin1');
  }
  return Buffer.concat([readFileSync(path), padding]);
}

async function serve(): Promise<{ readonly child: ChildProcess; readonly url: string; readonly token: string }> {
  const env = { PATH: process.env['PATH'], ...(mongodbUri === undefined ? {} : { SWITCH_MONGODB_URI: `${mongodbUri.replace(/\/$/, '')}/${database}` }) };
  const child = spawn(process.execPath, [join(checkout, 'server/cli.ts'), 'serve', '--host', '127.0.0.1', '--port', '0', '--no-seeder', '--data-dir', dataDir,
    '--reserve-free-bytes', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    output += chunk.toString();
    const [url] = /http:\/\/[\d.]+:\d+/.exec(output) ?? [];
    const token = /^ {2}([\w-]{43})$/m.exec(output)?.[1];
    if (url !== undefined && token !== undefined) return { child, url, token };
  }
  throw new Error('the node ended before it said where it is');
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

const { child, url, token } = await serve();
const authorization = { authorization: `Bearer ${token}` };
const videos = [];
for (const [name, paddingBytes] of [['evening.mp4', 0], ['long evening.mp4', 600_000]] as const) {
  const bytes = film(name, paddingBytes);
  const video = await (await ask(`${url}/api/videos/${encodeURIComponent(name)}`, { method: 'PUT', headers: authorization, body: new Uint8Array(bytes) })).json() as { contentId: string };
  videos.push({ contentId: video.contentId, name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
}
const [first] = videos;
if (first === undefined) throw new Error('nothing was uploaded');
const entry = `${url}/api/videos/${first.contentId}`;
await ask(entry, { method: 'PATCH', headers: { ...authorization, 'content-type': 'application/json' }, body: JSON.stringify({ title: 'An evening, renamed' }) });
await ask(`${entry}/poster`, { method: 'PUT', headers: { ...authorization, 'content-type': 'image/png' }, body: new Uint8Array(POSTER) });
await ask(`${entry}/subtitles?name=evening.de.srt`, { method: 'POST', headers: { ...authorization, 'content-type': 'application/x-subrip' }, body: SUBTITLES });
const created = await ask(`${url}/api/uploads`, {
  method: 'POST', headers: { ...authorization, ...TUS, 'upload-length': String(UNFINISHED.sizeBytes), 'upload-metadata': `filename ${btoa('half.mp4')}` },
});
const uploadPath = new URL(created.headers.get('location') ?? '', url).pathname;
await ask(url + uploadPath, {
  method: 'PATCH', headers: { ...authorization, ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
  body: new Uint8Array(UNFINISHED.sentBytes).fill(65),
});
child.kill('SIGTERM');
await once(child, 'exit');

if (kind === 'mongodb') {
  const client = new MongoClient(mongodbUri ?? '', { promoteValues: false });
  const db = client.db(database);
  const collections: Record<string, unknown> = {};
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) collections[name] = await db.collection(name).find({}).toArray();
  writeFileSync(target, gzipSync(BSON.EJSON.stringify(collections, { relaxed: false }), { level: 9 }));
  await db.dropDatabase();
  await client.close();
} else execFileSync('tar', ['-czf', target, '--owner=0', '--group=0', '--numeric-owner', '-C', dataDir, '.']);
const unfinished = kind === 'mongodb' ? undefined : { path: uploadPath, ...UNFINISHED, byte: 65 };
writeFileSync(target.replace(/\.(?:tar|json)\.gz$/, '.facts.json'), `${JSON.stringify({
  token, title: 'An evening, renamed', posterBytes: POSTER.length, subtitlesText: 'Guten Abend', videos, ...(unfinished === undefined ? {} : { unfinished }),
}, null, 2)}\n`);
rmSync(folder, { recursive: true });
