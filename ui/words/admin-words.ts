/** The admin page in words. */
import type { ConnectedPeer, Overview, Setting, SettingValue } from '../api/admin.ts';
import { rate, size } from '../format/numbers.ts';
import { age } from '../format/times.ts';
import { counted, sentenceCase } from './counts.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3 days and 4 hours`, `12 minutes`. */
export function uptime(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor(seconds / HOUR) % 24;
  const minutes = Math.floor(seconds / MINUTE) % 60;
  if (days > 0) return hours === 0 ? some(days, 'day') : `${some(days, 'day')} and ${some(hours, 'hour')}`;
  if (hours > 0) return minutes === 0 ? some(hours, 'hour') : `${some(hours, 'hour')} and ${some(minutes, 'minute')}`;
  return minutes > 0 ? some(minutes, 'minute') : 'less than a minute';
}

function some(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

export function nodeSentence({ version, runtime, uptimeSeconds, memory }: Overview): string {
  return `Software Switch ${version} on ${runtime}. Running for ${uptime(uptimeSeconds)}, with ${size(memory.residentBytes)} of memory.`;
}

export function diskSentence({ kind, videosBytes, freeBytes, reservedBytes }: Overview['storage']): string {
  if (videosBytes === null) return 'The storage does not answer, so its figures are not known.';
  const place = kind === 'gridfs' ? 'in MongoDB' : 'on the disk';
  if (freeBytes === null) return `The videos take ${size(videosBytes)} ${place}. How much room is left, the database does not say.`;
  const end = reservedBytes === 0 ? 'Nothing is kept free: uploads stop when it is full.' : `Uploads stop when ${size(reservedBytes)} are left.`;
  return `The videos take ${size(videosBytes)} ${place}, and ${size(freeBytes)} are free. ${end}`;
}

export function placeSentence({ kind, place, network }: Overview['storage']): string {
  if (kind === 'gridfs') return `All that this node must remember is in MongoDB at ${place}.`;
  return `Data folder: ${place}${network === null ? '' : `, on a network file system (${network})`}`;
}

export function seederSentence(seeder: NonNullable<Overview['seeder']>): string {
  if (!seeder.enabled) return 'The node’s own seeder is off: viewers share with each other only.';
  const busy = seeder.peers === 0 ? 'The seeder has no peers right now' : `The seeder gives pieces of ${counted(seeder.videos, 'video')} to ${counted(seeder.peers, 'peer')}`;
  const limit = seeder.maxMbps === 0 ? '' : `; it may send ${rate(seeder.maxMbps)} at most`;
  return `${busy}${limit}. It has sent ${size(seeder.sentBytes)} since the start.`;
}

export function swarmsSentence(listed: number, total: number): string {
  if (total === 0) return 'No video has a swarm right now. One forms when somebody opens a video.';
  return listed < total ? `${total} swarms; these are the fullest ${listed}.` : `${sentenceCase(counted(total, 'swarm'))}:`;
}

/** Where a value came from, and so where it is changed. */
export function originWords({ origin, environment, flag, secret }: Setting): string {
  switch (origin) {
    case 'default': return 'Default';
    case 'environment': return `Environment: ${environment}${secret ? ', or the file it names' : ''}`;
    case 'flag': return `Command line: --${flag}`;
    case 'file': return 'Configuration file';
  }
}

/** What keeps it as it is; empty where nothing does. */
export function lockWords({ name, origin, environment, flag }: Setting): string {
  switch (origin) {
    case 'default': return '';
    case 'environment': return `Locked by the environment: change ${environment} where the node or its container is started.`;
    case 'flag': return `Locked by the command line: change --${flag} where the node is started.`;
    case 'file': return `Change ${name} in the configuration file.`;
  }
}

/** A size in bytes is told as people read it, too. */
export function valueWords(setting: Pick<Setting, 'value' | 'secret' | 'isSet' | 'unit'>): string {
  if (setting.secret) return setting.isSet ? 'Set, never shown' : 'Not set';
  return plainValue(setting.value, setting.unit);
}

export function plainValue(value: SettingValue, unit: string): string {
  if (value === null) return 'Not set';
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'object') return value.length === 0 ? 'None' : value.join(', ');
  if (typeof value === 'string') return value;
  return unit === 'bytes' ? size(value) : unit === '' ? String(value) : `${value.toLocaleString('en')} ${unit}`;
}

/** How the seeder's bytes get to a peer. */
export function wayWords({ seeder }: ConnectedPeer): string {
  if (seeder === null) return '–';
  const protocol = seeder.protocol === null ? '' : `, ${seeder.protocol.toUpperCase()}`;
  if (seeder.path === null) return 'Not known yet';
  return seeder.path === 'relay' ? `Through a relay${protocol}` : `Direct${protocol}`;
}

export function portSentence({ udpPort }: Overview['reach']): string {
  return udpPort === 0
    ? 'Each connection takes a UDP port of its own, so none can be published or forwarded.'
    : `All connections come in on UDP port ${udpPort}.`;
}

export function toldSentence({ mode, announced, ownAddresses }: Overview['reach']): string {
  if (mode === 'announced') return `Viewers are told ${announced.length === 1 ? 'this address' : 'these addresses'}, and none else:`;
  if (mode === 'from-host') return 'This node runs behind a container’s bridge and nothing is announced: each viewer is told the address by which it opened the page, if that is one and not a name.';
  return ownAddresses.length === 0 ? 'This machine has no address that others could reach.' : 'Nothing is announced, so viewers are told this machine’s own addresses:';
}

export function announcedWords({ given, ip, port, problem }: Overview['reach']['announced'][number]): string {
  if (problem !== undefined) return ip === null ? problem : `${problem}; going on with ${ip}, port ${port}`;
  return given.includes(ip ?? ' ') ? `port ${port}` : `is ${ip ?? 'not known'}, port ${port}`;
}

export function helpersSentence({ iceServers }: Overview['reach']): string {
  return iceServers.length === 0
    ? 'No STUN or TURN server is set; none is needed in a house.'
    : `For viewers whom no direct path reaches: ${iceServers.join(', ')}.`;
}

export function folderSentence({ folder, videos, videosBytes, waiting }: NonNullable<Overview['folder']>): string {
  const held = videos === 0 ? `No video of ${folder} is in the library now.` : `${sentenceCase(counted(videos, 'video'))} of ${folder} ${videos === 1 ? 'is' : 'are'} in the library (${size(videosBytes)}), where ${videos === 1 ? 'it lies' : 'they lie'}.`;
  return waiting === 0 ? held : `${held} ${sentenceCase(counted(waiting, 'file waits', 'files wait'))} to be read.`;
}

export function scanSentence({ lastScanAt, ignored }: NonNullable<Overview['folder']>, nowMs: number): string {
  if (lastScanAt === null) return 'The first look through all of it is not over yet.';
  return `Looked through ${age(lastScanAt, nowMs)}; ${counted(ignored, 'file or folder was', 'files and folders were')} passed by, for their name or type.`;
}
