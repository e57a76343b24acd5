// Gives the tests a real MongoDB-compatible server, by what this machine has:
// a mongod on the PATH, else FerretDB in a Debian tree. A server that the caller
// already has, named by SWITCH_TEST_MONGODB_URI, is used as it is.
import { findCommand } from './find-command.ts';
import { startFerretDb } from './ferretdb.ts';
import { startMongod } from './mongod.ts';
import { NoMongoDbError } from './running-server.ts';
import type { MongoDbForTests } from './running-server.ts';

/** Throws `NoMongoDbError`, with what would be needed, where none can be had. */
export const startMongoDbForTests = async (
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<MongoDbForTests> => {
  const given = process.env['SWITCH_TEST_MONGODB_URI'];
  if (given) return { uri: given, kind: 'given', ended: new Promise(() => {}), stop: async () => {} };
  const mongod = findCommand('mongod');
  if (mongod !== null) return await startMongod(mongod, signal);
  try {
    return await startFerretDb(log, signal);
  } catch (error) {
    if (!(error instanceof NoMongoDbError)) throw error;
    throw new NoMongoDbError(
      `There is no MongoDB server for tests. Set SWITCH_TEST_MONGODB_URI to one, or put a mongod on the PATH, ` +
        `or on Debian be root with debootstrap and Go. ${error.message}.`,
    );
  }
};
