/** Which way a connection goes, out of its statistics (W3C webrtc-stats; node-datachannel gives the same report, less the protocol). */
import type { CandidateType, PeerPath } from '../figures.ts';

const TYPES: readonly string[] = ['host', 'srflx', 'prflx', 'relay'] satisfies CandidateType[];

/** null where the report does not tell. Never rejects. */
export async function candidatePath(connection: Pick<RTCPeerConnection, 'getStats'>): Promise<PeerPath | null> {
  try {
    return pathIn(await connection.getStats());
  } catch {
    return null;
  }
}

function pathIn(report: RTCStatsReport): PeerPath | null {
  const entries = new Map<string, Readonly<Record<string, unknown>>>();
  // A browser's report has hundreds of entries more only where there is audio or video, which we never have.
  report.forEach((entry: Readonly<Record<string, unknown>>, id: string) => entries.set(id, entry));
  const all = [...entries.values()];
  const get = (id: unknown): Readonly<Record<string, unknown>> | undefined => (typeof id === 'string' ? entries.get(id) : undefined);
  const transport = all.find(({ type }) => type === 'transport');
  // Firefox has no transport entry, and says `selected` on the pair instead.
  const pair = get(transport?.['selectedCandidatePairId']) ?? all.find(({ type, selected }) => type === 'candidate-pair' && selected === true);
  const [local, remote] = [get(pair?.['localCandidateId']), get(pair?.['remoteCandidateId'])];
  const [localType, remoteType] = [local?.['candidateType'], remote?.['candidateType']];
  if (!isCandidateType(localType) || !isCandidateType(remoteType)) return null;
  // libdatachannel gathers UDP candidates only, and so does not say.
  return { localType, remoteType, protocol: local?.['protocol'] === 'tcp' ? 'tcp' : 'udp' };
}

function isCandidateType(type: unknown): type is CandidateType {
  return typeof type === 'string' && TYPES.includes(type);
}
