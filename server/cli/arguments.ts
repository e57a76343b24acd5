/** Words of the command line into one typed request, or a UsageError that names the word. */
import { parseArgs } from 'node:util';
import type { Policy } from '../../engine/index.ts';
import { UsageError } from './exit-code.ts';

export type Request =
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'serve' | 'reset-token'; readonly argv: readonly string[] }
  | { readonly command: 'list'; readonly from: string; readonly search: string | undefined; readonly json: boolean }
  | { readonly command: 'put'; readonly file: string; readonly to: string; readonly tokenFile: string | undefined; readonly subtitles: readonly string[]; readonly json: boolean }
  | GetRequest
  | { readonly command: 'doctor'; readonly url: string; readonly json: boolean }
  | { readonly command: 'seed'; readonly files: readonly string[]; readonly to: readonly string[]; readonly maxUploadMbps: number; readonly json: boolean };

export interface GetRequest {
  readonly command: 'get';
  readonly contentId: string;
  /** Appliances to ask, in order. */
  readonly from: readonly string[];
  readonly output: string | undefined;
  readonly policy: Policy;
  readonly seed: boolean;
  readonly maxUploadMbps: number;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  readonly json: boolean;
}

const POLICIES: readonly Policy[] = ['cdn-first', 'swarm-first', 'both'];
const DEFAULT_APPLIANCE = 'http://localhost:8080';
const CONTENT_ID = /^[0-9a-f]{64}$/;

export const USAGE = `software-switch: a video node that is CDN and swarm in one

  software-switch serve [--port N] [--data-dir DIR] [--config FILE] [--cdn-max-streams N] …
      Runs the node. Every setting of the README is a flag too.

  software-switch admin reset-token [--data-dir DIR] [--mongodb-uri-file FILE] [--json]
      Makes a new admin token for a node and prints it. Takes the settings of serve, and
      works beside the running node: docker exec NAME software-switch admin reset-token

  software-switch list [--from URL] [--search TEXT] [--json]
      Lists the videos of a node.

  software-switch put FILE --to URL [--subtitles FILE]… [--token-file FILE] [--json]
      Uploads a file; goes on where an interrupted upload stopped. The admin token
      comes from --token-file, SWITCH_ADMIN_TOKEN or SWITCH_ADMIN_TOKEN_FILE.
      --subtitles  adds WebVTT, SubRip or SSA; film.en.srt says its language

  software-switch get URL-or-content-id [--from URL]… [-o FILE] [--policy P] [--seed] [--timeout S]
                      [--max-upload-mbps N] [--json]
      Downloads a video: from the CDN while it has room, else from other viewers.
      --policy   cdn-first (default), swarm-first or both
      --seed     goes on sharing when done, until interrupted
      --timeout  gives up when no byte came from anybody for S seconds (default: never)
      --max-upload-mbps  bounds what is shared with others meanwhile and afterwards

  software-switch seed FILE… --to URL [--max-upload-mbps N] [--json]
      Shares files that are already here with the viewers of a node.

  software-switch doctor --url URL [--json]
      Walks the way a viewer takes to a node (HTTP, WebSocket, signalling, candidate, UDP,
      data channel, a hashed round trip) and says where it ends and what to do. Run it
      where the viewers are. Ends with 1 when something failed.

  software-switch healthcheck
      Asks the node on this machine whether it is ready: 0 yes, 1 no. Reads the same
      settings as serve.

Exit codes: 0 done, 1 failed, 2 usage, 3 no such video, 4 nobody could serve it in time,
130 interrupted (run the same command again to go on from there).
`;

/** Reads `argv` without the program's own two words. Throws {@link UsageError}. */
export function parseArguments(argv: readonly string[]): Request {
  const [command, ...rest] = argv;
  switch (command) {
    // The check itself is run before any word is parsed: it must be quick.
    case undefined: case 'help': case '--help': case '-h': case 'healthcheck': return { command: 'help' };
    case 'version': case '--version': case '-v': return { command: 'version' };
    case 'serve': return rest.includes('--help') ? { command: 'help' } : { command: 'serve', argv: rest };
    case 'admin': return parseAdmin(rest);
    case 'list': return parseList(rest);
    case 'put': return parsePut(rest);
    case 'get': return parseGet(rest);
    case 'seed': return parseSeed(rest);
    case 'doctor': return parseDoctor(rest);
    default: throw new UsageError(`There is no command "${command}". There are: serve, admin, list, put, get, seed, doctor.`);
  }
}

function parseAdmin([action, ...rest]: string[]): Request {
  if (action === '--help' || rest.includes('--help')) return { command: 'help' };
  if (action !== 'reset-token') throw new UsageError(`admin takes a word of its own: software-switch admin reset-token${action === undefined ? '' : `, not "${action}"`}.`);
  // The rest are settings, as serve takes them.
  return { command: 'reset-token', argv: rest.filter((word) => word !== '--json') };
}

