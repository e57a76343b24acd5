/** Whether the contents that this page has open are given to others: each only while all who use it let it. */
import type { Download } from '../../../engine/index.ts';
import { isShared, onConnectionChange, type SharingChoice } from './metered.ts';

/** One user's say. */
export interface SharingWish {
  choose(choice: SharingChoice): void;
  /** Has no say any more. */
  end(): void;
}

export class Sharing {
  readonly #choices = new Map<string, Map<SharingWish, SharingChoice>>();
  readonly #downloads = new Map<string, Download>();
  #stopListening: (() => void) | undefined;

  /** Of somebody who uses, or is about to open, the content of `key`. */
  wish(key: string, choice: SharingChoice): SharingWish {
    const choices = this.#choices.get(key) ?? new Map<SharingWish, SharingChoice>();
    const wish: SharingWish = {
      choose: (next) => {
        if (!choices.has(wish)) return;
        choices.set(wish, next);
        this.#apply(key);
      },
      end: () => {
        choices.delete(wish);
        if (choices.size === 0 && this.#choices.get(key) === choices) this.#choices.delete(key);
        else this.#apply(key);
      },
    };
    this.#choices.set(key, choices.set(wish, choice));
    this.#apply(key);
    return wish;
  }

  isOn(key: string): boolean {
    return [...this.#choices.get(key)?.values() ?? []].every((choice) => isShared(choice));
  }

  opened(key: string, download: Download): void {
    this.#downloads.set(key, download);
    this.#stopListening ??= onConnectionChange(() => { for (const open of this.#downloads.keys()) this.#apply(open); });
    this.#apply(key);
  }

  closed(key: string): void {
    this.#downloads.delete(key);
    if (this.#downloads.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #apply(key: string): void {
    this.#downloads.get(key)?.setSharing(this.isOn(key));
  }
}
