/** The diagnosis of real nodes: one that is well, and one for each thing that can be broken on one machine. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import tap, { test, type Test } from 'tap';
import { diagnose, DIAGNOSIS_STEPS, errorCode, type Diagnosis, type DiagnosisStep, type DiagnosisStepName } from '../../engine/index.ts';
import { diagnosisHelp } from '../../server/cli/diagnosis-help.ts';
import { startAppliance } from '../fixtures/appliance.ts';
import { runCommand } from '../fixtures/command.ts';
import { eventually } from '../fixtures/http.ts';
import { startPlainProxy } from '../fixtures/plain-proxy.ts';
import { freeUdpPort } from '../fixtures/udp-port.ts';
import { startUdpRelay } from '../fixtures/udp-relay.ts';

// The buffered ones, which wait for silence, wait side by side.
tap.jobs = 3;

function stepOf({ steps }: Diagnosis, name: DiagnosisStepName): DiagnosisStep {
  const found = steps.find(({ step }) => step === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
}

function statesOf({ steps }: Diagnosis): Record<string, string> {
  return Object.fromEntries(steps.map(({ step, state }) => [step, state]));
}

/** Everything before the step is well, and everything after it was not looked at. */
function endsAt(t: Test, diagnosis: Diagnosis, end: DiagnosisStepName, expected: object): void {
  const at = DIAGNOSIS_STEPS.indexOf(end);
  t.match(stepOf(diagnosis, end), expected);
  for (const [index, { step, state }] of diagnosis.steps.entries()) {
    if (index < at) t.equal(state, 'ok', step);
    if (index > at) t.equal(state, 'skipped', step);
  }
}

test('a node that is well: seven steps, told as they end, and no trace in its figures', async (t) => {
  const { url } = await startAppliance(t, { seeder: true });
  const told: DiagnosisStep[] = [];
  const diagnosis = await diagnose(`${url}/`, { onStep: (step) => told.push(step) });
  t.equal(diagnosis.applianceUrl, url);
  t.equal(diagnosis.state, 'ok');
  t.same(diagnosis.steps.map(({ step, state }) => [step, state]), DIAGNOSIS_STEPS.map((step) => [step, 'ok']));
  t.same(told, diagnosis.steps);
  t.match(stepOf(diagnosis, 'round-trip').finding, /^256 KiB came whole in/);
  const status = await (await fetch(`${url}/api/status`)).json() as { swarms: unknown[]; seeder: object };
  t.same(status.swarms, []);
  t.match(status.seeder, { videos: 0, peers: 0, sentBytes: 0 });
});

test('under a base path', async (t) => {
  const { url } = await startAppliance(t, { seeder: true, basePath: '/switch' });
  const base = `${new URL(url).origin}/switch`;
  t.equal((await diagnose(base)).state, 'ok');
  endsAt(t, await diagnose(`${new URL(url).origin}/elsewhere`), 'http', { state: 'failed', finding: /not under this path/, action: /SWITCH_BASE_PATH/ });
});

test('nothing listens, or a name that nobody knows', async (t) => {
  const port = await freeUdpPort();
  endsAt(t, await diagnose(`http://127.0.0.1:${port}`), 'http', { state: 'failed', finding: /nothing listens/ });
  endsAt(t, await diagnose('http://no-such-node.invalid:8080'), 'http', { state: 'failed', finding: /no-such-node\.invalid is not known/ });
});

test('another program, or a proxy without its node', async (t) => {
  for (const [status, finding] of [[200, /not like a Software Switch/], [502, /does not reach the node/]] as const) {
    const server = createServer((_request, response) => response.writeHead(status, { 'content-type': 'text/html', server: 'other/1' }).end('<p>Hello'));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    t.teardown(() => server.close());
    endsAt(t, await diagnose(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), 'http', { state: 'failed', finding });
  }
});

test('a proxy that drops upgrades is told from one that answers them itself', async (t) => {
  const { url } = await startAppliance(t, { seeder: true });
  const action = /pass WebSocket upgrades for \/signalling/;
  const stripping = await startPlainProxy(t, url, 'strip');
  endsAt(t, await diagnose(stripping), 'websocket', { state: 'failed', finding: /takes the upgrade out of it/, action });
  endsAt(t, await diagnose(stripping, { help: diagnosisHelp }), 'websocket', { state: 'failed', finding: /\(answered 4\d\d\)/, action });
  const refusing = await startPlainProxy(t, url, 502);
  endsAt(t, await diagnose(refusing, { help: diagnosisHelp }), 'websocket', { state: 'failed', finding: /does not reach the node|\(answered 502\)/, action });
});

