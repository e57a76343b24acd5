/**
 * Serves one peer: a bounded queue of blocks and manifests, swarm by swarm in turn, at the pace of the channel and of the common
 * rate. Whether a request is served at all is decided before it is queued (topic-peer.ts).
 */
import { MAX_WIRE_MESSAGE_BYTES, WIRE_BLOCK_BYTES } from '../protocol/limits.ts';
import { encodeBlockInto, encodeWire, MANIFEST_HEAD_BYTES, WHOLE_PIECE } from '../protocol/wire.ts';
import type { PeerChannel } from './peer-channel.ts';
import { MAX_QUEUED_BLOCKS } from './timings.ts';
import type { UploadDesk } from './upload-desk.ts';

/** One swarm as the uploader sees it. */
export interface ServedTopic {
  readonly contentId: string;
  /** The peer's number for it. */
  readonly remoteTopic: number;
  read(piece: number): Promise<Uint8Array | undefined>;
  onBlockSent(piece: number, offset: number, length: number): void;
  /** The piece was not to be had after all. */
  onUnreadable(piece: number, offset: number): void;
}

interface BlockJob {
  readonly kind: 'block';
  readonly piece: number;
  readonly offset: number;
  readonly length: number;
}

interface ManifestJob {
  readonly kind: 'manifest';
  readonly bytes: Uint8Array;
  readonly offset: number;
}

type Job = BlockJob | ManifestJob;

/** From a full send buffer to a drained one: 6 KB/s. */
const DRAIN_LIMIT_MS = 120_000;

/** A piece goes before those that were begun later for no longer than this: who gets nothing meanwhile must not take us for stalled. */
const MAX_TURN_MS = 750;

/** The piece that is being sent, since when it waited and since when it was sent. */
interface PieceTurn {
  readonly topic: ServedTopic;
  /** undefined: a manifest. */
  readonly piece: number | undefined;
  readonly begunAtMs: number;
  servedSinceMs: number | undefined;
}

const MANIFEST_PART_BYTES = MAX_WIRE_MESSAGE_BYTES - MANIFEST_HEAD_BYTES;

/** Every block is built here, one at a time: a channel copies what it sends, and 64 KiB a block would keep the collector busy. */
const scratch = new Uint8Array(MAX_WIRE_MESSAGE_BYTES);

