import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'tap';
import { healthcheck } from '../../server/cli/commands/healthcheck.ts';
import { startAppliance } from '../fixtures/appliance.ts';

void test('a ready node is well, also under its base path; one that is gone is not', async (t) => {
  const node = await startAppliance(t, { basePath: '/switch' });
  const env = { SWITCH_HOST: '127.0.0.1', SWITCH_PORT: String(node.appliance.port), SWITCH_BASE_PATH: '/switch' };
  t.strictSame(await healthcheck([], env), { well: true, sentence: 'The node is ready.' });
  await node.appliance.stop();
  t.match(await healthcheck([], env), { well: false, sentence: /does not answer at http:\/\/127\.0\.0\.1:\d+\/switch\/readyz/ });
});

void test('a node that answers and is not ready is not well, and says why', async (t) => {
  const server = createServer((_request, response) => response.writeHead(503).end('{"detail":"The storage does not answer."}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  const port = String((server.address() as AddressInfo).port);
  t.strictSame(await healthcheck(['--host', '127.0.0.1', '--port', port], {}), { well: false, sentence: 'The node answers but is not ready (503): The storage does not answer.' });
});

void test('wrong settings and a port that nobody can know are told, and nothing is asked', async (t) => {
  t.match(await healthcheck([], { SWITCH_PORT: 'http' }), { well: false, sentence: /^The settings are wrong: SWITCH_PORT/ });
  t.match(await healthcheck([], { SWITCH_PORT: '0' }), { well: false, sentence: /needs a port/ });
});
