/**
 * The version of what lies in a data directory or a database. A program knows its own version and the way there from each
 * older one; data that a newer program wrote, or began to change, is refused and left as it is. The mark is the last thing that
 * is written, so a start that was cut off in the middle is simply done again.
 */
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { StorageError } from '../storage-error.ts';

/** What this program reads and writes. Version 1 is also what has no mark: programs before the mark wrote that. */
const DATA_FORMAT_VERSION = 1;
const UNMARKED_VERSION = 1;
/** Who wrote data without a mark. */
const UNMARKED_PROGRAM = 'an early version';

/** Where the mark is kept: a key of the appliance's state. */
export const FORMAT_KEY = 'data-format';

/**
 * One step forward. It may be cut off at any moment and is then run again from its beginning, on what the first run left: so it must
 * come to the same end. It replaces files and documents, and never writes into a file in place: the snapshot may share it.
 */
export interface Migration<Data> {
  /** The version the data has afterwards; before, it has one less. */
  readonly to: number;
  /** For the log, such as "keep titles folded". */
  readonly what: string;
  run(data: Data, signal: AbortSignal | undefined): Promise<void>;
}

/** What is known of the data. `migrating` stands while a step is under way: what lies there may be of either version. */
export interface FormatMark {
  readonly version: number;
  /** The program that wrote it last with this version. */
  readonly program: string;
  readonly migrating?: { readonly to: number; readonly program: string; readonly snapshot: string };
}

/** A back end, as seen from here. Only one process at a time is let in. */
export interface FormatHome<Data> {
  readonly data: Data;
  /** For people: which folder or database. */
  readonly name: string;
  readMark(): Promise<string | undefined>;
  writeMark(text: string): Promise<void>;
  /** Whether nobody ever wrote here. */
  isNew(): Promise<boolean>;
  /** Keeps all but the films' bytes, whole or not at all, and removes old snapshots. @returns where. @throws StorageError `no-space`. */
  takeSnapshot(version: number, signal: AbortSignal | undefined): Promise<string>;
}

export interface FormatLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface FormatComponents<Data> {
  readonly home: FormatHome<Data>;
  readonly log?: FormatLog | undefined;
}

export interface ProgramVersion {
  /** Of the data that this program reads and writes. Default {@link DATA_FORMAT_VERSION}. */
  readonly version?: number | undefined;
  /** The program's own, for people, such as 0.2.0. */
  readonly program: string;
}

export interface FormatOptions<Data> extends ProgramVersion {
  /** One for each version from 2 up. */
  readonly migrations: readonly Migration<Data>[];
}

const markCheck = Compile(Type.Object({
  version: Type.Integer({ minimum: 1 }),
  program: Type.String(),
  migrating: Type.Optional(Type.Object({ to: Type.Integer({ minimum: 2 }), program: Type.String(), snapshot: Type.String() })),
}));

/**
 * Brings the data to this program's version, if need be after a snapshot. Nothing may have been read before.
 * @throws StorageError `newer-data`, `no-space`, `corrupt`, or what a step throws; the data is then as that left it, and the snapshot stays.
 */
export async function bringForward<Data>({ home, log }: FormatComponents<Data>, options: FormatOptions<Data>, signal?: AbortSignal): Promise<void> {
  const { version = DATA_FORMAT_VERSION, program, migrations } = options;
  const found = readMark(await home.readMark(), home.name);
  if (found !== undefined) refuseNewer(found, options, home.name);
  if (found === undefined && await home.isNew()) {
    await home.writeMark(markText({ version, program }));
    return;
  }
  let mark = found ?? { version: UNMARKED_VERSION, program: UNMARKED_PROGRAM };
  // Marked before the snapshot, so that who goes back to it finds its version in it.
  if (found === undefined) await home.writeMark(markText(mark));
  if (mark.version === version) return;

  const interrupted = mark.migrating?.snapshot;
  if (interrupted !== undefined) log?.warn({ snapshot: interrupted }, `an upgrade of the data in ${home.name} was cut off; going on with it`);
  const snapshot = interrupted ?? await home.takeSnapshot(mark.version, signal);
  if (interrupted === undefined) log?.info({ snapshot }, `kept a snapshot of the data as they are (version ${mark.version}) before the upgrade to version ${version}`);
  while (mark.version < version) {
    signal?.throwIfAborted();
    const to = mark.version + 1;
    const step = migrations.find((migration) => migration.to === to);
    if (step === undefined) throw new Error(`no migration leads to version ${to} of the data`);
    await home.writeMark(markText({ ...mark, migrating: { to, program, snapshot } }));
    log?.info({ from: mark.version, to }, `upgrading the data in ${home.name}: ${step.what}`);
    await step.run(home.data, signal);
    // With further steps to come the note stays: the snapshot is of before the first.
    mark = { version: to, program, ...(to < version ? { migrating: { to: to + 1, program, snapshot } } : {}) };
    await home.writeMark(markText(mark));
  }
  log?.info({ version, snapshot }, `the data in ${home.name} have version ${version} now`);
}

/** Whether there is nothing to bring forward. For who only looks. @throws StorageError `newer-data` as {@link bringForward}. */
export function isCurrent(text: string | undefined, name: string, options: ProgramVersion): boolean {
  const mark = readMark(text, name);
  if (mark === undefined) return false;
  refuseNewer(mark, options, name);
  return mark.version === (options.version ?? DATA_FORMAT_VERSION);
}

function refuseNewer(mark: FormatMark, { version = DATA_FORMAT_VERSION, program }: ProgramVersion, name: string): void {
  const { migrating } = mark;
  const wanted = migrating === undefined ? mark.version : Math.max(mark.version, migrating.to);
  if (wanted <= version) return;
  const writer = migrating?.program ?? mark.program;
  const state = migrating === undefined
    ? `were written by Software Switch ${writer} (data version ${mark.version})`
    : `are being brought to data version ${migrating.to} by Software Switch ${writer}, or that was cut off`;
  throw new StorageError('newer-data', `The data in ${name} ${state}. This is Software Switch ${program}, which reads data up to version ${version}. `
    + 'Nothing was changed. Start that version or a newer one, or go back to a snapshot as docs/operations.md describes ("Going back").',
  { details: { version: mark.version, ...(migrating === undefined ? {} : { snapshot: migrating.snapshot }) } });
}

function readMark(text: string | undefined, name: string): FormatMark | undefined {
  if (text === undefined) return undefined;
  let mark: unknown;
  try {
    mark = JSON.parse(text);
  } catch {
    mark = undefined;
  }
  if (markCheck.Check(mark)) return mark;
  throw new StorageError('corrupt', `The mark that tells the version of the data in ${name} (${FORMAT_KEY}) is damaged. Restore it from a backup or from the newest snapshot.`);
}

function markText(mark: FormatMark): string {
  return JSON.stringify(mark);
}
