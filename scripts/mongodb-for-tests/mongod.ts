// A mongod found on the PATH, run on a free port with an empty database.
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startServer } from './running-server.ts';
import type { MongoDbForTests } from './running-server.ts';

const pingTimeoutMs = 30_000;
const tries = 3;

export const startMongod = async (mongod: string, signal?: AbortSignal): Promise<MongoDbForTests> => {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await startOn(await freePort(), mongod, signal);
    } catch (error) {
      // Another process can take the port between our look and mongod's start.
      if (attempt === tries) throw error;
    }
  }
};

const startOn = async (port: number, mongod: string, signal?: AbortSignal): Promise<MongoDbForTests> => {
  const data = mkdtempSync(join(tmpdir(), 'switch-mongodb-'));
  const script = join(import.meta.dirname, 'run-mongod.sh');
  const server = await startServer('mongod', 'bash', [script, mongod, String(port), data], signal);
  const client = new MongoClient(server.uri, { serverSelectionTimeoutMS: pingTimeoutMs });
  try {
    const ended = server.ended.then((error) => Promise.reject(error ?? new Error('mongod was stopped')));
    await Promise.race([client.db('admin').command({ ping: 1 }), ended]);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    await client.close();
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
