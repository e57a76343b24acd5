/** Reads what a signalling server sent: an appliance is another program on another machine, so nothing is taken on trust. */
import { isContentId } from '../protocol/content-id.ts';
import { MAX_PEERS_PER_ANSWER, MAX_SIGNALLING_MESSAGE_BYTES } from '../protocol/limits.ts';
import type { IceServer, PeerRole, PeerSummary, ServerMessage, Signal, SignallingErrorCode } from '../protocol/signalling.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Room for ids, tokens and sessions; anything longer is not ours. */
const MAX_ID_LENGTH = 512;
const MAX_ICE_SERVERS = 16;

/** Longest wait or interval a server may ask for: a day. */
const MAX_MS = 86_400_000;

/** The message, or undefined for what is not valid or not known: both are skipped, so that a later server can say more. */
export function readServerMessage(text: unknown): ServerMessage | undefined {
  if (typeof text !== 'string' || text.length > MAX_SIGNALLING_MESSAGE_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isFields(value) ? readers.get(String(value['type']))?.(value) : undefined;
}

const readers = new Map<string, (from: Fields) => ServerMessage | undefined>([
  ['welcome', (from) => {
    const { version, peerId, session, iceServers, pingIntervalMs } = from;
    if (!isCount(version) || !isId(peerId) || !isId(session) || !isMs(pingIntervalMs) || !Array.isArray(iceServers)) return undefined;
    return { type: 'welcome', version, peerId, session, pingIntervalMs, iceServers: readIceServers(iceServers) };
  }],
  ['peers', (from) => {
    const { contentId, peers, total } = from;
    if (!isContentId(contentId) || !Array.isArray(peers) || !isCount(total)) return undefined;
    return { type: 'peers', contentId, total, peers: peers.slice(0, MAX_PEERS_PER_ANSWER).flatMap(readPeer) };
  }],
  ['signal', (from) => {
    const { from: sender, role, connectionId } = from;
    const signal = readSignal(from['signal']);
    if (!isId(sender) || !isRole(role) || !isId(connectionId) || signal === undefined) return undefined;
    return { type: 'signal', from: sender, role, connectionId, signal };
  }],
  ['queued', (from) => {
    const { contentId, position } = from;
    if (!isContentId(contentId) || (position !== null && (!isCount(position) || position === 0))) return undefined;
    return { type: 'queued', contentId, position };
  }],
  ['grant', (from) => {
    const { contentId, token, expiresInMs } = from;
    return isContentId(contentId) && isId(token) && isMs(expiresInMs) ? { type: 'grant', contentId, token, expiresInMs } : undefined;
  }],
  ['ice-servers', ({ iceServers }) => (Array.isArray(iceServers) ? { type: 'ice-servers', iceServers: readIceServers(iceServers) } : undefined)],
  ['ping', () => ({ type: 'ping' })],
  ['closing', (from) => (isMs(from['retryAfterMs']) ? { type: 'closing', retryAfterMs: from['retryAfterMs'] } : undefined)],
  ['error', (from) => {
    const { code, message, re, field, to, contentId } = from;
    if (typeof code !== 'string' || typeof message !== 'string') return undefined;
    return { type: 'error', code: code as SignallingErrorCode, message: message.slice(0, MAX_ID_LENGTH),
      ...(isId(re) ? { re } : {}), ...(isId(field) ? { field } : {}), ...(isId(to) ? { to } : {}), ...(isContentId(contentId) ? { contentId } : {}) };
  }],
]);

function readSignal(value: unknown): Signal | undefined {
  if (!isFields(value)) return undefined;
  const { kind, sdp, candidate, mid, reason } = value;
  if ((kind === 'offer' || kind === 'answer') && typeof sdp === 'string') return { kind, sdp };
  if (kind === 'candidate' && typeof candidate === 'string' && typeof mid === 'string') return { kind, candidate, mid };
  if (kind === 'refuse' && typeof reason === 'string') return { kind, reason: reason.slice(0, MAX_ID_LENGTH) };
  return undefined;
}

function readPeer(value: unknown): PeerSummary[] {
  if (!isFields(value)) return [];
  const { peerId, role, havePermille } = value;
  return isId(peerId) && isRole(role) && isCount(havePermille) ? [{ peerId, role, havePermille: Math.min(havePermille, 1000) }] : [];
}

function readIceServers(values: readonly unknown[]): IceServer[] {
  return values.slice(0, MAX_ICE_SERVERS).flatMap(readIceServer);
}

/** Only what an RTCPeerConnection would take: one bad entry makes its constructor throw. */
function readIceServer(value: unknown): IceServer[] {
  if (!isFields(value)) return [];
  const { urls, username, credential } = value;
  if (typeof urls !== 'string' || !/^(stuns?|turns?):\S+$/.test(urls)) return [];
  if (typeof username === 'string' && typeof credential === 'string') return [{ urls, username, credential }];
  return urls.startsWith('turn') ? [] : [{ urls }];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH;
}

function isRole(value: unknown): value is PeerRole {
  return value === 'viewer' || value === 'seeder';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isMs(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_MS;
}
