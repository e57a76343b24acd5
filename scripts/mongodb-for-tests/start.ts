// Runs a MongoDB server for tests in the foreground:
//
//   node scripts/mongodb-for-tests/start.ts
//
// prints `SWITCH_TEST_MONGODB_URI=mongodb://…` when it is ready, and ends the server on
// SIGINT, SIGTERM, SIGHUP, or when standard input is a pipe that closes.
// Exit codes: 0 stopped, 1 failed, 3 no server can be had here (the message says why).
import { fstatSync } from 'node:fs';
import { NoMongoDbError } from './running-server.ts';
import { startMongoDbForTests } from './server.ts';

const log = (line: string): void => console.error(`mongodb-for-tests: ${line}`);

const stopping = new AbortController();
const stopped = new Promise<null>((resolve) => {
  stopping.signal.addEventListener('abort', () => resolve(null));
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
// Only a pipe or a socket has a parent at its other end: /dev/null ends at once.
const stdin = fstatSync(0);
if (stdin.isFIFO() || stdin.isSocket()) {
  process.stdin.on('end', () => stopping.abort()).on('error', () => stopping.abort());
  process.stdin.resume();
}

try {
  const startedAt = performance.now();
  const server = await startMongoDbForTests(log, stopping.signal);
  log(`${server.kind} ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  console.log(`SWITCH_TEST_MONGODB_URI=${server.uri}`);
  // Keeps the process alive where the server is not ours.
  const alive = setInterval(() => {}, 60_000);
  const error = await Promise.race([server.ended, stopped]);
  clearInterval(alive);
  await server.stop();
  if (error !== null) throw error;
} catch (error) {
  if (!stopping.signal.aborted) {
    log(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof NoMongoDbError ? 3 : 1;
  }
}
process.stdin.destroy();
