import { readFile } from 'node:fs/promises';
import type { Request } from '../arguments.ts';
import { EXIT, UsageError, type ExitCode } from '../exit-code.ts';
import { formatBytes, formatDuration, formatMbps } from '../format.ts';
import type { Output } from '../output.ts';
import { uploadFile, type UploadProgress } from '../upload-file.ts';

export interface PutComponents {
  readonly output: Output;
  readonly now: () => number;
  /** The token of the environment, when there is one. */
  readonly adminToken: string | undefined;
}

/** Uploads one file and prints its content id and address. */
export async function put(request: Extract<Request, { command: 'put' }>, components: PutComponents, signal: AbortSignal): Promise<ExitCode> {
  const { output, now } = components;
  const token = request.tokenFile === undefined ? components.adminToken : (await readFile(request.tokenFile, 'utf8')).trim();
  if (token === undefined || token === '') {
    throw new UsageError('put needs the admin token: set SWITCH_ADMIN_TOKEN or give --token-file FILE. The node printed it at its first start.');
  }
  const startedAtMs = now();
  let first: UploadProgress | undefined;
  const uploaded = await uploadFile({ file: request.file, base: request.to, token, signal }, (progress) => {
    first ??= progress;
    const elapsedMs = Math.max(1, now() - startedAtMs);
    const bytesPerMs = (progress.sentBytes - first.sentBytes) / elapsedMs;
    const remainingMs = bytesPerMs > 0 ? (progress.sizeBytes - progress.sentBytes) / bytesPerMs : null;
    output.progress(
      () => ({ ...progress, remainingMs }),
      () => `${String(Math.floor((progress.sentBytes / progress.sizeBytes) * 100)).padStart(3)}%  ${formatBytes(progress.sentBytes)} of ` +
        `${formatBytes(progress.sizeBytes)}  ${formatMbps((bytesPerMs * 8) / 1000)}  ${remainingMs === null ? '--:--' : formatDuration(remainingMs)} left`,
    );
  });
  const url = `${request.to}/videos/${uploaded.contentId}`;
  output.result('summary', { ...uploaded, url, elapsedMs: Math.round(now() - startedAtMs) },
    `${uploaded.alreadyStored ? 'Already in the library, nothing stored again' : 'In the library'}: ${uploaded.name}\n${url}`);
  return EXIT.done;
}
