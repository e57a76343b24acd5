/** Sends one file by tus 1.0. Loaded only when something is uploaded. */
import { DetailedError, Upload } from 'tus-js-client';
import { address } from '../api/client.ts';
import { ApiError, problemFrom, unreachable } from '../api/api-error.ts';
import type { UploadResult } from './upload-item.ts';

/** Below what proxies and tunnels cut (100 MB), large enough that a round trip for each does not matter. */
const CHUNK_BYTES = 32 * 1024 * 1024;
/** Together longer than the restart of a container. */
const RETRY_DELAYS_MS = [500, 1_500, 4_000, 8_000, 15_000];

export interface TransportEvents {
  onProgress(sentBytes: number): void;
  onDone(result: UploadResult): void;
  onFailed(error: ApiError): void;
}

export interface Transport {
  /** Starts, or goes on where an earlier try, this one or one before a reload, came to. */
  start(): Promise<void>;
  pause(): Promise<void>;
  /** Stops and has the appliance throw away what it got. */
  cancel(): Promise<void>;
}

export function tusTransport(file: File, events: TransportEvents): Transport {
  const upload = new Upload(file, {
    endpoint: address('api/uploads'),
    chunkSize: CHUNK_BYTES,
    metadata: { filename: file.name, filetype: file.type },
    retryDelays: RETRY_DELAYS_MS,
    storeFingerprintForResuming: true,
    removeFingerprintOnSuccess: true,
    onProgress: (sentBytes) => events.onProgress(sentBytes),
    // Only silence and a busy appliance are worth another try by itself; a refusal has its reason.
    onShouldRetry: (error) => {
      const httpStatus = error.originalResponse?.getStatus() ?? 0;
      return httpStatus === 0 || [409, 423, 429, 502, 503, 504].includes(httpStatus);
    },
    onAfterResponse: (request, response) => {
      // A proxy says so while the appliance restarts; the library would begin again from the first byte.
      if (request.getMethod() === 'HEAD' && response.getStatus() >= 500) throw new Error(`no word of where the upload stands (${response.getStatus()})`);
    },
    onSuccess: ({ lastResponse }) => {
      const contentId = lastResponse.getHeader('Switch-Content-Id');
      if (contentId === undefined) {
        events.onFailed(new ApiError({
          type: 'no-content-id', status: lastResponse.getStatus(), title: 'No content id came back', requestId: null,
          detail: `The appliance took ${file.name} but did not say which video it became. Look for it in the library.`,
        }));
      } else events.onDone({ contentId, alreadyStored: lastResponse.getHeader('Switch-Already-Stored') === 'true' });
    },
    onError: (error) => events.onFailed(apiError(error)),
  });

  return {
    async start() {
      const [latest] = await upload.findPreviousUploads();
      if (latest !== undefined) upload.resumeFromPreviousUpload(latest);
      upload.start();
    },
    pause: () => upload.abort(false),
    cancel: () => upload.abort(true),
  };
}

function apiError(error: Error): ApiError {
  if (!(error instanceof DetailedError)) {
    return new ApiError({
      type: 'unreadable-file', status: 0, title: 'The file cannot be read', requestId: null,
      detail: 'The browser cannot read this file any more: it was moved, changed or its disk is gone. Pick it again.',
    }, { cause: error });
  }
  const response = error.originalResponse;
  if (response === null || response.getStatus() === 0) return unreachable(error);
  return problemFrom(response.getStatus(), response.getBody(), response.getHeader('x-request-id') ?? null);
}