export class Uploader {
  readonly #channel: PeerChannel;
  readonly #desk: UploadDesk;
  /** Topics with work, the next one first. */
  readonly #queues = new Map<ServedTopic, Job[]>();
  #current: { readonly topic: ServedTopic; readonly job: Job; cancelled: boolean } | undefined;
  #piece: PieceTurn | undefined;
  #running = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(channel: PeerChannel, desk: UploadDesk) {
    this.#channel = channel;
    this.#desk = desk;
  }

  /** `length` bytes of the piece from `offset` on, block by block. Whether there was room for all of them. */
  blocks(topic: ServedTopic, piece: number, offset: number, length: number): boolean {
    const queued = this.#queues.get(topic)?.length ?? 0;
    if (queued + Math.ceil(length / WIRE_BLOCK_BYTES) > MAX_QUEUED_BLOCKS) return false;
    for (let sent = 0; sent < length; sent += WIRE_BLOCK_BYTES) {
      this.#push(topic, { kind: 'block', piece, offset: offset + sent, length: Math.min(WIRE_BLOCK_BYTES, length - sent) });
    }
    return true;
  }

  manifest(topic: ServedTopic, bytes: Uint8Array): void {
    this.#push(topic, { kind: 'manifest', bytes, offset: 0 });
  }

  cancel(topic: ServedTopic, piece: number, offset: number): void {
    const hit = (job: Job): boolean => job.kind === 'block' && job.piece === piece && (offset === WHOLE_PIECE || job.offset === offset);
    const queue = this.#queues.get(topic);
    if (queue !== undefined) this.#queues.set(topic, queue.filter((job) => !hit(job)));
    if (this.#current?.topic === topic && hit(this.#current.job)) this.#current.cancelled = true;
  }

  /** Drops what is queued for a swarm: for good, or until more is asked. */
  drop(topic: ServedTopic): void {
    this.#queues.delete(topic);
    if (this.#current?.topic === topic) this.#current.cancelled = true;
  }

  /** The channel takes more. */
  onWritable(): void {
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#queues.clear();
    this.#desk.slots.forget(this);
    this.#wake?.();
  }

  #push(topic: ServedTopic, job: Job): void {
    if (this.#closed) return;
    const queue = this.#queues.get(topic);
    if (queue === undefined) this.#queues.set(topic, [job]);
    else queue.push(job);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#current = { ...next, cancelled: false };
      await this.#serve(this.#current);
      this.#current = undefined;
    }
    this.#running = false;
  }

  /** One job of the topic whose turn it is, which goes to the end when its piece is over. */
  #next(): { readonly topic: ServedTopic; readonly job: Job } | undefined {
    for (const [topic, queue] of this.#queues) {
      const job = queue.shift();
      const [next] = queue;
      const goesOn = job?.kind === 'block' && next?.kind === 'block' && next.piece === job.piece;
      if (!goesOn) this.#queues.delete(topic);
      if (job === undefined) continue;
      if (!goesOn) this.#queues.set(topic, queue);
      return { topic, job };
    }
    return undefined;
  }

  async #serve(current: { readonly topic: ServedTopic; readonly job: Job; readonly cancelled: boolean }): Promise<void> {
    const { topic, job } = current;
    const over = (): boolean => this.#closed || current.cancelled;
    while (!over() && !this.#channel.writable) await this.#drained();
    if (over()) return;
    const length = job.kind === 'block' ? job.length : Math.min(MANIFEST_PART_BYTES, job.bytes.length - job.offset);
    if (this.#desk.bucket.isBounded) await this.#turn(topic, job, length);
    if (over()) return this.#desk.bucket.giveBack(length);
    if (job.kind === 'manifest') this.#sendPart(topic, job, length);
    else await this.#sendBlock(topic, job, over);
  }

  /** Resolves when `length` bytes of the job may be sent. A piece keeps its turn to its end, or for as long as one may. */
  async #turn(topic: ServedTopic, job: Job, length: number): Promise<void> {
    const nowMs = this.#desk.now();
    const isNext = job.kind !== 'block' || this.#piece?.topic !== topic || this.#piece.piece !== job.piece;
    const isOver = nowMs - (this.#piece?.servedSinceMs ?? nowMs) >= MAX_TURN_MS;
    const piece = this.#piece === undefined || isNext || isOver
      ? { topic, piece: job.kind === 'block' ? job.piece : undefined, begunAtMs: nowMs, servedSinceMs: undefined } : this.#piece;
    this.#piece = piece;
    await this.#desk.bucket.take(length, piece.begunAtMs);
    piece.servedSinceMs ??= this.#desk.now();
  }

  async #sendBlock(topic: ServedTopic, job: BlockJob, over: () => boolean): Promise<void> {
    const { piece, offset, length } = job;
    const bytes = await topic.read(piece);
    if (over()) return this.#desk.bucket.giveBack(length);
    if (bytes === undefined || bytes.length < offset + length) {
      this.#desk.bucket.giveBack(length);
      topic.onUnreadable(piece, offset);
      return;
    }
    const block = bytes.subarray(offset, offset + length);
    this.#channel.send(encodeBlockInto(scratch, { topic: topic.remoteTopic, piece, offset, bytes: block }));
    this.#desk.slots.touch(this);
    topic.onBlockSent(piece, offset, length);
  }

  #sendPart(topic: ServedTopic, job: ManifestJob, length: number): void {
    const bytes = job.bytes.subarray(job.offset, job.offset + length);
    this.#channel.send(encodeWire({ type: 'manifest', topic: topic.remoteTopic, totalBytes: job.bytes.length, offset: job.offset, bytes }));
    if (job.offset + length < job.bytes.length) this.#push(topic, { ...job, offset: job.offset + length });
  }

  /** Until the channel or `close` wakes it. A peer that takes nothing for too long is let go. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => void this.#channel.close('the peer takes nothing of what it asked for'), DRAIN_LIMIT_MS);
      this.#wake = () => {
        this.#wake = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
