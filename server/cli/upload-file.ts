/** Uploads one file to a node by tus 1.0; a second run goes on where an interrupted one stopped. */
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DetailedError, FileUrlStorage, Upload } from 'tus-js-client';
import { ApplianceError, problemError } from './appliance-client.ts';

/** Below what proxies and tunnels cut (100 MB), large enough that a round trip for each does not matter. */
const CHUNK_BYTES = 32 * 1024 * 1024;
const RETRY_DELAYS_MS = [250, 1000, 3000, 5000];

/** Where unfinished uploads are remembered, so that the next run finds them. */
const UPLOADS_FILE = join(homedir(), '.cache', 'software-switch', 'uploads.json');

export interface Uploaded {
  readonly contentId: string;
  readonly alreadyStored: boolean;
  readonly name: string;
  readonly sizeBytes: number;
}

export interface UploadProgress {
  readonly sentBytes: number;
  readonly sizeBytes: number;
}

/**
 * Sends `file` to the node at `base`. Rejects with {@link ApplianceError}; on abort the node keeps what it has until the
 * upload expires.
 */
export async function uploadFile(
  request: { readonly file: string; readonly base: string; readonly token: string; readonly signal: AbortSignal },
  onProgress: (progress: UploadProgress) => void,
): Promise<Uploaded> {
  const path = resolve(request.file);
  const entry = await stat(path);
  const { size: sizeBytes, mtimeMs } = entry;
  const name = basename(path);
  if (!entry.isFile()) throw new ApplianceError('not-a-file', 0, `${path} is not a file. Upload the files in it one by one.`);
  if (sizeBytes === 0) throw new ApplianceError('empty-file', 0, `${name} is empty: there is nothing to upload.`);
  await mkdir(dirname(UPLOADS_FILE), { recursive: true });
  const finished = Promise.withResolvers<{ getHeader(name: string): string | undefined }>();
  const bytes = createReadStream(path);
  // A disk that fails in the middle: the library would leave the error to nobody.
  bytes.on('error', (error) => finished.reject(error));
  const upload = new Upload(bytes, {
    endpoint: `${request.base}/api/uploads`,
    chunkSize: CHUNK_BYTES,
    uploadSize: sizeBytes,
    metadata: { filename: name },
    headers: { authorization: `Bearer ${request.token}` },
    retryDelays: RETRY_DELAYS_MS,
    onShouldRetry: (error) => upload.url !== null && mayPass(error.originalResponse?.getStatus()),
    onAfterResponse: (asked, response) => {
      // A proxy says so while the node restarts; the library would begin again from the first byte.
      if (asked.getMethod() === 'HEAD' && response.getStatus() >= 500) throw new Error(`no word of where the upload stands (${response.getStatus()})`);
    },
    urlStorage: new FileUrlStorage(UPLOADS_FILE),
    fingerprint: async () => `${request.base} ${path} ${sizeBytes} ${mtimeMs}`,
    storeFingerprintForResuming: true,
    removeFingerprintOnSuccess: true,
    onProgress: (sentBytes) => onProgress({ sentBytes, sizeBytes }),
    onSuccess: ({ lastResponse }) => finished.resolve(lastResponse),
    onError: (error) => finished.reject(uploadError(error, request.base, upload.url !== null)),
  });
  const [latest] = await upload.findPreviousUploads();
  if (latest !== undefined) upload.resumeFromPreviousUpload(latest);
  request.signal.throwIfAborted();
  const abort = (): void => {
    void upload.abort().finally(() => finished.reject(request.signal.reason));
  };
  request.signal.addEventListener('abort', abort, { once: true });
  upload.start();
  const response = await finished.promise.finally(() => {
    request.signal.removeEventListener('abort', abort);
    bytes.destroy();
  });
  const contentId = response.getHeader('Switch-Content-Id');
  if (contentId === undefined) {
    throw new ApplianceError('unexpected-answer', 200, `${request.base} took ${name} but gave no content id. Is it a node of ours, of this version?`);
  }
  return { contentId, alreadyStored: response.getHeader('Switch-Already-Stored') === 'true', name, sizeBytes };
}

/** Cut lines, locks and the node's own troubles pass; a refusal stands. An upload that has not begun is told of at once. */
function mayPass(status: number | undefined): boolean {
  return status === undefined || status === 409 || status === 423 || status >= 500;
}

function uploadError(error: Error, base: string, hasBegun: boolean): Error {
  if (!(error instanceof DetailedError) || error.originalResponse === null) {
    const next = hasBegun ? 'What was sent is kept there for a while; run the same command to go on.' : 'Is the node running there?';
    return new ApplianceError('unreachable', 0, `Nobody answers at ${base}. ${next}`, { cause: error });
  }
  const response = error.originalResponse;
  let body: unknown;
  try {
    body = JSON.parse(response.getBody());
  } catch {
    body = undefined;
  }
  return problemError(response.getStatus(), body, base);
}
