/**
 * The admin token in a file of the data directory, so that a log that scrolled away locks nobody out. Only a copy for people: the
 * node never reads it, so removing or changing it changes nothing.
 */
import { join } from 'node:path';
import { replaceDurably } from '../storage/durable-files.ts';

const OWNER_ONLY = 0o600;

export function tokenFilePath(dataDir: string): string {
  return join(dataDir, 'admin-token');
}

/** The folder exists. @throws the system's errors. */
export async function writeTokenFile(dataDir: string, token: string): Promise<void> {
  await replaceDurably(tokenFilePath(dataDir), `${token}\n`, { mode: OWNER_ONLY });
}
