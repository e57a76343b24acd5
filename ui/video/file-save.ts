/** Builds one Blob of the kept pieces and hands it to the browser's own downloads, one at a time. */
import { signal } from '@preact/signals';
import type { KeptPieces } from './kept-pieces.ts';
import { saveBlob } from './save-blob.ts';

export class FileSave {
  readonly isSaving = signal(false);
  /** The name under which it was handed over last. */
  readonly savedAs = signal<string | null>(null);
  readonly #pieces: KeptPieces;

  constructor({ pieces }: { readonly pieces: KeptPieces }) {
    this.#pieces = pieces;
  }

  /** SwitchError `store-failed`, when pieces turn out damaged too, which are missing then. */
  async save(name: string): Promise<void> {
    this.isSaving.value = true;
    try {
      saveBlob(await this.#pieces.toBlob(), name);
      this.savedAs.value = name;
    } finally {
      this.isSaving.value = false;
    }
  }
}
