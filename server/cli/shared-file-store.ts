/** A piece store over a complete local file, for `seed`: every piece is held, none is ever written. */
import { open, type FileHandle } from 'node:fs/promises';
import { SwitchError, pieceCount, pieceSpan, type Manifest, type PieceStore } from '../../engine/index.ts';

export class SharedFileStore implements PieceStore {
  readonly #path: string;
  #file: FileHandle | undefined;
  #manifest: Manifest | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async open(manifest: Manifest): Promise<Iterable<number>> {
    this.#file = await open(this.#path, 'r');
    this.#manifest = manifest;
    return Array.from({ length: pieceCount(manifest) }, (_, piece) => piece);
  }

  async write(): Promise<void> {
    throw new SwitchError('store-failed', `${this.#path} is shared as it is; nothing is written to it.`);
  }

  async read(piece: number): Promise<Uint8Array> {
    if (this.#file === undefined || this.#manifest === undefined) throw new SwitchError('closed', `${this.#path} is not open.`);
    const { start, end } = pieceSpan(this.#manifest, piece);
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, start);
    if (bytesRead < bytes.length) throw new SwitchError('store-failed', `${this.#path} became shorter while it was shared.`);
    return bytes;
  }

  async complete(): Promise<void> {
    // The file has its name already.
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
