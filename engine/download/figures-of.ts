/** What a download shows of itself, out of its parts at one moment. */
import type { DownloadFigures } from '../figures.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { ScheduleState } from '../schedule/schedule-state.ts';
import type { Switchboard } from './switchboard.ts';
import type { Tally } from './tally.ts';

interface FiguresComponents {
  readonly manifest: Manifest;
  readonly state: ScheduleState;
  readonly tally: Tally;
  readonly board: Switchboard;
}

export function figuresOf(
  { manifest, state, tally, board }: FiguresComponents,
  { nowMs, endedAtMs, sharing, failure }: { readonly nowMs: number; readonly endedAtMs: number | undefined; readonly sharing: boolean; readonly failure: string | null },
): DownloadFigures {
  const { pieces } = state;
  const { peers } = board;
  return {
    contentId: manifest.contentId, name: manifest.name, mediaType: manifest.mediaType,
    sizeBytes: manifest.sizeBytes, pieceLengthBytes: manifest.pieceLengthBytes,
    policy: state.policy, state: state.shown, sharing, elapsedMs: Math.round((endedAtMs ?? nowMs) - state.startedAtMs),
    piecesTotal: pieces.count, piecesHeld: pieces.heldCount + pieces.arrivedCount, bytesHeld: tally.bytesHeld,
    bytesFrom: tally.bytesFrom, bytesResumed: tally.bytesResumed, bytesSent: tally.bytesSent(peers),
    wastedBytes: tally.wasted(peers), hashFailures: tally.hashFailures,
    receiveMbps: tally.receiveMbps(nowMs), remainingMs: pieces.isComplete ? 0 : tally.remainingMs(nowMs),
    switches: [...tally.switches], peers: peers.map((peer) => peer.figures()),
    cdnQueuePosition: state.queuePosition ?? null, signalling: board.signalling,
    pieceSources: tally.pieceSources.slice(), failure,
  };
}
