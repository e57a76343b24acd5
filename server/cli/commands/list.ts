import type { Request } from '../arguments.ts';
import { listVideos } from '../appliance-client.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatBytes, formatDuration } from '../format.ts';
import type { Video } from '../../storage/video-store.ts';
import type { Output } from '../output.ts';

/** Such as hevc+eac3. */
const CODECS_COLUMNS = 9;

/** One line a video: content id, size, length, codecs, title. */
export async function list(request: Extract<Request, { command: 'list' }>, output: Output, signal: AbortSignal): Promise<ExitCode> {
  let count = 0;
  for await (const video of listVideos(request.from, request.search, signal)) {
    count++;
    output.result('video', { ...video }, line(video));
  }
  if (count === 0) {
    output.event('empty', {}, request.search === undefined
      ? `The library at ${request.from} is empty. Add a video: software-switch put FILE --to ${request.from}`
      : `Nothing at ${request.from} matches "${request.search}".`);
  }
  return EXIT.done;
}

function line({ contentId, sizeBytes, media, title }: Video): string {
  const seconds = media?.durationSeconds ?? null;
  const length = seconds === null ? '' : formatDuration(seconds * 1000);
  const codecs = [...new Set((media?.tracks ?? []).map((track) => track.codec ?? '?'))].join('+');
  return `${contentId}  ${formatBytes(sizeBytes).padStart(9)}  ${length.padStart(8)}  ${codecs.padEnd(CODECS_COLUMNS)}  ${title}`;
}
