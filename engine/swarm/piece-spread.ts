/**
 * Which pieces a seeder shows to whom, so that each piece leaves it about once and the swarm does the rest. After super-seeding (BEP
 * 16), with two differences: a peer is always shown several pieces, as many as it takes at its own rate, and nobody waits for what it
 * needs: a lone peer, and one that asks for nothing it was shown, is shown everything. Pure: time comes from outside.
 */
import { Bitfield } from '../protocol/bitfield.ts';

export interface PieceSpreadOptions {
  readonly hungryMs: number;
}

/** Pieces shown and not yet held: the first, and bounds for what follows. Doubled for who takes half of them in less than half a second. */
const FIRST_WINDOW = 8;
const MAX_WINDOW = 512;
const FAST_REFILL_MS = 500;
const SLOW_REFILL_MS = 4_000;

/** A peer that gets pieces from others at this pace or faster (8 Mb/s) needs no second copies of ours. */
const HELP_MS = 250;

/** The start and the end of a file are shown to everybody: a player can begin with them. */
const HEAD_PIECES = 2;

interface Viewer {
  readonly shown: Bitfield;
  readonly held: Bitfield;
  /** Shown and not held. */
  readonly open: Set<number>;
  everything: boolean;
  window: number;
  refilledAtMs: number;
  /** When it last asked for a piece or got one, from us or from others. */
  activeAtMs: number;
  /** When it last got one. */
  gotAtMs: number;
}

export class PieceSpread<Peer> {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #hungryMs: number;
  readonly #viewers = new Map<Peer, Viewer>();
  /** By piece: peers that hold it, and peers it is open with. What nobody has and nobody was shown goes first. */
  #copies = new Uint16Array(0);

  constructor(components: { readonly now: () => number; readonly random: () => number }, options: PieceSpreadOptions) {
    this.#now = components.now;
    this.#random = components.random;
    this.#hungryMs = options.hungryMs;
  }

  /** A peer comes; nothing is known of it yet. */
  open(peer: Peer): void {
    const now = this.#now();
    this.#viewers.set(peer, {
      shown: new Bitfield(), held: new Bitfield(), open: new Set(), everything: false, window: FIRST_WINDOW, refilledAtMs: now, activeAtMs: now, gotAtMs: now,
    });
  }

  close(peer: Peer): void {
    const viewer = this.#viewers.get(peer);
    if (viewer === undefined) return;
    this.#viewers.delete(peer);
    for (const piece of viewer.held) this.#count(piece, -1);
    for (const piece of viewer.open) this.#count(piece, -1);
  }

  /** The peer holds these, from whomever. */
  onHave(peer: Peer, pieces: Iterable<number>): void {
    const viewer = this.#viewers.get(peer);
    if (viewer === undefined) return;
    viewer.activeAtMs = this.#now();
    viewer.gotAtMs = viewer.activeAtMs;
    for (const piece of pieces) {
      if (!viewer.held.add(piece)) continue;
      if (!viewer.open.delete(piece)) this.#count(piece, 1);
    }
  }

  /** The peer asked for a piece, or was sent one. */
  onActive(peer: Peer): void {
    const viewer = this.#viewers.get(peer);
    if (viewer !== undefined) viewer.activeAtMs = this.#now();
  }

  /** What to show the peer now of what we hold: pieces it was not shown before. To be asked after every change, and now and then. */
  show(peer: Peer, ours: Bitfield): number[] {
    const viewer = this.#viewers.get(peer);
    if (viewer === undefined) return [];
    const now = this.#now();
    if (!viewer.everything && (this.#isLone(viewer, ours) || this.#isHungry(viewer, now))) viewer.everything = true;
    const pieces = viewer.everything ? ours.without(viewer.shown) : this.#pick(viewer, ours, now);
    for (const piece of pieces) {
      viewer.shown.add(piece);
      if (viewer.everything || viewer.held.has(piece)) continue;
      viewer.open.add(piece);
      this.#count(piece, 1);
    }
    if (viewer.everything) this.#release(viewer);
    return pieces;
  }

  /** Whoever chooses for itself blocks nothing: only what it holds counts as a copy. */
  #release(viewer: Viewer): void {
    for (const piece of viewer.open) this.#count(piece, -1);
    viewer.open.clear();
  }

  #isLone(viewer: Viewer, ours: Bitfield): boolean {
    for (const other of this.#viewers.values()) if (other !== viewer && other.held.count < ours.count) return false;
    return true;
  }

  #isHungry(viewer: Viewer, now: number): boolean {
    return viewer.open.size > 0 && now - viewer.activeAtMs >= this.#hungryMs;
  }

  #pick(viewer: Viewer, ours: Bitfield, now: number): number[] {
    const first = viewer.shown.count === 0;
    if (viewer.open.size > viewer.window / 2) return [];
    const pieces = this.#rarest(viewer, ours, Math.floor(viewer.window - viewer.open.size), now - viewer.gotAtMs >= HELP_MS);
    if (first) pieces.push(...headAndTail(ours).filter((piece) => !pieces.includes(piece)));
    if (pieces.length === 0) return [];
    const refillMs = now - viewer.refilledAtMs;
    if (!first && refillMs < FAST_REFILL_MS) viewer.window = Math.min(MAX_WINDOW, viewer.window * 2);
    else if (refillMs > SLOW_REFILL_MS) viewer.window = Math.max(FIRST_WINDOW, viewer.window / 2);
    viewer.refilledAtMs = now;
    return pieces;
  }

  /** Up to `count` pieces it lacks and was not shown, those with the fewest copies first, from a random place on. With `help` also
   *  those that others hold or are being sent. */
  #rarest(viewer: Viewer, ours: Bitfield, count: number, help: boolean): number[] {
    const byCopies: number[][] = [];
    const start = Math.floor(this.#random() * ours.length);
    for (let step = 0; step < ours.length; step += 1) {
      const piece = (start + step) % ours.length;
      if (!ours.has(piece) || viewer.held.has(piece) || viewer.shown.has(piece)) continue;
      const copies = this.#copies[piece] ?? 0;
      if (copies > 0 && !help) continue;
      const same = (byCopies[copies] ??= []);
      if (same.length < count) same.push(piece);
      if (copies === 0 && same.length === count) break;
    }
    return byCopies.flat().slice(0, count);
  }

  #count(piece: number, change: 1 | -1): void {
    if (piece >= this.#copies.length) {
      const grown = new Uint16Array(Math.max(piece + 1, this.#copies.length * 2));
      grown.set(this.#copies);
      this.#copies = grown;
    }
    this.#copies[piece] = (this.#copies[piece] ?? 0) + change;
  }
}

function headAndTail(ours: Bitfield): number[] {
  const last = ours.length - 1;
  return [...Array(HEAD_PIECES).keys(), last].filter((piece, index, all) => ours.has(piece) && all.indexOf(piece) === index);
}
