/** What the admin page reads: settings with their origins, overview, peers, log; and that none of it tells a secret. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type Test } from 'tap';
import { loadConfig } from '../../config/load.ts';
import { createEngine, MemoryPieceStore } from '../../engine/index.ts';
import { startAppliance as start } from '../../server/appliance.ts';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { eventually, fetchWhole, type WholeAnswer } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { freeUdpPort } from '../fixtures/udp-port.ts';

const ROUTES = ['settings', 'overview', 'peers', 'log'] as const;

async function ask({ url, adminToken }: Pick<RunningAppliance, 'url' | 'adminToken'>, path: string): Promise<WholeAnswer> {
  return fetchWhole(`${url}/api/admin/${path}`, { headers: { authorization: `Bearer ${adminToken}` } });
}

async function asked(node: Pick<RunningAppliance, 'url' | 'adminToken'>, path: string) {
  const answer = await ask(node, path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}

test('nothing is told without the token, or to another page', async (t) => {
  const node = await startAppliance(t);
  const session = await fetchWhole(`${node.url}/api/session`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: node.adminToken }),
  });
  const cookie = session.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  for (const route of ROUTES) {
    const url = `${node.url}/api/admin/${route}`;
    const refused = await fetchWhole(url);
    t.equal(refused.status, 401, route);
    t.match(JSON.parse(refused.text), { type: '/problems/unauthorized' });
    t.equal(refused.headers['cache-control'], 'no-store');
    t.equal((await fetchWhole(url, { headers: { authorization: 'Bearer wrong' } })).status, 401, route);
    t.equal((await fetchWhole(url, { headers: { cookie, origin: 'http://elsewhere.example' } })).status, 403, route);
    t.equal((await fetchWhole(url, { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status, 403, route);
    const answered = await fetchWhole(url, { headers: { cookie } });
    t.equal(answered.status, 200, `${route}, with the session alone: on plain http a browser tells no more`);
    t.equal(answered.headers['cache-control'], 'no-store');
  }
});

test('each setting says what it is and where it came from', async (t) => {
  const dataDir = await folder(t);
  const files: Readonly<Record<string, string>> = {
    '/settings.json': JSON.stringify({ cdnMaxStreams: 3, cdnMinStreamMbps: 2 }), '/token': 'secret-token-of-a-file\n',
  };
  const { config, origins } = loadConfig(['--config', '/settings.json', '--log-level', 'silent', '--no-seeder', '--port', '0', '--host', '127.0.0.1'], {
    env: { SWITCH_DATA_DIR: dataDir, SWITCH_ADMIN_TOKEN_FILE: '/token', SWITCH_TURN_SECRET: 'secret-of-turn', SWITCH_ICE_SERVERS: 'turn:192.0.2.1:3478', SWITCH_CDN_MIN_STREAM_MBPS: '5', SWITCH_UDP_PORT: '0' },
    readFile: (path) => files[path] ?? '',
  });
  const appliance = await start(config, { logDestination: nowhere(), origins });
  t.teardown(() => appliance.stop());
  const { items } = await asked({ url: appliance.url, adminToken: 'secret-token-of-a-file' }, 'settings');
  const byName = new Map(items.map((item: { name: string }) => [item.name, item]));
  t.match(byName.get('cdnMaxStreams'), {
    environment: 'SWITCH_CDN_MAX_STREAMS', flag: 'cdn-max-streams', value: 3, default: 8, unit: 'streams', origin: 'file', why: /viewer/, secret: false, isSet: true,
  });
  t.match(byName.get('cdnMinStreamMbps'), { value: 5, origin: 'environment' }, 'the environment counts more than the file');
  t.match(byName.get('seeder'), { value: false, origin: 'flag' });
  t.match(byName.get('cdnMaxMbps'), { value: 0, default: 0, origin: 'default' });
  t.match(byName.get('libraryIgnore'), { value: ['.*'], origin: 'default' }, 'a list is a list');
  t.match(byName.get('libraryDir'), { value: null, isSet: false, origin: 'default' });
  t.match(byName.get('adminToken'), { value: null, isSet: true, secret: true, origin: 'environment', flag: 'admin-token-file' });
  t.match(byName.get('turnSecret'), { value: null, isSet: true, origin: 'environment' });
  t.match(byName.get('mongodbUri'), { value: null, isSet: false, origin: 'default' });
});

test('no answer has a secret in it, whatever was logged', async (t) => {
  const turnSecret = 'a-secret-for-turn';
  const node = await startAppliance(t, { logLevel: 'debug', turnSecret, iceServers: ['turn:192.0.2.1:3478'], adminToken: 'a-secret-token' });
  node.appliance.log.warn({ err: new Error(`a library says ${turnSecret} and a-secret-token`) }, 'mongodb://root:hunter2@db:27017/x failed');
  for (const route of ROUTES) {
    const { text } = await ask(node, route);
    t.notMatch(text, /a-secret-for-turn|a-secret-token|hunter2/, route);
  }
  t.match((await ask(node, 'log')).text, 'a library says [hidden] and [hidden]', 'the line itself is there');
});

test('the overview has the figures of every part, and what needs doing', async (t) => {
  const node = await startAppliance(t, { cdnMaxStreams: 3, reserveFreeBytes: 1_000_000 });
  await putVideo(node, 'a.mp4', Buffer.alloc(300_000, 1));
  const overview = await asked(node, 'overview');
  t.match(overview, {
    version: /^\d+\.\d+\.\d+/, runtime: /^Node\.js \d+/, memory: { residentBytes: Number }, cdn: { maxStreams: 3, activeStreams: 0, waiting: 0 },
    seeder: { enabled: false }, swarms: [], swarmsTotal: 0, folder: null, reach: { udpPort: 0, mode: String, announced: [], ownAddresses: Array, iceServers: [] },
    storage: { kind: 'filesystem', place: /switch-test-/, network: null, totalBytes: Number, freeBytes: Number, reservedBytes: 1_000_000 },
  });
  t.ok(overview.storage.videosBytes >= 300_000);
  t.ok(Math.abs(Date.parse(overview.startedAt) + overview.uptimeSeconds * 1000 - Date.now()) < 5000);
  const full = await startAppliance(t, { reserveFreeBytes: 1e15 });
  t.match((await asked(full, 'overview')).notices, [{ code: 'disk-full', severity: 'problem', what: /uploads are refused/, action: /Delete/ }]);
});

test('the overview tells of the watched folder, of what is announced, and what their parts have to say', async (t) => {
  const libraryDir = join(await folder(t), 'gone');
  const node = await startAppliance(t, { libraryDir, seeder: true, udpPort: await freeUdpPort(), announce: ['192.0.2.7:41000', 'never.invalid'], iceServers: ['stun:192.0.2.1:3478'] });
  const overview = await eventually('the missing folder and the name without an address are told of', async () => {
    const answer = await asked(node, 'overview');
    const codes = answer.notices.map(({ code }: { code: string }) => code);
    return codes.includes('library-folder-missing') && codes.includes('announce-unresolved') && answer;
  });
  t.match(overview.folder, { folder: libraryDir, videos: 0, hashing: null, lastScanAt: null });
  t.match(overview.reach, {
    mode: 'announced', announced: [{ given: '192.0.2.7:41000', ip: '192.0.2.7', port: 41_000 }, { given: 'never.invalid', ip: null, problem: String }],
    iceServers: ['stun:192.0.2.1:3478'],
  });
  t.equal(overview.notices[0].severity, 'problem', 'the worst first');
});

test('the overview is answered when the storage is gone, and says so', async (t) => {
  const dataDir = await folder(t);
  const node = await startAppliance(t, { dataDir });
  await rm(dataDir, { recursive: true });
  t.match(await asked(node, 'overview'), { cdn: null, storage: { videosBytes: null, freeBytes: null }, notices: [{ code: 'storage-unavailable', severity: 'problem' }] });
});

test('the peers are listed with what they share, and what the seeder sends them', async (t) => {
  const node = await startAppliance(t, { seeder: true, cdnMaxStreams: 0 });
  const { contentId } = await putVideo(node, 'Film.mp4', Buffer.alloc(600_000, 7));
  t.same((await asked(node, 'peers')).items.filter((peer: { role: string }) => peer.role === 'viewer'), []);
  const engine = createEngine({ appliances: [node.url] });
  t.teardown(() => engine.stop());
  const download = await engine.open(await engine.manifest(contentId), { store: new MemoryPieceStore() });
  await download.finished;
  const viewer = await eventually('the viewer is listed with all it got', async () => {
    const { items } = await asked(node, 'peers');
    return items.find((peer: { role: string; seeder: { sentBytes: number; path: string | null } | null; swarms: { havePermille: number }[] }) => peer.role === 'viewer'
      && (peer.seeder?.sentBytes ?? 0) >= 600_000 && peer.seeder?.path !== null && peer.swarms[0]?.havePermille === 1000);
  });
  t.match(viewer, {
    peerId: /^[\w-]{8}$/, address: '127.0.0.1', since: /^\d{4}-/, swarms: [{ contentId, title: 'Film', havePermille: 1000 }], swarmsTotal: 1,
    seeder: { path: 'direct', protocol: 'udp', sendMbps: Number },
  });
  const { items, total } = await asked(node, 'peers');
  t.equal(total, 2, 'the appliance\'s own seeder is a client of signalling too');
  t.match(items.at(-1), { role: 'seeder', seeder: null });
  t.match((await asked(node, 'overview')).swarms, [{ contentId, title: 'Film', viewers: 1, seeders: 1 }]);
});

test('the log is told from a number on, without the page\'s own asking', async (t) => {
  const node = await startAppliance(t, { logLevel: 'info' });
  await fetchWhole(`${node.url}/api/videos?q=first`);
  const first = await eventually('the first request is logged', async () => {
    const log = await asked(node, 'log');
    return log.items.some(({ details }: { details: { url?: string } }) => details.url === '/api/videos?q=first') && log;
  });
  t.equal(first.items.at(-1).seq, first.lastSeq);
  node.appliance.log.error({ contentId: 'x' }, 'something broke');
  const later = await asked(node, `log?after=${first.lastSeq}`);
  t.match(later, { startedAt: first.startedAt, lastSeq: first.lastSeq + 1, items: [{ level: 'error', message: 'something broke', details: { contentId: 'x' } }] });
  t.equal(later.items.length, 1);
  t.ok((await asked(node, 'log?level=error')).items.every(({ level }: { level: string }) => level === 'error'));
  t.match(JSON.parse((await ask(node, 'log?level=loud')).text), { type: '/problems/bad-request' });
  t.equal(node.logLines.length, later.lastSeq, 'and everything went where it always goes');
});

test('the routes are in the description of the API, as for who has the token', async (t) => {
  const node = await startAppliance(t);
  const { paths } = JSON.parse((await fetchWhole(`${node.url}/docs/json`)).text);
  for (const route of ROUTES) t.match(paths[`/api/admin/${route}`]?.get, { security: [{ adminToken: [] }], responses: { 200: {}, 401: {} } }, route);
});

async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'switch-admin-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
