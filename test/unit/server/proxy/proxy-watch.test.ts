import { PassThrough } from 'node:stream';
import { test, type Test } from 'tap';
import { createApp } from '../../../../server/app.ts';
import { ProxyWatch } from '../../../../server/proxy/proxy-watch.ts';

const WEBSOCKET = { 'sec-websocket-key': 'a2V5', 'sec-websocket-version': '13' };
const FROM = '172.18.0.2';

function watched(t: Test, { basePath = '', trustProxy = [] }: { readonly basePath?: string; readonly trustProxy?: readonly string[] } = {}) {
  const logDestination = new PassThrough({ encoding: 'utf8' });
  const app = createApp({ logLevel: 'warn', logDestination, trustProxy, basePath });
  t.teardown(() => app.close());
  let nowMs = 0;
  const watch = new ProxyWatch({ log: app.log, now: () => nowMs }, { basePath });
  watch.observe(app);
  app.get('/*', () => ({}));
  const ask = async (url: string, headers: Record<string, string>, remoteAddress = FROM): Promise<void> => void await app.inject({ url, headers, remoteAddress });
  const codes = (): string[] => watch.notices().map(({ code }) => code);
  return { ask, codes, watch, later: (ms: number) => { nowMs += ms; }, warned: () => String(logDestination.read() ?? '').trim().split('\n').filter(Boolean) };
}

test('a WebSocket that comes without its upgrade is a proxy\'s doing, told once and until it is mended', async (t) => {
  const { ask, codes, watch, warned } = watched(t, { basePath: '/switch' });
  await ask('/switch/signalling', WEBSOCKET);
  await ask('/signalling', WEBSOCKET);
  t.match(watch.notices(), [{ code: 'websocket-dropped', severity: 'problem', what: FROM, action: '/switch/signalling' }]);
  t.match(warned(), [/"code":"websocket-dropped"/], 'one line');
  await ask('/signalling', { ...WEBSOCKET, host: '192.168.1.10:8080', connection: 'upgrade', upgrade: 'websocket' });
  t.same(codes(), ['websocket-dropped'], 'a direct viewer, whom Docker gives the same address, mends nothing');
  await ask('/signalling', { ...WEBSOCKET, connection: 'upgrade', upgrade: 'websocket' });
  t.same(codes(), []);
  await ask('/signalling', WEBSOCKET);
  t.same(codes(), ['websocket-dropped']);
  t.same(warned(), [], 'the log has it already');
});

test('a person who opens the address of signalling is no proxy', async (t) => {
  const { ask, codes } = watched(t);
  await ask('/signalling', { accept: 'text/html' });
  t.same(codes(), []);
});

test('an address that speaks for others is named until it is trusted', async (t) => {
  const { ask, watch, warned } = watched(t);
  await ask('/', { 'x-forwarded-for': '192.168.1.7' });
  await ask('/', { 'x-forwarded-for': '192.168.1.8' });
  await ask('/', { 'x-forwarded-for': '192.168.1.8' }, '::ffff:172.18.0.3');
  t.match(watch.notices(), [{ code: 'proxy-untrusted', severity: 'warning', action: /SWITCH_TRUST_PROXY=172\.18\.0\.2,172\.18\.0\.3 / }]);
  t.equal(warned().length, 2, 'one line an address');
  const trusting = watched(t, { trustProxy: ['172.16.0.0/12'] });
  await trusting.ask('/', { 'x-forwarded-for': '192.168.1.7' });
  await trusting.ask('/', { 'x-forwarded-for': '10.0.0.1, 192.168.1.7' });
  t.same(trusting.codes(), []);
});

test('a path that a proxy strips must be the base path', async (t) => {
  const { ask, watch } = watched(t);
  await ask('/', { 'x-forwarded-prefix': '<script>' });
  t.same(watch.notices(), []);
  await ask('/', { 'x-forwarded-prefix': '/films/' });
  t.match(watch.notices(), [{ code: 'base-path-unset', severity: 'warning', action: 'set SWITCH_BASE_PATH=/films ' }]);
  const right = watched(t, { basePath: '/films' });
  await right.ask('/', { 'x-forwarded-prefix': '/films' });
  t.same(right.codes(), []);
});

test('what is not seen again is forgotten, and many addresses take little room', async (t) => {
  const { ask, codes, watch, later, warned } = watched(t);
  for (let host = 1; host < 60; host += 1) await ask('/', { 'x-forwarded-for': '192.168.1.7' }, `10.0.0.${host}`);
  t.equal(watch.notices()[0]?.action.match(/10\.0\.0\.\d/g)?.length, 8);
  t.equal(warned().length, 32, 'nor do they fill the log');
  later(16 * 60_000);
  t.same(codes(), []);
});
