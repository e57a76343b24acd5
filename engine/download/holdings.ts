/**
 * What a download holds: each piece that is kept, lost or evicted changes the schedule and the counts together here, and others
 * are served from nothing else.
 */
import type { Clock } from '../platform/clock.ts';
import { SwitchError } from '../protocol/errors.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { pieceEvicted, pieceKept, pieceLost } from '../schedule/schedule-events.ts';
import { isStoreBehind, type ScheduleState } from '../schedule/schedule-state.ts';
import type { PieceProvider } from '../swarm/swarm.ts';
import type { PieceKeeper } from './piece-keeper.ts';
import type { Tally } from './tally.ts';

/** A store that loses a piece, or lets go of pieces of what is wanted whole, as often as this will not keep the next one either. */
export const MAX_LOSSES = 3;

interface HoldingsHost {
  /** All of it was here, and the store was told. */
  isDone(): boolean;
  /** Nothing comes any more. */
  isOver(): boolean;
  /** A piece is held: it can be served. */
  onHeld(piece: number): void;
  /** The store was behind and has written a piece: what waited for it may go on. */
  onCatchingUp(): void;
  /** A piece that was held is missing. */
  onMissing(): void;
  /** All of it is wanted, and the store keeps letting go of it. */
  onNoRoom(error: SwitchError): void;
}

export interface HoldingsComponents {
  readonly clock: Clock;
  readonly manifest: Manifest;
  readonly state: ScheduleState;
  readonly tally: Tally;
  readonly keeper: PieceKeeper;
  readonly host: HoldingsHost;
}

export class Holdings {
  readonly #parts: HoldingsComponents;
  readonly #evictedEarly = new Set<number>();
  #evictions = 0;

  constructor(components: HoldingsComponents) {
    this.#parts = components;
  }

  /** What others are served from: never more than what is kept, and nothing that the store cannot give. */
  get provider(): PieceProvider {
    const { manifest, keeper, state: { pieces } } = this.#parts;
    return {
      manifest,
      has: (piece) => pieces.isHeld(piece),
      read: async (piece) => {
        if (!pieces.isHeld(piece)) return undefined;
        try {
          return await keeper.read(piece);
        } catch {
          this.#unservable(piece);
          return undefined;
        }
      },
    };
  }

  /** The store has written a piece. */
  kept(piece: number): void {
    const { state, clock, host } = this.#parts;
    const wasBehind = isStoreBehind(state);
    pieceKept(state, piece, clock.now());
    if (this.#evictedEarly.delete(piece)) this.evicted(piece);
    else host.onHeld(piece);
    if (wasBehind) host.onCatchingUp();
  }

  /** The store said it held the piece, and cannot give it: it is fetched again, when wanted. False: nothing comes any more. */
  lost(piece: number): boolean {
    const { state, tally, host } = this.#parts;
    if (host.isOver()) return false;
    if (!state.pieces.isHeld(piece)) return true;
    pieceLost(state, piece);
    tally.lost(piece);
    host.onMissing();
    return true;
  }

  /** The store let go of a piece: it is missing from now on, and nobody is told otherwise. */
  evicted(piece: number): void {
    const { state, tally, host } = this.#parts;
    if (host.isOver() || !state.pieces.isHere(piece)) return;
    // Told before its write was: it is taken back as soon as that is.
    if (!state.pieces.isHeld(piece)) return void this.#evictedEarly.add(piece);
    // Who has had all of it does not fetch it for ever, where there is room for a part only.
    if (host.isDone()) state.wants = 'what-is-read';
    pieceEvicted(state, piece);
    tally.evicted(piece);
    host.onMissing();
    if (state.wants === 'everything') this.#evictions += 1;
    if (this.#evictions > MAX_LOSSES) host.onNoRoom(noRoom(this.#parts.manifest));
  }

  /** Something else is wanted: what was let go before says nothing of it. */
  forgetEvictions(): void {
    this.#evictions = 0;
  }

  /** A complete seed goes on as it is: nobody here needs the piece, and its storage may be back in a moment. */
  #unservable(piece: number): void {
    const isSeed = this.#parts.host.isDone() && this.#parts.state.wants === 'everything';
    if (!isSeed) this.lost(piece);
  }
}

function noRoom({ name }: Manifest): SwitchError {
  return new SwitchError('store-failed', `There is no room to keep all of ${name}: pieces of it were let go to keep others. Make more room, or watch it without keeping it.`);
}
