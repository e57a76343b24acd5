/**
 * Feeds one track to its buffer: fragments are asked for while the buffer ahead of the playhead is below its goal, what is far behind
 * is let go. One run of fragments at a time; a seek outside the buffer gives the run up, with its reads, and begins another.
 */
import { type Fragment, type InitSegment, MediaError, type MediaFile } from '../../../engine/media/index.ts';
import { BufferGoal } from './buffer-goal.ts';
import { FedFragments } from './fed-fragments.ts';
import {
  EDGE_SECONDS, EVICT_FROM_SECONDS, FORGET_DAMAGE_SECONDS, KEEP_BEHIND_SECONDS, KEEP_BEHIND_WHEN_FULL_SECONDS, MAX_OVERHANG_SECONDS, MAX_SKIPS,
  NARROW_HOLE_SECONDS, SKIP_SECONDS,
} from './limits.ts';
import { aheadOf, type Span, spanAt } from './spans.ts';
import { isFull, type TrackBuffer } from './track-buffer.ts';

/** A run that is this near to what is sought is not given up for it. */
const NEAR_SECONDS = 1;
/** Removing ends at the next random access point at or after its end, and times are rounded: so it ends a little early. */
const CUT_SLACK_SECONDS = 0.001;

export interface FeedHost {
  initSegment(trackNumber: number): Promise<InitSegment>;
  playheadSeconds(): number;
  playbackRate(): number;
  /** Whether every other track was fed to its end: the browser plays past that only when this one is, too. */
  isLast(): boolean;
  /** How much is wanted ahead while a picture is waited for that should be there in a moment, 0: nothing yet; else undefined. */
  hurrySeconds(): number | undefined;
  /** A managed media source says when. */
  mayAppend(): boolean;
  onFed(): void;
  onEnded(): void;
  /** A damaged place was passed. */
  onSkipped(atSeconds: number): void;
  /** `atSeconds`: to where this track was fed. */
  onFailed(error: unknown, atSeconds: number): void;
}

export interface FeedOptions {
  readonly trackNumber: number;
  readonly maxAheadBytes: number;
  /** Begins this much before the playhead, so that a small step back finds something. A picture does anyway, at its key frame. */
  readonly leadSeconds: number;
  /** Places that the browser could not read before. */
  readonly avoid: readonly Span[];
}

type MakeRoom = (first: Fragment | undefined, signal: AbortSignal) => Promise<void> | undefined;

export class TrackFeed {
  readonly #file: MediaFile;
  readonly #host: FeedHost;
  readonly #goal: BufferGoal;
  readonly #leadSeconds: number;
  readonly #avoid: readonly Span[];
  readonly #fed = new FedFragments();
  readonly #attached = Promise.withResolvers<TrackBuffer>();
  #buffer: TrackBuffer | undefined;
  #trackNumber: number;
  /** Whose init segment the buffer has. */
  #readyFor: number | undefined;
  #running = new AbortController();
  /** When the run before has given back what it read with: a run that took another reader would read the index once more. */
  #givenBack: Promise<unknown> = Promise.resolve();
  #fromSeconds = 0;
  #isEnded = false;
  /** The browser has no room for the next fragment. */
  #isRefused = false;
  #skips = 0;
  #damagedAtSeconds = 0;
  #poked = Promise.withResolvers<void>();

  constructor({ file, host }: { readonly file: MediaFile; readonly host: FeedHost }, { trackNumber, maxAheadBytes, leadSeconds, avoid }: FeedOptions) {
    this.#avoid = avoid;
    this.#leadSeconds = leadSeconds;
    this.#file = file;
    this.#host = host;
    this.#trackNumber = trackNumber;
    this.#goal = new BufferGoal({ maxAheadBytes });
  }

  get trackNumber(): number {
    return this.#trackNumber;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get fed(): FedFragments {
    return this.#fed;
  }

