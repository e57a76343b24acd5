import { readFile } from 'node:fs/promises';
import { addSubtitles } from '../appliance-client.ts';
import type { Request } from '../arguments.ts';
import { EXIT, UsageError, type ExitCode } from '../exit-code.ts';
import { formatBytes, formatDuration, formatMbps } from '../format.ts';
import type { Output } from '../output.ts';
import { readSubtitleFile, subtitlesBeside } from '../subtitle-files.ts';
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
  const subtitles = await Promise.all(request.subtitles.map(readSubtitleFile));
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
  for (const { name, bytes } of subtitles) {
    await addSubtitles({ base: request.to, token, contentId: uploaded.contentId, name, bytes }, signal);
    output.event('subtitles', { name }, `Added the subtitles ${name}.`);
  }
  const url = `${request.to}/videos/${uploaded.contentId}`;
  output.result('summary', { ...uploaded, url, subtitles: subtitles.map(({ name }) => name), elapsedMs: Math.round(now() - startedAtMs) },
    `${uploaded.alreadyStored ? 'Already in the library, nothing stored again' : 'In the library'}: ${uploaded.name}\n${url}`);
  const beside = subtitles.length > 0 ? [] : await subtitlesBeside(request.file);
  if (beside.length > 0) {
    output.event('subtitles-beside', { names: beside }, `Beside it lie subtitles that were not sent: ${beside.join(', ')}. To add one: put ${request.file} --to ${request.to} --subtitles FILE`);
  }
  return EXIT.done;
}
