/**
 * Who the node runs as in our container image: PUID, PGID and UMASK, as other images for home use know them. They mean nothing
 * elsewhere, so that a developer who is root stays root; the image says that it is one by SWITCH_CONTAINER.
 */
import { ConfigError } from './config-error.ts';

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** undefined: as the container was started. */
  readonly umask: number | undefined;
  /** Whether PUID or PGID was set by whoever started the container. */
  readonly isSet: boolean;
}

/** The user that the official Node image has, and the usual first user of a machine. */
const DEFAULT_ID = 1000;
const MAX_ID = 2 ** 31 - 1;

/** undefined outside our image. @throws ConfigError that lists every wrong value. */
export function loadContainerUser(env: Readonly<Record<string, string | undefined>> = process.env): ContainerUser | undefined {
  if (env['SWITCH_CONTAINER'] !== 'true') return undefined;
  const problems: string[] = [];
  const read = (name: string, pattern: RegExp, base: number, max: number, expected: string): number | undefined => {
    // An empty one is how compose passes on a variable that is not set.
    const raw = env[name]?.trim() ?? '';
    if (raw === '') return undefined;
    const value = pattern.test(raw) ? Number.parseInt(raw, base) : Number.NaN;
    if (value <= max) return value;
    problems.push(`${name} is ${JSON.stringify(raw)}; it must be ${expected}.`);
    return undefined;
  };
  const uid = read('PUID', /^\d{1,10}$/, 10, MAX_ID, 'the number of a user, such as 1000 (the command id -u shows yours)');
  const gid = read('PGID', /^\d{1,10}$/, 10, MAX_ID, 'the number of a group, such as 1000 (the command id -g shows yours)');
  const umask = read('UMASK', /^[0-7]{1,4}$/, 8, 0o777, 'three octal digits, such as 022');
  if (problems.length > 0) throw new ConfigError(problems);
  return { uid: uid ?? DEFAULT_ID, gid: gid ?? DEFAULT_ID, umask, isSet: uid !== undefined || gid !== undefined };
}