  /** From the playhead to the end of what is buffered without a hole that would not be jumped. */
  aheadSeconds(): number {
    return aheadOf(this.#buffer?.spans() ?? [], this.#host.playheadSeconds(), NARROW_HOLE_SECONDS);
  }

  fillSeconds(): number {
    return this.#goal.fillSeconds(this.#fed.bytesPerSecond, this.#host.playbackRate());
  }

  /** Begins to read for `atSeconds`, before there is a buffer, or in place of what it holds. */
  begin(atSeconds: number): void {
    const fromSeconds = Math.max(0, atSeconds - this.#leadSeconds);
    this.#fed.clear();
    this.#fromSeconds = fromSeconds;
    this.#begin(fromSeconds, (_first, signal) => this.#buffer?.remove(0, Number.POSITIVE_INFINITY, signal), 'at-once');
  }

  attach(buffer: TrackBuffer): void {
    this.#buffer = buffer;
    this.#attached.resolve(buffer);
  }

  /** Goes on with what is buffered when `seconds` is in it, and else begins anew there. */
  seek(seconds: number): void {
    const fedTo = this.#fed.endSeconds;
    const isHeld = fedTo !== undefined && spanAt(this.#buffer?.spans() ?? [], seconds) !== undefined;
    const isAfterAll = this.#isEnded && seconds >= (fedTo ?? 0) - EDGE_SECONDS;
    const isNext = !this.#isEnded && seconds >= (fedTo ?? this.#fromSeconds) - EDGE_SECONDS && seconds <= (fedTo ?? this.#fromSeconds) + NEAR_SECONDS;
    if (isHeld || isAfterAll || isNext) return this.poke();
    this.#skips = 0;
    this.begin(seconds);
  }

  /** Whether the next `seconds` of it are more than the buffer takes. */
  cannotHold(seconds: number): boolean {
    return this.#isRefused || seconds > MAX_OVERHANG_SECONDS || !this.#goal.hasRoom(seconds, this.#fed.bytesPerSecond);
  }

  /** Whether this track's run began before `from` and got beyond `to`: a hole between the two is then the file's own. */
  hasPassed(from: number, to: number): boolean {
    return this.#fromSeconds <= from + NARROW_HOLE_SECONDS && (this.#isEnded || (this.#fed.endSeconds ?? 0) >= to);
  }

  /** Another track of the same kind from the playhead on; what is heard until then stays. */
  switchTo(trackNumber: number): void {
    if (trackNumber === this.#trackNumber) return;
    this.#trackNumber = trackNumber;
    this.#begin(this.#host.playheadSeconds(), async (first, signal) => {
      const fromSeconds = Math.max(this.#host.playheadSeconds(), first?.startSeconds ?? 0);
      await this.#buffer?.remove(fromSeconds, Number.POSITIVE_INFINITY, signal);
      this.#fed.clear();
    }, 'with-first-fragment');
  }

  /** The playhead moved, or something else that decides whether more is wanted. */
  poke(): void {
    this.#poked.resolve();
    this.#poked = Promise.withResolvers();
  }

  close(): void {
    this.#running.abort();
    this.poke();
  }

  #begin(fromSeconds: number, makeRoom: MakeRoom, when: 'at-once' | 'with-first-fragment'): void {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.#isEnded = this.#isRefused = false;
    this.poke();
    this.#run(fromSeconds, makeRoom, when, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#failed(error);
    });
  }

  async #run(fromSeconds: number, makeRoom: MakeRoom, when: 'at-once' | 'with-first-fragment', signal: AbortSignal): Promise<void> {
    await this.#givenBack;
    signal.throwIfAborted();
    const trackNumber = this.#trackNumber;
    const fragments = this.#file.fragments(trackNumber, { fromSeconds, signal });
    // One that nobody asks for more would wait for ever, and keep what it reads with.
    signal.addEventListener('abort', () => { this.#givenBack = fragments.return().catch(() => undefined); }, { once: true });
    while (this.#host.hurrySeconds() === 0) await this.#untilPoked(signal);
    // What is read next is read while the browser takes what was read before.
    let next = soon(fragments);
    const [init, buffer] = await Promise.all([
      this.#host.initSegment(trackNumber), this.#attached.promise, when === 'at-once' ? makeRoom(undefined, signal) : undefined,
    ]);
    // Browsers make their decoders ready for it while the first bytes are on their way.
    if (when === 'at-once') await this.#prepare(buffer, trackNumber, init, signal);
    const first = (await next).value ?? undefined;
    if (when === 'with-first-fragment') {
      await makeRoom(first, signal);
      await this.#prepare(buffer, trackNumber, init, signal);
    }
    await buffer.place(init.timestamps === 'by-offset' ? first?.startSeconds ?? 0 : undefined, signal);
    let isPassing = false;
    for (;;) {
      const { value: fragment } = await next;
      if (fragment === undefined) break;
      const wantsNext = this.#wantsMore(fragment.endSeconds);
      if (wantsNext) next = soon(fragments);
      // Behind a place that is left out, decoding begins anew.
      isPassing = this.#isToAvoid(fragment) || (isPassing && !fragment.isIndependent);
      if (isPassing) {
        if (!wantsNext) next = soon(fragments);
        continue;
      }
      await this.#append(buffer, fragment, signal);
      // What had begun was finished; the run that follows knows nothing of it, and removes it.
      signal.throwIfAborted();
      this.#fed.add(fragment);
      this.#host.onFed();
      await this.#letGo(buffer, EVICT_FROM_SECONDS, KEEP_BEHIND_SECONDS, signal);
      while (!this.#wantsMore()) {
        await this.#untilPoked(signal);
        await this.#letGo(buffer, EVICT_FROM_SECONDS, KEEP_BEHIND_SECONDS, signal);
      }
      if (!wantsNext) next = soon(fragments);
    }
    signal.throwIfAborted();
    this.#isEnded = true;
    this.#host.onEnded();
  }

  async #prepare(buffer: TrackBuffer, trackNumber: number, init: InitSegment, signal: AbortSignal): Promise<void> {
    if (this.#readyFor === trackNumber) return;
    // Given up in between, it is ready for none.
    this.#readyFor = undefined;
    if (buffer.mimeType !== init.mimeType) await buffer.changeType(init.mimeType, signal);
    if (init.bytes.length > 0) await buffer.append(init.bytes, signal);
    this.#readyFor = trackNumber;
  }

  async #append(buffer: TrackBuffer, fragment: Fragment, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await buffer.append(fragment.bytes, signal);
        this.#isRefused = false;
        return;
      } catch (error) {
        if (!isFull(error)) throw error;
        const madeRoom = await this.#letGo(buffer, KEEP_BEHIND_WHEN_FULL_SECONDS, KEEP_BEHIND_WHEN_FULL_SECONDS, signal);
        if (madeRoom) continue;
        // Each later try is for the same lack of room.
        if (!this.#isRefused) this.#goal.shrink(this.aheadSeconds(), this.fillSeconds());
        this.#isRefused = true;
        await this.#untilPoked(signal);
      }
    }
  }