function parseList(argv: string[]): Request {
  const { values, positionals } = read(argv, { from: { type: 'string' }, search: { type: 'string' }, json: { type: 'boolean' } });
  if (positionals.length > 1) throw new UsageError('list takes at most one address.');
  return { command: 'list', from: applianceUrl(positionals[0] ?? text(values['from']) ?? DEFAULT_APPLIANCE),
    search: text(values['search']), json: values['json'] === true };
}

function parsePut(argv: string[]): Request {
  const { values, positionals } = read(argv, {
    to: { type: 'string' }, 'token-file': { type: 'string' }, subtitles: { type: 'string', multiple: true }, json: { type: 'boolean' },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('put takes one file: software-switch put FILE --to URL');
  return { command: 'put', file, to: applianceUrl(required(text(values['to']), 'put', '--to URL')),
    tokenFile: text(values['token-file']), subtitles: list(values['subtitles']), json: values['json'] === true };
}

function parseGet(argv: string[]): Request {
  const { values, positionals } = read(argv, {
    from: { type: 'string', multiple: true }, output: { type: 'string', short: 'o' }, policy: { type: 'string' },
    seed: { type: 'boolean' }, timeout: { type: 'string' }, 'max-upload-mbps': { type: 'string' }, json: { type: 'boolean' },
  });
  const [what, ...more] = positionals;
  if (what === undefined || more.length > 0) throw new UsageError('get takes one address of a video or one content id.');
  const target = parseVideo(what);
  const from = [...(target.appliance === undefined ? [] : [target.appliance]), ...list(values['from']).map(applianceUrl)];
  const policy = text(values['policy']) ?? 'cdn-first';
  const known = POLICIES.find((name) => name === policy);
  if (known === undefined) throw new UsageError(`--policy is "${policy}"; it can be ${POLICIES.join(', ')}.`);
  return { command: 'get', contentId: target.contentId, from: from.length > 0 ? from : [DEFAULT_APPLIANCE],
    output: text(values['output']), policy: known, seed: values['seed'] === true,
    timeoutMs: 1000 * positive('timeout', 'seconds', values['timeout']),
    maxUploadMbps: positive('max-upload-mbps', 'megabits a second', values['max-upload-mbps']), json: values['json'] === true };
}

function parseSeed(argv: string[]): Request {
  const { values, positionals } = read(argv, {
    to: { type: 'string', multiple: true }, 'max-upload-mbps': { type: 'string' }, json: { type: 'boolean' },
  });
  if (positionals.length === 0) throw new UsageError('seed takes one file or more: software-switch seed FILE… --to URL');
  const to = list(values['to']);
  if (to.length === 0) throw new UsageError('seed needs --to URL: the node whose viewers are served.');
  return { command: 'seed', files: positionals, to: to.map(applianceUrl),
    maxUploadMbps: positive('max-upload-mbps', 'megabits a second', values['max-upload-mbps']), json: values['json'] === true };
}

function parseDoctor(argv: string[]): Request {
  const { values, positionals } = read(argv, { url: { type: 'string' }, json: { type: 'boolean' } });
  const [url = text(values['url']) ?? DEFAULT_APPLIANCE, ...more] = positionals;
  if (more.length > 0 || (positionals.length > 0 && values['url'] !== undefined)) throw new UsageError('doctor takes one address: software-switch doctor --url URL');
  return { command: 'doctor', url: applianceUrl(url), json: values['json'] === true };
}

/** `http://host/base/videos/ID…`, `…/api/videos/ID…` or a bare content id. */
function parseVideo(what: string): { readonly contentId: string; readonly appliance: string | undefined } {
  if (CONTENT_ID.test(what)) return { contentId: what, appliance: undefined };
  const url = URL.canParse(what) ? new URL(what) : undefined;
  const match = url === undefined ? null : /^(.*?)(?:\/api)?\/videos\/([0-9a-f]{64})(?:\/|$)/.exec(url.pathname);
  if (url === undefined || match === null) {
    throw new UsageError(`"${what}" is neither a content id (64 hex digits) nor an address like http://node:8080/videos/CONTENT-ID.`);
  }
  return { contentId: match[2] ?? '', appliance: applianceUrl(`${url.origin}${match[1] ?? ''}`) };
}

/** Base URL without a slash at its end. Throws {@link UsageError} for anything but http and https. */
function applianceUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`"${value}" is not the address of a node; one looks like http://192.168.1.10:8080.`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

function read(argv: string[], options: NonNullable<Options>): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function required(value: string | undefined, command: string, what: string): string {
  if (value === undefined) throw new UsageError(`${command} needs ${what}.`);
  return value;
}

/** 0 when the option was not given. */
function positive(option: string, unit: string, value: unknown): number {
  if (typeof value !== 'string') return 0;
  const parsed = Number(value);
  if (!Number.isFinite(parsed) || parsed <= 0) throw new UsageError(`--${option} is "${value}"; it takes ${unit} above 0.`);
  return parsed;
}
