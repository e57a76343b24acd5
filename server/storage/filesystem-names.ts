/** What lies in a folder that may not have been made yet. */
import { readdir } from 'node:fs/promises';
import { errnoOf } from './durable-files.ts';

/** None where there is no such folder. @throws the system's other errors. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
