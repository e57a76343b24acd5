/** `software-switch doctor` in a house beside the machine, against containers that are well and that are broken as people break them. */
import type { Test } from 'tap';
import type { DiagnosisStepName } from '../../engine/index.ts';
import { runCommand, type Line } from '../fixtures/command.ts';
import { startContainerNode } from '../fixtures/container-node.ts';
import { containerTest } from '../fixtures/docker.ts';
import { openHouse, type House } from '../fixtures/network-namespace.ts';
import { startNginx } from '../fixtures/nginx.ts';

/** Nobody is at it (RFC 5737). */
const WRONG = '203.0.113.9';
const ALL_OK = { http: 'ok', websocket: 'ok', signalling: 'ok', candidate: 'ok', udp: 'ok', 'data-channel': 'ok', 'round-trip': 'ok' };

interface Published {
  readonly house: House;
  readonly url: string;
}

async function publish(t: Test, { announce, isUdpPublished = true, env = {} }: {
  readonly announce?: string; readonly isUdpPublished?: boolean; readonly env?: Readonly<Record<string, string>>;
} = {}): Promise<Published> {
  const house = await openHouse(t);
  const { machine } = house;
  const url = `http://${machine}:18080`;
  await startContainerNode(t, { url, udp: isUdpPublished ? [`${machine}:9000:9000`] : [], env: { SWITCH_ANNOUNCE: announce ?? machine, ...env } });
  return { house, url };
}

interface Findings {
  readonly states: Readonly<Record<string, unknown>>;
  readonly exitCode: number | null;
  of(step: DiagnosisStepName): Line | undefined;
}

async function doctor(t: Test, { house, url }: Published, env: Readonly<Record<string, string>> = {}): Promise<Findings> {
  const command = runCommand(t, ['doctor', '--url', url, '--json'], { cwd: t.testdir({}), inside: house.inside, env });
  const exitCode = await command.exitCode;
  t.equal(await command.stderr, '');
  const steps = command.lines.filter(({ type }) => type === 'step');
  return {
    exitCode, states: Object.fromEntries(steps.map(({ step, state }) => [step, state])), of: (name) => steps.find(({ step }) => step === name),
  };
}

/** Of all steps, `end` failed; those before are well, those after were not looked at. */
function endingAt(end: DiagnosisStepName): object {
  const names = Object.keys(ALL_OK);
  return Object.fromEntries(names.map((name) => [name, name === end ? 'failed' : names.indexOf(name) < names.indexOf(end) ? 'ok' : 'skipped']));
}

containerTest('the doctor tells what is broken before a container', async (whole) => {
  // They wait for starts and for silence, and do it side by side; each has a house of its own, and so the usual UDP port.
  whole.jobs = 4;

  void whole.test('all is well where the machine is announced and both ports are published, also to who lets nobody in', { buffered: true }, async (t) => {
    const published = await publish(t);
    const { house: { machine } } = published;
    await published.house.letInOnlyUdpFrom([9000]);
    const { states, exitCode, of } = await doctor(t, published);
    t.same(states, ALL_OK);
    t.equal(exitCode, 0);
    t.match(of('udp'), { finding: new RegExp(`reaches the node at ${machine}:9000`) });
  });

  void whole.test('a wrong announced address is told, and the right one named', { buffered: true }, async (t) => {
    const published = await publish(t, { announce: WRONG });
    const { states, exitCode, of } = await doctor(t, published);
    t.same(states, { ...ALL_OK, candidate: 'failed' });
    t.equal(exitCode, 1);
    t.match(of('candidate'), { finding: new RegExp(`announces ${WRONG}:9000, which does not answer`), action: new RegExp(`^Set SWITCH_ANNOUNCE=${published.house.machine} on`) });
  });

  void whole.test('a UDP port that is not published is told, in a house that the node can come to and in one that it cannot', { buffered: true }, async (t) => {
    const published = await publish(t, { isUdpPublished: false });
    const { house } = published;
    const missing = { action: /^Publish UDP port 9000 \(-p 9000:9000\/udp\)/ };
    const open = await doctor(t, published);
    t.same(open.states, { ...ALL_OK, udp: 'failed' });
    t.match(open.of('udp'), { ...missing, finding: /only because the node reached out/ });
    t.equal(open.exitCode, 1);
    await house.letInOnlyUdpFrom([9000]);
    const closed = await doctor(t, published);
    t.same(closed.states, endingAt('udp'));
    t.match(closed.of('udp'), { ...missing, finding: new RegExp(`^Nothing came back over UDP from ${house.machine}:9000 within`) });
    t.equal(closed.exitCode, 1);
  });

  void whole.test('a proxy that drops the upgrade to a WebSocket is told', { buffered: true }, async (t) => {
    const { house, url } = await publish(t);
    const nginx = await startNginx(t, { upstreamUrl: url, address: house.machine, changes: [
      ['proxy_set_header Upgrade    $http_upgrade;', ''], ['proxy_set_header Connection $software_switch_connection;', ''],
    ] });
    const { states, exitCode, of } = await doctor(t, { house, url: nginx.url }, { NODE_EXTRA_CA_CERTS: nginx.certificateFile });
    t.same(states, endingAt('websocket'));
    t.match(of('websocket'), { finding: /HTTP works, but the WebSocket .* is refused/, action: /pass WebSocket upgrades for \/signalling/ });
    t.equal(exitCode, 1);
  });
});
