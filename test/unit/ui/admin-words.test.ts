import { test } from 'tap';
import type { LogLine, Setting } from '../../../ui/api/admin.ts';
import { announcedWords, diskSentence, lockWords, originWords, portSentence, uptime, valueWords } from '../../../ui/words/admin-words.ts';
import { diagnosisText, outcomeSentence } from '../../../ui/words/diagnosis-words.ts';
import { logText, logWords } from '../../../ui/words/log-words.ts';

const setting: Setting = {
  name: 'cdnMaxStreams', environment: 'SWITCH_CDN_MAX_STREAMS', flag: 'cdn-max-streams', secret: false, isSet: true, value: 8, unit: 'streams', default: 8,
  why: '', origin: 'default',
};

test('a setting says where it came from and what keeps it', async (t) => {
  t.equal(originWords(setting), 'Default');
  t.equal(lockWords(setting), '');
  t.equal(originWords({ ...setting, origin: 'environment' }), 'Environment: SWITCH_CDN_MAX_STREAMS');
  t.match(lockWords({ ...setting, origin: 'environment' }), /^Locked by the environment: change SWITCH_CDN_MAX_STREAMS where/);
  t.match(lockWords({ ...setting, origin: 'flag' }), /^Locked by the command line: change --cdn-max-streams where/);
  t.match(lockWords({ ...setting, origin: 'file' }), /cdnMaxStreams in the configuration file/);
});

test('a value is told as people read it, and a secret never', async (t) => {
  t.equal(valueWords(setting), '8 streams');
  t.equal(valueWords({ ...setting, value: 1_073_741_824, unit: 'bytes' }), '1.07 GB');
  t.equal(valueWords({ ...setting, value: true, unit: '' }), 'On');
  t.equal(valueWords({ ...setting, value: ['a', 'b'], unit: '' }), 'a, b');
  t.equal(valueWords({ ...setting, value: [], unit: '' }), 'None');
  t.equal(valueWords({ ...setting, value: null, unit: '' }), 'Not set');
  t.equal(valueWords({ ...setting, secret: true, value: 'even if it came' }), 'Set, never shown');
  t.equal(valueWords({ ...setting, secret: true, isSet: false, value: null }), 'Not set');
});

test('spans of time are coarse', async (t) => {
  t.same([5, 60, 150, 3_600, 7_380, 86_400, 270_000].map(uptime), [
    'less than a minute', '1 minute', '2 minutes', '1 hour', '2 hours and 3 minutes', '1 day', '3 days and 3 hours',
  ]);
});

test('the disk and the way in are told in sentences', async (t) => {
  const storage = { kind: 'filesystem', place: '/data', network: null, totalBytes: 10e9, videosBytes: 2e9, freeBytes: 5e9, reservedBytes: 1e9 } as const;
  t.equal(diskSentence(storage), 'The videos take 2.00 GB on the disk, and 5.00 GB are free. Uploads stop when 1.00 GB are left.');
  t.match(diskSentence({ ...storage, reservedBytes: 0 }), /Nothing is kept free/);
  t.match(diskSentence({ ...storage, kind: 'gridfs', freeBytes: null }), /in MongoDB.*does not say/);
  t.match(diskSentence({ ...storage, videosBytes: null }), /does not answer/);
  const reach = { udpPort: 9000, mode: 'own-addresses', announced: [], ownAddresses: [], iceServers: [] } as const;
  t.match(portSentence(reach), /UDP port 9000/);
  t.match(portSentence({ ...reach, udpPort: 0 }), /none can be published/);
  t.equal(announcedWords({ given: '192.0.2.7:41000', ip: '192.0.2.7', port: 41_000 }), 'port 41000');
  t.equal(announcedWords({ given: 'home.example.org', ip: '192.0.2.7', port: 9000 }), 'is 192.0.2.7, port 9000');
  t.equal(announcedWords({ given: 'home.example.org', ip: null, port: 9000, problem: 'does not resolve' }), 'does not resolve');
});

test('a line of the log is told without its machinery', async (t) => {
  const line: LogLine = { seq: 1, time: '2026-11-23T14:00:00.000Z', level: 'info', message: 'request', requestId: 'r1', details: {
    method: 'GET', url: '/api/videos', status: 200, remoteAddress: '192.0.2.9', elapsedMs: 3, cut: false,
  } };
  t.same(logWords(line), { message: 'GET /api/videos: 200 in 3 ms', details: ['from 192.0.2.9'], stack: null });
  t.equal(logText(line), '2026-11-23T14:00:00.000Z INFO  GET /api/videos: 200 in 3 ms | from 192.0.2.9 | request r1');
  t.match(logWords({ ...line, details: { ...line.details, cut: true } }).message, /cut short$/);
  const failed = { ...line, level: 'error', message: 'content cut short', requestId: null, details: { contentId: 'c1', err: { message: 'short read', stack: 'Error: short read\n at x' } } } as const;
  t.same(logWords(failed), { message: 'content cut short: short read', details: ['contentId: c1'], stack: 'Error: short read\n at x' });
  t.match(logText(failed), /ERROR content cut short: short read \| contentId: c1\nError: short read/);
});

test('a diagnosis is told in one sentence, and copied with what to do', async (t) => {
  const steps = [
    { step: 'http', state: 'ok', elapsedMs: 3.4, finding: 'It answers.' }, { step: 'websocket', state: 'failed', elapsedMs: 12, finding: 'No upgrade.', action: 'Set up the proxy.' },
    { step: 'signalling', state: 'skipped', elapsedMs: 0, finding: 'Not reached.' },
  ] as const;
  const diagnosis = { applianceUrl: 'http://nas', state: 'failed', steps, elapsedMs: 15 } as const;
  t.match(outcomeSentence(diagnosis), /^This browser does not get through: “WebSocket” fails/);
  const otherWay = [{ ...steps[1], step: 'candidate' }, { ...steps[0], step: 'round-trip' }] as const;
  t.match(outcomeSentence({ ...diagnosis, steps: otherWay }), /^The node is reached, but not the way viewers are told: “Addresses of the seeder” fails/);
  t.match(outcomeSentence({ ...diagnosis, state: 'ok', steps: steps.slice(0, 1) }), /every step works, in 15 ms/);
  const text = diagnosisText('http://nas', steps, 'The end.');
  t.match(text, /^Connectivity test of http:\/\/nas\nWorks +The page and its API \(3 ms\): It answers\.\nFails +WebSocket \(12 ms\): No upgrade\.\n +What to do: Set up the proxy\.\nNot tried +Signalling: Not reached\.\nThe end\.$/);
});
