/** The rival in the ingest bench: `node ingest-theirs.ts FOLDER`, the tus library's server with its own FileStore and no hashing. */
import { open, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { answerIngest, type IngestServer } from './ingest-questions.ts';

answerIngest(start(process.argv[2] ?? ''));

async function start(folder: string): Promise<IngestServer> {
  const tus = new Server({ path: '/files', datastore: new FileStore({ directory: folder }) });
  const server = createServer((request, response) => { void tus.handle(request, response); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`,
    sync: async () => {
      for (const entry of await readdir(folder)) {
        const file = await open(join(folder, entry), 'r');
        await file.sync();
        await file.close();
      }
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
