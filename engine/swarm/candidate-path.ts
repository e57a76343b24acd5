/** Which way a connection goes, out of its statistics (W3C webrtc-stats; node-datachannel gives the same report, less the protocol). */
import type { CandidateType, PeerPath } from '../figures.ts';

const TYPES: readonly string[] = ['host', 'srflx', 'prflx', 'relay'] satisfies CandidateType[];

/** null where the report does not tell. Never rejects. */
export async function candidatePath(connection: Pick<RTCPeerConnection, 'getStats'>): Promise<PeerPath | null> {
  const pair = await pairIn(connection);
  const [localType, remoteType] = [pair?.local?.['candidateType'], pair?.remote?.['candidateType']];
  if (!isCandidateType(localType) || !isCandidateType(remoteType)) return null;
  // libdatachannel gathers UDP candidates only, and so does not say.
  return { localType, remoteType, protocol: pair?.local?.['protocol'] === 'tcp' ? 'tcp' : 'udp' };
}

/** One end of the pair in use. `address` is empty where the browser hides it. */
export interface PairEnd {
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
}

/** Both ends of the pair in use; undefined where the report does not tell. Never rejects. */
export async function selectedPair(connection: Pick<RTCPeerConnection, 'getStats'>): Promise<{ readonly local: PairEnd; readonly remote: PairEnd } | undefined> {
  const pair = await pairIn(connection);
  const [local, remote] = [endOf(pair?.local), endOf(pair?.remote)];
  return local === undefined || remote === undefined ? undefined : { local, remote };
}

type Entry = Readonly<Record<string, unknown>>;

async function pairIn(connection: Pick<RTCPeerConnection, 'getStats'>): Promise<{ readonly local: Entry | undefined; readonly remote: Entry | undefined } | undefined> {
  try {
    return find(await connection.getStats());
  } catch {
    return undefined;
  }
}

function find(report: RTCStatsReport): { readonly local: Entry | undefined; readonly remote: Entry | undefined } {
  const entries = new Map<string, Entry>();
  // A browser's report has hundreds of entries more only where there is audio or video, which we never have.
  report.forEach((entry: Entry, id: string) => entries.set(id, entry));
  const all = [...entries.values()];
  const get = (id: unknown): Entry | undefined => (typeof id === 'string' ? entries.get(id) : undefined);
  const transport = all.find(({ type }) => type === 'transport');
  // Firefox has no transport entry, and says `selected` on the pair instead.
  const pair = get(transport?.['selectedCandidatePairId']) ?? all.find(({ type, selected }) => type === 'candidate-pair' && selected === true);
  return { local: get(pair?.['localCandidateId']), remote: get(pair?.['remoteCandidateId']) };
}

/** Older reports say `ip` for what the standard calls `address`. */
function endOf(entry: Entry | undefined): PairEnd | undefined {
  const [address, port, type] = [entry?.['address'] ?? entry?.['ip'], entry?.['port'], entry?.['candidateType']];
  if (!isCandidateType(type)) return undefined;
  return { address: typeof address === 'string' ? address : '', port: typeof port === 'number' ? port : 0, type };
}

function isCandidateType(type: unknown): type is CandidateType {
  return typeof type === 'string' && TYPES.includes(type);
}
