/** What a download shows of itself at any moment; the page, the command and the tests read nothing else. */
import type { PeerRole } from './protocol/signalling.ts';

/** Which sources are asked first: the CDN, the swarm (to spare the CDN), or both at once. */
export type Policy = 'cdn-first' | 'swarm-first' | 'both';

/** `waiting`: nobody serves right now. `idle`: nothing is wanted (a player that has its buffer). */
export type SwitchState = 'starting' | 'idle' | 'cdn' | 'swarm' | 'waiting' | 'done' | 'failed' | 'stopped';

/** Why the switch moved; for each a sentence for people can be written. */
export type SwitchReason =
  | 'cdn-admitted' | 'cdn-granted' | 'cdn-busy' | 'cdn-down' | 'cdn-gone' | 'swarm-preferred' | 'peers-found'
  | 'no-source' | 'complete' | 'stopped' | 'timed-out' | 'no-such-video' | 'store-failed' | 'resumed';

/** One move of the switch. */
export interface SwitchRecord {
  /** Since the download began. */
  readonly atMs: number;
  readonly from: SwitchState;
  readonly to: SwitchState;
  readonly reason: SwitchReason;
}

/** Bytes by who gave them: the CDN, other viewers, and appliances' seeders. */
export interface BytesFrom {
  readonly cdn: number;
  readonly peers: number;
  readonly seeder: number;
}

/** Who gave a piece, for piece maps: an index into this list is what `pieceSources` holds. */
export const PIECE_SOURCES = ['none', 'cdn', 'peer', 'seeder', 'stored'] as const;
/** One of {@link PIECE_SOURCES}. */
export type PieceSource = (typeof PIECE_SOURCES)[number];

/** The candidate pair in use (RFC 8445), as far as the platform tells. */
export interface PeerPath {
  readonly localType: CandidateType;
  readonly remoteType: CandidateType;
  readonly protocol: 'udp' | 'tcp';
}

/** How an ICE candidate was found (RFC 8445, section 5.1). */
export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

/** One connection to another peer, as it is now. */
export interface PeerFigures {
  readonly peerId: string;
  readonly role: PeerRole;
  readonly state: 'connecting' | 'open';
  readonly piecesHeld: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly receiveMbps: number;
  readonly sendMbps: number;
  readonly roundTripMs: number | null;
  /** null until it is known, and where the platform does not tell. */
  readonly path: PeerPath | null;
}

/** A download as it is now: a copy, which does not change. */
export interface DownloadFigures {
  readonly contentId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly policy: Policy;
  readonly state: SwitchState;
  readonly sharing: boolean;
  readonly elapsedMs: number;
  readonly piecesTotal: number;
  readonly piecesHeld: number;
  readonly bytesHeld: number;
  /**
   * Verified bytes that came in this run, by source, also what the store has let go of since; what an earlier run left is
   * `bytesResumed`.
   */
  readonly bytesFrom: BytesFrom;
  readonly bytesResumed: number;
  readonly bytesSent: number;
  /** Received and thrown away: duplicates, cancelled or cut pieces, and pieces whose hash was wrong. */
  readonly wastedBytes: number;
  readonly hashFailures: number;
  readonly receiveMbps: number;
  readonly remainingMs: number | null;
  readonly switches: readonly SwitchRecord[];
  readonly peers: readonly PeerFigures[];
  /** Place in the CDN's queue, from 1; null when not waiting. */
  readonly cdnQueuePosition: number | null;
  readonly signalling: 'connected' | 'connecting' | 'off';
  /** One entry a piece: an index into {@link PIECE_SOURCES}. A copy; the caller may keep it. */
  readonly pieceSources: Uint8Array;
  /** Why it failed, for people. */
  readonly failure: string | null;
}
