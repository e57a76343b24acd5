/** The version of this appliance, from its package. */
import { readFileSync } from 'node:fs';

interface Package {
  readonly version: string;
}

export const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Package).version;
