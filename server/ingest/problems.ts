/** The problems an upload can have, and how an error of the tus library becomes one of them. */
import { ERRORS } from '@tus/server';
import { ProblemError, type ProblemType } from '../problem.ts';

export interface RoomFigures {
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly reserveBytes: number;
}

export function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError({
    type: 'too-large', status: 413, title: 'The file is too large', extensions: { maxBytes },
    detail: `This appliance takes files of up to ${maxBytes} bytes. SWITCH_UPLOAD_MAX_BYTES sets that.`,
  });
}

export function noRoom(figures: RoomFigures, options?: ErrorOptions): ProblemError {
  const { neededBytes, freeBytes, reserveBytes } = figures;
  return new ProblemError({
    type: 'no-space', status: 507, title: 'Not enough room', extensions: { neededBytes, freeBytes, reserveBytes },
    detail: `The upload needs ${neededBytes} more bytes; ${freeBytes} are free, of which ${reserveBytes} are kept free. Delete a video or add room, then try again.`,
  }, options);
}

export function emptyFile(name: string): ProblemError {
  return new ProblemError({
    type: 'empty-file', status: 422, title: 'The file is empty', detail: `${name} has no bytes, so there is nothing to keep. Check the file and send it again.`,
  });
}

export function cutShort(name: string, options?: ErrorOptions): ProblemError {
  return new ProblemError({
    type: 'bad-request', status: 400, title: 'The upload was cut short', detail: `The connection ended before all of ${name} was here. Send it again.`,
  }, options);
}

export function stalled(idleMs: number): ProblemError {
  return new ProblemError({
    type: 'bad-request', status: 408, title: 'The upload stalled', detail: `No byte came for ${Math.round(idleMs / 1000)} seconds. Send the upload again, or go on with it.`,
  });
}

export function shuttingDown(): ProblemError {
  return new ProblemError({
    type: 'shutting-down', status: 503, title: 'The appliance is shutting down', headers: { 'retry-after': '5' },
    detail: 'This appliance is stopping or restarting. A resumable upload goes on from where it is; send any other again.',
  });
}

export function partialPut(): ProblemError {
  return new ProblemError({
    type: 'bad-request', status: 400, title: 'A part of a file cannot be put', extensions: { field: 'content-range' },
    detail: 'PUT takes whole files. To go on with an unfinished upload use tus at /api/uploads, as the page and the command do.',
  });
}

/** 423: clients of tus ask again after it. */
function beingFinished(): ProblemError {
  return new ProblemError({
    type: 'conflict', status: 423, title: 'The upload is being finished', headers: { 'retry-after': '5' },
    detail: 'Every byte is here and is being put into the library, which takes a while for a large file. Ask again in a few seconds.',
  });
}

/** 423: to any other answer that is no success, widely used clients begin the upload again from its first byte. */
export function askedTooSoon(error: unknown): ProblemError {
  return new ProblemError({
    type: 'conflict', status: 423, title: 'Where the upload stands cannot be told now', headers: { 'retry-after': '5' },
    detail: 'What was sent is kept, but the appliance cannot go on with it at the moment. Ask again in a few seconds.',
  }, { cause: error });
}

/** The library throws plain objects of this shape. */
interface TusError {
  readonly status_code: number;
  readonly body: string;
}

const TYPE_BY_STATUS: Readonly<Record<number, ProblemType>> = {
  404: 'not-found', 409: 'conflict', 410: 'upload-expired', 413: 'too-large', 415: 'unsupported-media-type',
};

const DETAIL_BY_STATUS: Readonly<Record<number, string>> = {
  404: 'There is no such upload here. It may have expired or been cancelled; begin again.',
  409: 'The upload does not stand at that offset. Ask with HEAD where it stands and go on from there.',
  410: 'The upload expired, because nobody went on with it. Begin again.',
};

/** What is to be thrown for an error of the library: a problem, or the error itself when it is none of the library's. */
export function fromTus(error: unknown, headers: Record<string, string>): unknown {
  if (error instanceof ProblemError || !isTusError(error)) return error;
  if (error.body === ERRORS.ERR_LOCK_TIMEOUT.body) return beingFinished();
  if (error.status_code >= 500) return error;
  return tusProblem(error.status_code, error.body, headers);
}

export function tusProblem(status: number, text: string, headers: Record<string, string>): ProblemError {
  return new ProblemError({
    type: TYPE_BY_STATUS[status] ?? 'bad-request', status, title: 'The upload cannot go on', headers,
    detail: DETAIL_BY_STATUS[status] ?? `The upload request is not right: ${text.trim()}.`,
  });
}

function isTusError(error: unknown): error is TusError {
  return typeof error === 'object' && error !== null && 'status_code' in error && typeof error.status_code === 'number'
    && 'body' in error && typeof error.body === 'string';
}