  /** Whether there was something to let go of behind the playhead. */
  async #letGo(buffer: TrackBuffer, fromSeconds: number, keepSeconds: number, signal: AbortSignal): Promise<boolean> {
    const playhead = this.#host.playheadSeconds();
    const oldest = buffer.spans()[0]?.startSeconds ?? playhead;
    if (oldest >= playhead - fromSeconds) return false;
    const cut = this.#fed.cutBefore(playhead - keepSeconds);
    if (cut === undefined || cut - CUT_SLACK_SECONDS <= oldest) return false;
    await buffer.remove(0, cut - CUT_SLACK_SECONDS, signal);
    this.#fed.dropBefore(cut);
    return true;
  }

  #isToAvoid({ startSeconds, endSeconds }: Fragment): boolean {
    return this.#avoid.some((place) => startSeconds < place.endSeconds && endSeconds > place.startSeconds);
  }

  /** `toSeconds`: what is about to be fed. */
  #wantsMore(toSeconds = 0): boolean {
    const aheadSeconds = Math.max(this.aheadSeconds(), toSeconds - this.#host.playheadSeconds());
    const hurrySeconds = this.#host.hurrySeconds();
    if (hurrySeconds !== undefined) return aheadSeconds < hurrySeconds;
    if (this.#host.isLast() && aheadSeconds < MAX_OVERHANG_SECONDS && this.#goal.hasRoom(aheadSeconds, this.#fed.bytesPerSecond)) return true;
    return this.#host.mayAppend() && this.#goal.wantsMore(aheadSeconds, this.fillSeconds());
  }

  async #untilPoked(signal: AbortSignal): Promise<void> {
    await this.#poked.promise;
    signal.throwIfAborted();
  }

  #failed(error: unknown): void {
    const isDamage = error instanceof MediaError && error.code === 'damaged';
    const atSeconds = this.#fed.endSeconds ?? this.#fromSeconds;
    if (atSeconds > this.#damagedAtSeconds + FORGET_DAMAGE_SECONDS) this.#skips = 0;
    if (!isDamage || this.#skips === MAX_SKIPS) return this.#host.onFailed(error, atSeconds);
    this.#host.onSkipped(atSeconds);
    // The first key frame after the damage may be far: each try goes further.
    this.#skips += 1;
    this.#damagedAtSeconds = atSeconds;
    this.#begin(atSeconds + SKIP_SECONDS * 2 ** (this.#skips - 1), () => undefined, 'at-once');
  }
}

/** The next fragment, asked for now; who takes it later meets its failure then. */
function soon(fragments: AsyncGenerator<Fragment, void, undefined>): Promise<IteratorResult<Fragment, void>> {
  const next = fragments.next();
  next.catch(() => undefined);
  return next;
}
