/**
 * Every tunable of the appliance, in one place: unit in the name, default, bounds and why. Each is set by `camelCase` in the
 * file, by `SWITCH_UPPER_CASE` in the environment and by `--kebab-case` on the command line; names.ts derives them.
 */
import { isIP } from 'node:net';
import { reasonAgainstAnnounced } from './announced-address.ts';
import { reasonAgainstIceServer } from './ice-server.ts';
import { boolean, choice, integer, list, number, optionalText, secret, text, type SettingValue } from './setting.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const MAX_BYTES = Number.MAX_SAFE_INTEGER;

/** The node's own paths are no base path, as a proxy may strip it or not: `/videos/ID` could then mean two things. */
const BASE_PATH = /^(?!\/(?:api|videos|assets|docs|signalling|metrics|healthz|readyz|problems)(?:\/|$))(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

function isAddressOrCidr(item: string): boolean {
  const [address = '', bits, ...rest] = item.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

export const SETTINGS = {
  host: text('0.0.0.0', {
    expected: 'an address or a host name to listen on, such as 0.0.0.0 or 127.0.0.1',
    pattern: /^[\w.:%-]+$/,
    why: 'Address to listen on. The default is every IPv4 address, because others in the house are the point.',
  }),
  port: integer(8080, {
    min: 0, max: 65_535,
    why: 'TCP port of the page, the API, the videos and signalling. 0 takes any free port.',
  }),
  basePath: optionalText({
    expected: 'a path such as /switch: a slash before it, none behind, and not beginning with one of the node\'s own (api, videos, docs…)',
    pattern: BASE_PATH,
    why: 'Path under which a reverse proxy serves this node beside other things. Empty: the root of its host.',
  }),
  udpPort: integer(9_000, {
    min: 0, max: 65_535,
    why: 'UDP port of all the seeder\'s connections: one to publish and to forward. 0 takes any free port for each.',
  }),
  announce: list([], {
    reasonAgainst: reasonAgainstAnnounced,
    expected: 'addresses or names separated by commas, each with a port where it is not udpPort, such as 192.168.1.10,home.example.org,203.0.113.5:41000',
    why: 'Where viewers reach the UDP port, one candidate each. Needed behind NAT, Docker\'s included. Empty: this machine\'s own addresses.',
  }),
  iceServers: list([], {
    reasonAgainst: reasonAgainstIceServer,
    expected: 'STUN and TURN servers separated by commas, such as stun:stun.example.org:3478,turn:turn.example.org:3478',
    why: 'Help for viewers whom no direct path reaches. None is needed at home, and none to start.',
  }),
  turnSecret: secret({
    expected: 'a text without spaces or line breaks', pattern: /^[\x21-\x7e]+$/,
    why: 'Secret shared with the TURN servers (coturn\'s static-auth-secret), from which each client gets a password that expires.',
  }),
  dataDir: text('data', {
    expected: 'a folder', pattern: /^.+$/s,
    why: 'Folder of the embedded store, of unfinished uploads, and of what is known of the videos in libraryDir.',
  }),
  mongodbUri: secret({
    expected: 'a MongoDB address such as mongodb://host:27017/software-switch', pattern: /^mongodb(\+srv)?:\/\/./,
    why: 'When set, videos and all state are kept in MongoDB (GridFS), and the container is stateless.',
  }),
  adminToken: secret({
    expected: 'a text without spaces or line breaks', pattern: /^[\x21-\x7e]+$/,
    why: 'Token that permits changes. When not set, one is made at the first start, shown once, and kept in admin-token of dataDir unless MongoDB is used.',
  }),
  logLevel: choice('info', LOG_LEVELS, {
    why: 'How much is logged. Logs are JSON lines on standard error.',
  }),
  trustProxy: list([], {
    reasonAgainst: (item) => (isAddressOrCidr(item) ? undefined : `${JSON.stringify(item)} is none`), expected: 'addresses or CIDR ranges separated by commas, such as 172.16.0.0/12',
    why: 'Reverse proxies whose X-Forwarded headers are believed. Empty believes nobody.',
  }),
  drainTimeoutMs: integer(7_000, {
    unit: 'ms', min: 0, max: 600_000,
    why: 'How long open streams may go on after a stop was asked for. Below the ten seconds containers are given.',
  }),

  cdnMaxStreams: integer(8, {
    unit: 'streams', min: 0, max: 100_000,
    why: 'Content responses open at the same time; the next viewer is sent to the swarm.',
  }),
  cdnMaxMbps: number(0, {
    unit: 'Mb/s', min: 0, max: 1_000_000,
    why: 'Bound of what all content responses send together, shared evenly. 0 is unlimited.',
  }),
  cdnMinStreamMbps: number(4, {
    unit: 'Mb/s', min: 0.01, max: 1_000_000,
    why: 'Share of cdnMaxMbps that each admitted stream must be able to have, so that nobody is admitted to a stutter. 4 plays 1080p.',
  }),
  cdnIdleTimeoutMs: integer(20_000, {
    unit: 'ms', min: 100, max: 3_600_000,
    why: 'A reader that takes no byte for this long loses its slot and its connection. The system takes bytes by the megabyte, so a reader of 1 Mb/s shows no progress for ten seconds.',
  }),
  cdnGrantTtlMs: integer(5_000, {
    unit: 'ms', min: 100, max: 600_000,
    why: 'How long a slot is kept for the waiting client it was granted to, before it passes on.',
  }),
  cdnMaxWaiting: integer(1_000, {
    unit: 'clients', min: 0, max: 1_000_000,
    why: 'Clients that may wait for a slot; bounds memory.',
  }),

  uploadMaxBytes: integer(256 * GIB, {
    unit: 'bytes', min: 1, max: MAX_BYTES,
    why: 'Largest file taken. Larger than any film, small enough to catch a mistake.',
  }),
  uploadExpiryHours: number(24, {
    unit: 'hours', min: 0.001, max: 8_760,
    why: 'An unfinished upload that nobody continues is removed after this long.',
  }),
  reserveFreeBytes: integer(GIB, {
    unit: 'bytes', min: 0, max: MAX_BYTES,
    why: 'Room left free on the disk: uploads are refused before they fill it.',
  }),
  pieceCacheBytes: integer(64 * MIB, {
    unit: 'bytes', min: MIB, max: MAX_BYTES,
    why: 'Memory for hot pieces, shared by streams and the seeder.',
  }),

  libraryDir: optionalText({
    expected: 'a folder', pattern: /^.+$/s,
    why: 'Folder of videos that are there already: shown and shared where they lie, never copied, changed or removed. May be read-only.',
  }),
  libraryIgnore: list(['.*', '@eaDir', '#recycle', '$RECYCLE.BIN', 'lost+found', '*.part', '*.tmp', '*.crdownload', '*.!qB'], {
    reasonAgainst: (item) => (item === '' ? 'an item is empty' : undefined), expected: 'glob patterns separated by commas, such as .*,@eaDir,*.part',
    why: 'Files and folders of libraryDir that are passed by: a pattern without a slash fits a name anywhere, one with a slash the path.',
  }),
  libraryRescanMinutes: integer(60, {
    unit: 'min', min: 1, max: 10_080,
    why: 'How often libraryDir is walked through whatever its watcher told, for network folders tell nothing.',
  }),
  libraryHashMbps: number(800, {
    unit: 'Mb/s', min: 0, max: 1_000_000,
    why: 'How fast new files of libraryDir are read to find their content id, so that viewers are served first. 0 is unlimited.',
  }),

  seeder: boolean(true, {
    why: 'Whether the appliance is a peer of its own swarms. Off, viewers still share with each other.',
  }),
  seederMaxPeers: integer(16, {
    unit: 'peers', min: 1, max: 1_000,
    why: 'Peers the seeder is connected to at the same time.',
  }),
  seederMaxMbps: number(40, {
    unit: 'Mb/s', min: 0, max: 1_000_000,
    why: 'Bound of what the seeder sends, so that a full CDN is not drained by another door. 0 is unlimited.',
  }),

  signallingMaxSockets: integer(2_000, {
    unit: 'sockets', min: 1, max: 1_000_000,
    why: 'Clients connected to signalling at the same time; each costs about 20 KiB.',
  }),
  signallingMessagesPerSecond: integer(50, {
    unit: 'messages/s', min: 1, max: 100_000,
    why: 'What one client may send to signalling on average; connecting to a dozen peers takes bursts of about 30.',
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;

/** The values the appliance runs with. */
export type Config = { readonly [Name in SettingName]: SettingValue<(typeof SETTINGS)[Name]> };
