/** How much of the CDN one client takes in a row while others lack what it gets: that leaves it no faster than its own uplink can send. */
import { SHARED_WINDOW_MS } from './limits.ts';
import { type CdnView, type Decision, type ScheduleState, sharedWindowPieces, windowPieces } from './schedule-state.ts';

/** The longest window to ask the CDN for now. `isGranted`: others wait for the slot. */
export function mostPiecesOf(state: ScheduleState, cdn: CdnView, isGranted: boolean): number {
  const { pieces, peers } = state;
  if (peers.size === 0) return windowPieces(state);
  if (isGranted) return sharedWindowPieces(state);
  const some = [0, pieces.missingCount >> 1, pieces.missingCount - 1].map((place) => pieces.missingAt(place) ?? 0);
  return isAnyLacked(state, some) ? ungrantedPieces(state, cdn) : windowPieces(state);
}

/** A window that was asked for before the others came ends sooner. */
export function shareWindow(state: ScheduleState): Decision | undefined {
  for (const cdn of state.cdns) {
    const { id, window, phase, throughput } = cdn;
    if (phase !== 'streaming' || window === undefined || throughput.bytesPerMs === undefined) continue;
    const most = ungrantedPieces(state, cdn);
    // Twice: ending a window in its middle costs a connection.
    if (window.last - window.first < 2 * most || !isAnyLacked(state, [window.first, window.last])) continue;
    return { do: 'shorten-window', cdnId: id, last: window.first + most - 1 };
  }
  return undefined;
}

/** Of a window that was not waited for in the queue. */
function ungrantedPieces(state: ScheduleState, { throughput }: CdnView): number {
  return Math.min(sharedWindowPieces(state, (throughput.bytesPerMs ?? 0) * SHARED_WINDOW_MS), windowPieces(state));
}

/** Some viewer lacks one of these: it is after the same, and can only get it from others while we hold the slot. */
function isAnyLacked(state: ScheduleState, pieces: readonly number[]): boolean {
  for (const peer of state.peers.values()) if (!peer.isSeeder && pieces.some((piece) => !peer.has(piece))) return true;
  return false;
}
