/**
 * What is known of the watched folder's files, over restarts: which content was found at which path, and what the file looked like
 * then. A journal of lines, the last about a path counts; a line that a power cut tore is left out, and its file hashed again.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { errnoOf, replaceDurably } from '../storage/durable-files.ts';
import type { FolderFile } from './folder-file.ts';
import { PathGroups } from './path-groups.ts';

const RecordSchema = Type.Object({
  path: Type.String({ minLength: 1 }),
  sizeBytes: Type.Integer({ minimum: 1 }),
  mtimeMs: Type.Number(),
  inode: Type.Integer({ minimum: 0 }),
  contentId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Since when the file is not there; null while it is. */
  absentSinceMs: Type.Union([Type.Number(), Type.Null()]),
});
const RemovalSchema = Type.Object({ removed: Type.String() });

const recordCheck = Compile(RecordSchema);
const removalCheck = Compile(RemovalSchema);

export type FolderRecord = Readonly<Static<typeof RecordSchema>>;

/** The journal is written anew when it has more lines than this for each record, and some hundred. */
const LINES_PER_RECORD = 2;
const SPARE_LINES = 500;
/** Viewers have their turn in between. */
const LINES_AT_ONCE = 500;

export class FolderRecords {
  readonly #path: string;
  readonly #byPath = new Map<string, FolderRecord>();
  /** Paths by what finds a renamed file again. */
  readonly #byLook = new PathGroups();
  readonly #byContent = new PathGroups();
  #unwritten: string[] = [];
  #lines = 0;
  /** The last line has no end, so that the next would be lost with it. */
  #isTorn = false;

  constructor(_components: object, { path }: { readonly path: string }) {
    this.#path = path;
  }

  get size(): number {
    return this.#byPath.size;
  }

  async load(): Promise<void> {
    this.#lines = 0;
    const text = await readText(this.#path);
    this.#isTorn = text !== '' && !text.endsWith('\n');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      this.#lines += 1;
      if (this.#lines % LINES_AT_ONCE === 0) await nextTurn();
      const parsed = parse(line);
      if (recordCheck.Check(parsed)) this.#put(parsed);
      else if (removalCheck.Check(parsed)) this.#take(parsed.removed);
    }
  }

  get(path: string): FolderRecord | undefined {
    return this.#byPath.get(path);
  }

  all(): Iterable<FolderRecord> {
    return this.#byPath.values();
  }

  /** A record of the same file under another name: the same size, time and inode. */
  lookalike({ sizeBytes, mtimeMs, inode }: FolderFile): FolderRecord | undefined {
    const path = this.#byLook.first(lookOf({ sizeBytes, mtimeMs, inode }));
    return path === undefined ? undefined : this.#byPath.get(path);
  }

  /** Whether any path is known to hold, or to have held, this content. */
  hasContent(contentId: string): boolean {
    return this.#byContent.has(contentId);
  }

  /** All that are known to hold, or to have held, this content. */
  pathsOf(contentId: string): readonly string[] {
    return this.#byContent.all(contentId);
  }

  set(record: FolderRecord): void {
    this.#put(record);
    this.#write(record);
  }

  delete(path: string): void {
    if (this.#take(path)) this.#write({ removed: path });
  }

  /** Not synced: what a power cut takes is found out again. */
  async flush(): Promise<void> {
    if (this.#unwritten.length === 0) return;
    const lines = this.#unwritten;
    this.#unwritten = [];
    this.#lines += lines.length;
    try {
      if (this.#lines > this.#byPath.size * LINES_PER_RECORD + SPARE_LINES) {
        await replaceDurably(this.#path, [...this.#byPath.values()].map(lineOf).join(''));
        this.#lines = this.#byPath.size;
      } else await appendFile(this.#path, `${this.#isTorn ? '\n' : ''}${lines.join('')}`);
      this.#isTorn = false;
    } catch (error) {
      this.#unwritten = [...lines, ...this.#unwritten];
      this.#isTorn = true;
      this.#lines -= lines.length;
      throw error;
    }
  }

  #write(line: FolderRecord | Static<typeof RemovalSchema>): void {
    this.#unwritten.push(lineOf(line));
  }

  #put(record: FolderRecord): void {
    this.#take(record.path);
    this.#byPath.set(record.path, record);
    this.#byLook.add(lookOf(record), record.path);
    this.#byContent.add(record.contentId, record.path);
  }

  #take(path: string): boolean {
    const record = this.#byPath.get(path);
    if (record === undefined) return false;
    this.#byPath.delete(path);
    this.#byLook.delete(lookOf(record), path);
    this.#byContent.delete(record.contentId, path);
    return true;
  }
}

function lookOf({ sizeBytes, mtimeMs, inode }: Omit<FolderFile, 'path'>): string {
  return `${sizeBytes}:${mtimeMs}:${inode}`;
}

function lineOf(line: object): string {
  return `${JSON.stringify(line)}\n`;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
