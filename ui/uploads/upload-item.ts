/** One file on its way to the appliance, as the panel shows it. */
import { computed, signal } from '@preact/signals';
import type { ApiError } from '../api/api-error.ts';

export type UploadState = 'queued' | 'uploading' | 'checking' | 'paused' | 'failed' | 'done';

export interface UploadResult {
  readonly contentId: string;
  /** The same bytes were in the library before; nothing was stored again. */
  readonly alreadyStored: boolean;
}

/** Weight of the newest second in the shown speed: steady enough to read, quick enough to follow a change. */
const NEWEST_WEIGHT = 0.25;
const SAMPLE_MS = 1_000;

let made = 0;

export class UploadItem {
  readonly key = (made += 1);
  readonly file: File;
  readonly state = signal<UploadState>('queued');
  readonly sentBytes = signal(0);
  readonly mbps = signal<number | null>(null);
  readonly problem = signal<ApiError | null>(null);
  readonly result = signal<UploadResult | null>(null);
  readonly remainingMs = computed(() => {
    const mbps = this.mbps.value;
    return mbps === null || mbps <= 0 ? null : ((this.file.size - this.sentBytes.value) * 8) / mbps / 1000;
  });

  #sample: { atMs: number; bytes: number } | undefined;

  constructor(file: File) {
    this.file = file;
  }

  get isOpen(): boolean {
    return this.state.value !== 'done' && this.state.value !== 'failed';
  }

  progress(bytes: number, nowMs: number): void {
    this.sentBytes.value = bytes;
    // Bytes that were there from before are not speed.
    if (this.#sample === undefined || bytes < this.#sample.bytes) {
      this.#sample = { atMs: nowMs, bytes };
      return;
    }
    const passedMs = nowMs - this.#sample.atMs;
    if (passedMs < SAMPLE_MS) return;
    const mbps = ((bytes - this.#sample.bytes) * 8) / passedMs / 1000;
    const before = this.mbps.peek();
    this.mbps.value = before === null ? mbps : before + (mbps - before) * NEWEST_WEIGHT;
    this.#sample = { atMs: nowMs, bytes };
  }

  forgetSpeed(): void {
    this.#sample = undefined;
    this.mbps.value = null;
  }
}
