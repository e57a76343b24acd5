/** A node whose database is not there yet, or not to be had. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'tap';
import { eventually, fetchWhole } from '../fixtures/http.ts';
import { mongoDatabase } from '../fixtures/mongo.ts';
import { serve } from '../fixtures/served-node.ts';
import { TcpProxy } from '../fixtures/storage-tcp-proxy.ts';

const START_LIMIT_MS = 60_000;

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a start tells which database it waits for and why, never the password, and a signal ends the waiting at once', async (t) => {
  const port = await closedPort();
  const node = serve(t, ['--port', '0', '--data-dir', t.testdir()], { SWITCH_MONGODB_URI: `mongodb://user:s3cret@127.0.0.1:${port}/x` });
  const line = await eventually('a line of the log', () => node.log().split('\n').find((each) => each.includes('waiting for MongoDB')), START_LIMIT_MS);
  t.match(JSON.parse(line), { level: 40, host: `127.0.0.1:${port}`, msg: new RegExp(`waiting for MongoDB at 127\\.0\\.0\\.1:${port}, which does not answer: .*ECONNREFUSED`) });
  await eventually('another', () => node.log().split('waiting for MongoDB').length > 2);
  t.notMatch(node.log(), /s3cret|user:/);
  t.equal(node.child.exitCode, null, 'it goes on waiting');
  const askedAt = performance.now();
  node.child.kill('SIGTERM');
  t.equal(await node.exited, 0);
  t.ok(performance.now() - askedAt < 3_000, 'at once');
});

test('a node whose database comes late is up then', async (t) => {
  const database = await mongoDatabase();
  if (database === undefined) return void t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
  t.teardown(() => database.drop());
  const { host, hostname, port } = new URL(database.uri);
  const proxy = new TcpProxy({ host: hostname, port: Number(port) });
  t.teardown(() => proxy.close());
  const proxyPort = await proxy.listen();
  proxy.cut();
  const node = serve(t, ['--port', '0', '--data-dir', t.testdir()], { SWITCH_MONGODB_URI: database.uri.replace(host, `127.0.0.1:${proxyPort}`) });
  await eventually('it waits', () => node.log().includes('waiting for MongoDB'), START_LIMIT_MS);
  proxy.mend();
  t.equal((await fetchWhole(`${await node.url}/readyz`)).status, 200);
});

test('what waiting does not mend ends the start at once: a wrong password, an address that is none', async (t) => {
  const bad = serve(t, ['--port', '0', '--data-dir', t.testdir()], { SWITCH_MONGODB_URI: 'mongodb://user:s3c@ret@127.0.0.1/x' });
  t.equal(await bad.exited, 1);
  t.match(bad.log(), /SWITCH_MONGODB_URI is not the address of a MongoDB/);
  t.notMatch(bad.log(), /s3c/);
  const database = await mongoDatabase();
  if (database === undefined) return void t.pass('no MongoDB server', { skip: 'no MongoDB server can be had here' });
  const refused = serve(t, ['--port', '0', '--data-dir', t.testdir()], { SWITCH_MONGODB_URI: database.uri.replace('mongodb://', 'mongodb://user:s3cret@') });
  t.equal(await refused.exited, 1);
  t.match(refused.log(), /refuses the node's user.*Check the name, the password and the roles/);
  t.notMatch(refused.log(), /s3cret/);
});
