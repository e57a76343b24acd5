/** Each thing a diagnosis can see, and what it then says: which step is to blame, and what to do. */
import { test } from 'tap';
import { DIAGNOSIS_STEPS, type DiagnosisStep, type DiagnosisStepName } from '../../../../engine/index.ts';
import type { Endpoint, HttpSeen, Observations, PathPlan, PathTry, SignallingSeen, WebSocketSeen } from '../../../../engine/diagnosis/observations.ts';
import { stepsOf } from '../../../../engine/diagnosis/verdicts.ts';

const LAN = '192.168.1.10';
const BRIDGE = '172.17.0.2';

const OURS: HttpSeen = { kind: 'ours', version: '1.2.3', seederEnabled: true, seederPeers: 32, seederMaxPeers: 32 };

const at = (address: string, port = 9000, type: Endpoint['type'] = 'host'): Endpoint => ({ address, port, type });

const HERE = at('192.168.1.77', 50_123);

function path(plan: PathPlan, targets: readonly Endpoint[], pair?: { readonly local?: Endpoint; readonly remote: Endpoint }): PathTry {
  return { plan, targets, limitMs: 5_000, pair: pair && { local: pair.local ?? HERE, remote: pair.remote } };
}

/** All seen up to the tries, then those. */
function seen(announced: readonly Endpoint[], paths: readonly PathTry[], more: Partial<Observations> = {}): Observations {
  return {
    applianceUrl: `http://${LAN}:8080`, httpAddress: LAN, http: OURS, websocket: { kind: 'open' }, signalling: { kind: 'joined', helpers: [] },
    seeder: { kind: 'answered', announced }, paths, ...more,
  };
}

const WHOLE: Partial<Observations> = {
  channel: { open: true, limitMs: 5_000 }, roundTrip: { kind: 'fetched', sizeBytes: 262_144, fetchMs: 20, roundTripMs: 1.4, intact: true },
};

function walk(observations: Observations): DiagnosisStep[] {
  return stepsOf(observations, () => 1);
}

function stepOf(observations: Observations, step: DiagnosisStepName): DiagnosisStep {
  const found = walk(observations).find((one) => one.step === step);
  if (found === undefined) throw new Error(`no step ${step}`);
  return found;
}

test('all is well: seven steps in order, nothing to do', async (t) => {
  const steps = walk(seen([at(LAN)], [path('announced', [at(LAN)], { remote: at(LAN) })], WHOLE));
  t.same(steps.map(({ step }) => step), [...DIAGNOSIS_STEPS]);
  for (const { step, state, action } of steps) t.match({ state, action }, { state: 'ok', action: undefined }, step);
  t.match(steps[4]?.finding, 'UDP reaches the node at 192.168.1.10:9000 from 192.168.1.77:50123.');
  t.equal(steps[6]?.finding, '256 KiB came whole in 20 ms (105 Mb/s), a round trip takes 1 ms.');
});