test('a seeder that is off is worth a look and no failure', async (t) => {
  const { url } = await startAppliance(t, { seeder: false });
  const diagnosis = await diagnose(url);
  endsAt(t, diagnosis, 'candidate', { state: 'warning', finding: /own peer is off/, action: /SWITCH_SEEDER/ });
  t.equal(diagnosis.state, 'warning');
});

test('a port that is published under another number is well when it is announced so', async (t) => {
  const udpPort = await freeUdpPort();
  const published = await startUdpRelay(t, udpPort);
  const { url } = await startAppliance(t, { seeder: true, udpPort, announce: [`127.0.0.1:${published}`] });
  const diagnosis = await diagnose(url);
  t.equal(diagnosis.state, 'ok');
  t.match(stepOf(diagnosis, 'udp').finding, `UDP reaches the node at 127.0.0.1:${published}`);
});

test('a wrong announced address is the fault of the step candidate: UDP gets through by the address of the page', { buffered: true }, async (t) => {
  const udpPort = await freeUdpPort();
  const { url } = await startAppliance(t, { seeder: true, udpPort, announce: ['203.0.113.77'] });
  const diagnosis = await diagnose(url);
  t.match(statesOf(diagnosis), { candidate: 'failed', udp: 'ok', 'data-channel': 'ok', 'round-trip': 'ok' });
  t.match(stepOf(diagnosis, 'candidate'), {
    finding: `The node announces 203.0.113.77:${udpPort}, which does not answer from here; 127.0.0.1:${udpPort}, where its page is, does.`, action: /SWITCH_ANNOUNCE/,
  });
});

test('a closed UDP port is the fault of the step udp, also when the node itself finds the way here', { buffered: true }, async (t) => {
  const [udpPort, closed] = [await freeUdpPort(), await freeUdpPort()];
  const { url } = await startAppliance(t, { seeder: true, udpPort, announce: [`127.0.0.1:${closed}`] });
  const diagnosis = await diagnose(url);
  t.match(statesOf(diagnosis), { candidate: 'ok', udp: 'failed' });
  t.match(stepOf(diagnosis, 'udp'), { finding: new RegExp(`127\\.0\\.0\\.1:${closed}`), action: new RegExp(`-p ${closed}:N/udp`) });
});

test('where only small packets pass it is the data channel that fails', { buffered: true }, async (t) => {
  const udpPort = await freeUdpPort();
  const published = await startUdpRelay(t, udpPort, { maxBytes: 250 });
  const { url } = await startAppliance(t, { seeder: true, udpPort, announce: [`127.0.0.1:${published}`] });
  endsAt(t, await diagnose(url), 'data-channel', { state: 'failed', finding: /small packets pass/, action: /MTU/ });
});

test('given up, it ends at once and leaves nothing behind', async (t) => {
  const udpPort = await freeUdpPort();
  const { url } = await startAppliance(t, { seeder: true, udpPort, announce: ['203.0.113.77'] });
  const giveUp = new AbortController();
  const diagnosis = diagnose(url, { signal: giveUp.signal, onStep: ({ step }) => { if (step === 'signalling') giveUp.abort(); } });
  const startMs = performance.now();
  await t.rejects(diagnosis, { code: 'aborted' });
  t.ok(performance.now() - startMs < 5_000);
  await t.rejects(diagnose(url, { signal: AbortSignal.abort() }).catch((error: unknown) => { throw new Error(errorCode(error)); }), { message: 'aborted' });
  await eventually('its socket is closed', async () => /^switch_signalling_sockets 1$/m.test(await (await fetch(`${url}/metrics`)).text()));
});

test('the command: one JSON line a step, 0 when nothing failed, 1 when something did', async (t) => {
  const { url } = await startAppliance(t, { seeder: true });
  const cwd = t.testdir();
  const well = runCommand(t, ['doctor', '--url', url, '--json'], { cwd });
  t.equal(await well.exitCode, 0);
  t.same(well.lines.map(({ type, step, state }) => [type, step, state]), [...DIAGNOSIS_STEPS.map((step) => ['step', step, 'ok']), ['diagnosis', undefined, 'ok']]);
  const broken = runCommand(t, ['doctor', 'http://127.0.0.1:1', '--json'], { cwd });
  t.equal(await broken.exitCode, 1);
  t.equal(broken.lines.at(-1)?.['state'], 'failed');
});
