/** `admin reset-token`: another admin token, for who lost it. Works beside the running node, which notices by itself. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LoadedConfig } from '../../../config/load.ts';
import { envName, flagName } from '../../../config/names.ts';
import { keptTokenHash, resetAdminToken } from '../../auth/admin-token.ts';
import { tokenFilePath, writeTokenFile } from '../../auth/token-file.ts';
import { FORMAT_KEY, isCurrent } from '../../storage/format/data-format.ts';
import { openState } from '../../storage/open-storage.ts';
import { VERSION } from '../../version.ts';
import { becomeOwnerOf } from '../become-owner.ts';
import { EXIT, UsageError, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

export async function resetToken({ config, origins }: LoadedConfig, output: Output): Promise<ExitCode> {
  if (config.adminToken !== undefined) throw new UsageError(givenSentence(origins.adminToken));
  const inMongoDb = config.mongodbUri !== undefined;
  const dataDir = resolve(config.dataDir);
  if (!inMongoDb) {
    await becomeOwnerOf(dataDir);
    await access(dataDir).catch((error: unknown) => { throw new UsageError(nowhereSentence(dataDir), { cause: error }); });
  }
  const { state, close } = await openState({ dataDir, mongodbUri: config.mongodbUri });
  try {
    const place = inMongoDb ? 'the database' : dataDir;
    isCurrent(await state.get(FORMAT_KEY), place, { program: VERSION });
    if (await keptTokenHash(state) === undefined && await state.get('session-secret') === undefined) throw new UsageError(nowhereSentence(place));
    const token = await resetAdminToken(state);
    output.result('admin-token', { token, ...(inMongoDb ? {} : { file: tokenFilePath(dataDir) }) }, token);
    output.event('reset', {}, 'This is the new admin token. A running node takes it within a few seconds; the old one, and who is signed in with it, is out then.');
    if (!inMongoDb) {
      await writeTokenFile(dataDir, token);
      output.event('written', { file: tokenFilePath(dataDir) }, `It is in ${tokenFilePath(dataDir)} too.`);
    }
    return EXIT.done;
  } finally {
    await close();
  }
}

function givenSentence(origin: string): string {
  return `The admin token is set by a setting (${origin === 'flag' ? `--${flagName('adminToken')}` : `${envName('adminToken')} or ${envName('adminToken')}_FILE`}${origin === 'file' ? ', in the configuration file' : ''}), so there is nothing to reset. Change it there and restart the node.`;
}

function nowhereSentence(place: string): string {
  return `No node has run with ${place} yet, so there is no admin token to reset. Give the settings that the node has: --data-dir DIR, or --mongodb-uri-file FILE (or the same in the environment).`;
}