const HTTP: readonly (readonly [string, HttpSeen, RegExp, RegExp])[] = [
  ['a name nobody knows', { kind: 'nothing', code: 'ENOTFOUND' }, /name nas is not known/, /spelling/],
  ['a closed port', { kind: 'nothing', code: 'ECONNREFUSED' }, /nas:8080 is there, but nothing listens/, /-p 8080:8080/],
  ['no way there', { kind: 'nothing', code: 'EHOSTUNREACH' }, /no way from here to nas:8080/, /VPN/],
  ['silence', { kind: 'nothing', code: 'UND_ERR_CONNECT_TIMEOUT' }, /did not answer/, /firewall/],
  ['a name that the certificate has not', { kind: 'nothing', code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /certificate of nas:8080 is not believed/, /very name/],
  ['a certificate of its own', { kind: 'nothing', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /certificate/, /NODE_EXTRA_CA_CERTS/],
  ['https asked of http', { kind: 'nothing', code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, /does not speak TLS/, /http:/],
  ['something that is no HTTP', { kind: 'nothing', code: 'HPE_INVALID_CONSTANT' }, /does not speak HTTP/, /port/],
  ['a cut connection', { kind: 'nothing', code: 'ECONNRESET' }, /cut it/, /https/],
  ['another failure', { kind: 'nothing', code: 'bad port' }, /cannot be reached \(bad port\)/, /address/],
  ['a browser that says nothing', { kind: 'nothing', code: undefined }, /browsers do not tell why/, /doctor --url http:\/\/nas:8080/],
  ['no answer in time', { kind: 'timeout', limitMs: 8_000 }, /within 8 s/, /firewall/],
  ['a proxy without its node', { kind: 'other', status: 502, server: 'nginx/1.22.1' }, /proxy answers .* 502: it does not reach the node \(it calls itself nginx/, /Start the node/],
  ['a proxy that waits in vain', { kind: 'other', status: 504, server: undefined }, /504/, /proxy/],
  ['a sign-in before the node', { kind: 'other', status: 401, server: 'Caddy' }, /asks for a sign-in/, /sign-in/],
  ['another program', { kind: 'other', status: 200, server: undefined }, /not like a Software Switch/, /Check the address/],
  ['a wrong path', { kind: 'problem', status: 404, detail: 'x' }, /not under this path/, /SWITCH_BASE_PATH/],
  ['a node in trouble', { kind: 'problem', status: 503, detail: 'The storage does not answer.' }, /answers 503: The storage does not answer\./, /log/],
];

test('HTTP: each way not to get through has a name and a remedy, and ends the walk', async (t) => {
  for (const [what, http, finding, action] of HTTP) {
    const [first, ...rest] = walk({ applianceUrl: 'http://nas:8080', httpAddress: 'nas', http });
    t.match(first, { step: 'http', state: 'failed', finding, action }, what);
    t.ok(rest.every(({ state, finding: why }) => state === 'skipped' && why.includes('"http"')), `${what}: the rest was not looked at`);
  }
});

const WEBSOCKET: readonly (readonly [string, WebSocketSeen, RegExp])[] = [
  ['a proxy that takes the upgrade out', { kind: 'refused', upgradeStatus: 404, plainStatus: 404, plainOurs: true }, /the request reaches the node, and a proxy between takes the upgrade out/],
  ['the same seen from a browser', { kind: 'refused', upgradeStatus: undefined, plainStatus: 404, plainOurs: true }, /takes the upgrade out/],
  ['a proxy that does not carry it', { kind: 'refused', upgradeStatus: 502, plainStatus: 502, plainOurs: false }, /does not carry .* \(answered 502\)/],
  ['a proxy that keeps the path', { kind: 'refused', upgradeStatus: 403, plainStatus: 403, plainOurs: false }, /\(answered 403\), and not by the node/],
  ['the same from a browser', { kind: 'refused', upgradeStatus: undefined, plainStatus: 403, plainOurs: false }, /plain request is answered 403/],
  ['granted and cut', { kind: 'refused', upgradeStatus: 101, plainStatus: 404, plainOurs: true }, /granted and cut/],
  ['silence', { kind: 'timeout', limitMs: 5_000 }, /within 5 s/],
];

test('WebSocket: HTTP that works beside it makes the proxy the culprit', async (t) => {
  for (const [what, websocket, finding] of WEBSOCKET) {
    const step = stepOf({ applianceUrl: 'http://nas:8080', httpAddress: 'nas', http: OURS, websocket }, 'websocket');
    t.match(step, { state: 'failed', finding, action: /docs\/operations\.md/ }, what);
  }
});

function greeted(signalling: SignallingSeen): DiagnosisStep {
  return stepOf({ applianceUrl: 'http://nas', httpAddress: 'nas', http: OURS, websocket: { kind: 'open' }, signalling }, 'signalling');
}

test('signalling: what keeps a viewer out', async (t) => {
  t.match(greeted({ kind: 'timeout', limitMs: 10_000, waitedFor: 'welcome' }), { state: 'failed', finding: /greeting did not come/ });
  t.match(greeted({ kind: 'timeout', limitMs: 10_000, waitedFor: 'peers' }), { state: 'failed', finding: /greeted, but/ });
  t.match(greeted({ kind: 'closed', code: 1013 }), { state: 'failed', action: /SIGNALLING_MAX_SOCKETS/ });
  t.match(greeted({ kind: 'closed', code: 1006 }), { state: 'failed', action: /proxy/ });
  t.match(greeted({ kind: 'error', message: 'This appliance speaks version 2.' }), { state: 'failed', finding: /version 2/ });
  t.match(greeted({ kind: 'joined', helpers: ['stun:stun.example.org'] }), { state: 'ok', finding: /hands out stun:stun\.example\.org/ });
});

function withSeeder(more: Partial<Observations>): DiagnosisStep[] {
  return walk({ ...seen([], []), ...more });
}

test('candidate: a peer that is off or full is worth a look, one that does not come is a fault', async (t) => {
  const off = withSeeder({ http: { ...OURS, seederEnabled: false } as HttpSeen, seeder: { kind: 'absent', limitMs: 5_000 } });
  t.match(off[3], { state: 'warning', finding: /own peer is off/, action: /SWITCH_SEEDER=true/ });
  t.match(off.slice(4), [{ state: 'skipped' }, { state: 'skipped' }, { state: 'skipped' }]);
  t.match(withSeeder({ seeder: { kind: 'absent', limitMs: 5_000 } })[3], { state: 'failed', finding: /did not come .* though it is on/ });
  t.match(withSeeder({ seeder: { kind: 'refused', reason: 'full' } })[3], { state: 'warning', finding: /full \(32 of 32 places taken\)/, action: /SWITCH_SEEDER_MAX_PEERS/ });
  t.match(withSeeder({ seeder: { kind: 'silent', limitMs: 5_000 } })[3], { state: 'failed' });
  t.match(withSeeder({ seeder: { kind: 'no-webrtc' } })[3], { state: 'failed', finding: /no WebRTC/ });
});

const REACHED: readonly (readonly [string, Observations, { candidate: object; udp: object }])[] = [
  ['the wrong address is announced, and the page\'s answers',
    seen([at(BRIDGE)], [path('announced', [at(BRIDGE)]), path('host', [at(LAN)], { remote: at(LAN) })]),
    { candidate: { state: 'failed', finding: /announces 172\.17\.0\.2:9000, which does not answer from here; 192\.168\.1\.10:9000, where its page is, does/, action: /SWITCH_ANNOUNCE=192\.168\.1\.10 / },
      udp: { state: 'ok', finding: /192\.168\.1\.10:9000/ } }],
  ['the same by a name, which stays right when the address changes',
    seen([at(BRIDGE)], [path('announced', [at(BRIDGE)]), path('host', [at(LAN)], { remote: at(LAN) })], { applianceUrl: 'http://nas.home.arpa:8080' }),
    { candidate: { state: 'failed', action: /SWITCH_ANNOUNCE=nas\.home\.arpa / }, udp: { state: 'ok' } }],
  ['the same on the node\'s own machine, whose 127.0.0.1 is nobody else\'s',
    seen([at('203.0.113.5')], [path('announced', [at('203.0.113.5')]), path('host', [at('127.0.0.1')], { remote: at('127.0.0.1') })], { applianceUrl: 'http://localhost:8080', httpAddress: '127.0.0.1' }),
    { candidate: { state: 'failed', action: /such as 192\.168\.1\.10/ }, udp: { state: 'ok' } }],
  ['a port of its own belongs to the address',
    seen([at('203.0.113.9', 41_000)], [path('announced', [at('203.0.113.9', 41_000)]), path('host', [at(LAN, 41_000), at(LAN)], { remote: at(LAN, 41_000) })]),
    { candidate: { state: 'failed', finding: /192\.168\.1\.10:41000, where its page is/, action: /SWITCH_ANNOUNCE=192\.168\.1\.10:41000 / }, udp: { state: 'ok' } }],
  ['the right address with a port that is not published, and the usual one is',
    seen([at(LAN, 41_000)], [path('announced', [at(LAN, 41_000)]), path('host', [at(LAN, 41_000), at(LAN)], { remote: at(LAN) })]),
    { candidate: { state: 'failed', finding: /announces 192\.168\.1\.10:41000, which does not answer from here; 192\.168\.1\.10:9000/, action: /SWITCH_ANNOUNCE=192\.168\.1\.10 / }, udp: { state: 'ok' } }],
  ['an IPv6 address goes into brackets',
    seen([at(BRIDGE)], [path('announced', [at(BRIDGE)]), path('host', [at('fd00::10')], { remote: at('fd00::10') })], { applianceUrl: 'http://[fd00::10]:8080', httpAddress: 'fd00::10' }),
    { candidate: { state: 'failed', finding: /\[fd00::10\]:9000/, action: /SWITCH_ANNOUNCE=\[fd00::10\] / }, udp: { state: 'ok' } }],
  ['a container\'s inner address answers on its host, and on no other machine',
    seen([at(BRIDGE)], [path('announced', [at(BRIDGE)], { remote: at(BRIDGE) })]),
    { candidate: { state: 'warning', finding: /only its host reaches/, action: /SWITCH_ANNOUNCE=192\.168\.1\.10 / }, udp: { state: 'ok' } }],
  ['one of several addresses answers',
    seen([at(BRIDGE), at(LAN)], [path('announced', [at(BRIDGE), at(LAN)], { remote: at(LAN) })]),
    { candidate: { state: 'ok', finding: /172\.17\.0\.2:9000 and 192\.168\.1\.10:9000/ }, udp: { state: 'ok' } }],
  ['the right address, and nothing comes back',
    seen([at(LAN)], [path('announced', [at(LAN)]), path('usual', [at(LAN)])]),
    { candidate: { state: 'ok' }, udp: { state: 'failed', finding: /Nothing came back over UDP from 192\.168\.1\.10:9000 within 10 s/, action: /-p 9000:9000\/udp.*SWITCH_ANNOUNCE=192\.168\.1\.10:41000/ } }],
  ['the wrong address, and the right one is closed too',
    seen([at(BRIDGE)], [path('announced', [at(BRIDGE)]), path('host', [at(LAN)]), path('usual', [at(BRIDGE)])]),
    { candidate: { state: 'warning', action: /SWITCH_ANNOUNCE/ }, udp: { state: 'failed', finding: /from 172\.17\.0\.2:9000 and 192\.168\.1\.10:9000/ } }],
  ['only the node can open the way, which a router would stop',
    seen([at(LAN, 9_500)], [path('announced', [at(LAN, 9_500)]), path('usual', [at(LAN, 9_500)], { remote: at(LAN, 33_333, 'prflx') })]),
    { candidate: { state: 'ok' }, udp: { state: 'failed', finding: /only because the node reached out to this machine/, action: /-p 9500:N\/udp, N being SWITCH_UDP_PORT/ } }],
  ['both open the way, with STUN',
    seen([at('203.0.113.9', 4_000, 'srflx')], [path('announced', [at('203.0.113.9', 4_000, 'srflx')]), path('usual', [at('203.0.113.9', 4_000, 'srflx')], { remote: at('203.0.113.9', 4_000, 'srflx') })]),
    { candidate: {}, udp: { state: 'warning', finding: /both sides reached out/ } }],
  ['only a relay helps',
    seen([at(LAN)], [path('announced', [at(LAN)], { local: at('198.51.100.1', 3_478, 'relay'), remote: at(LAN) })]),
    { candidate: { state: 'ok' }, udp: { state: 'warning', finding: /only by the relay 198\.51\.100\.1:3478/ } }],
  ['no address is told at all',
    seen([], [path('announced', []), path('usual', [])]),
    { candidate: { state: 'failed', finding: /tells no address/, action: /SWITCH_ANNOUNCE=192\.168\.1\.10 / }, udp: { state: 'failed' } }],
  ['the browser hides where it went',
    seen([at(LAN)], [path('announced', [at(LAN)], { local: at('', 0), remote: at('', 0) })]),
    { candidate: { state: 'ok' }, udp: { state: 'ok', finding: /reaches the node at 192\.168\.1\.10:9000\.$/ } }],
];

test('candidate and UDP: a wrong address is told from a closed port', async (t) => {
  for (const [what, observations, expected] of REACHED) {
    t.match(stepOf(observations, 'candidate'), expected.candidate, `${what}: candidate`);
    t.match(stepOf(observations, 'udp'), expected.udp, `${what}: udp`);
  }
});

test('after a way that stands only on one leg the channel is tried all the same', async (t) => {
  const steps = walk(seen([at(LAN)], [path('announced', [at(LAN)]), path('usual', [at(LAN)], { remote: at(LAN) })], WHOLE));
  t.same(steps.slice(4).map(({ state }) => state), ['failed', 'ok', 'ok']);
});

test('channel and round trip: small packets pass and large ones do not, wrong bytes, slow bytes', async (t) => {
  const [way, sent] = [[at(LAN)], [path('announced', [at(LAN)], { remote: at(LAN) })]] as const;
  t.match(walk(seen(way, sent, { channel: { open: false, limitMs: 5_000 } })).slice(5), [{ state: 'failed', finding: /did not open within 5 s/, action: /MTU/ }, { state: 'skipped', finding: /"data-channel"/ }]);
  const channel = { open: true, limitMs: 5_000 };
  t.match(stepOf(seen(way, sent, { channel, roundTrip: { kind: 'failed', reason: 'it went silent' } }), 'round-trip'), { state: 'failed', finding: /it went silent/ });
  t.match(stepOf(seen(way, sent, { channel, roundTrip: { kind: 'busy', limitMs: 8_000 } }), 'round-trip'), { state: 'warning', finding: /other viewers to serve for 8 s/ });
  t.match(stepOf(seen(way, sent, { channel, roundTrip: { kind: 'fetched', sizeBytes: 262_144, fetchMs: 9, roundTripMs: null, intact: false } }), 'round-trip'), { state: 'failed', finding: /wrong hash/ });
  t.match(stepOf(seen(way, sent, { channel, roundTrip: { kind: 'fetched', sizeBytes: 262_144, fetchMs: 1_000, roundTripMs: null, intact: true } }), 'round-trip'), { state: 'ok', finding: /1000 ms \(2\.1 Mb\/s\)\.$/ });
});
