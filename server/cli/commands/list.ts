import type { Request } from '../arguments.ts';
import { listVideos } from '../appliance-client.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatBytes } from '../format.ts';
import type { Output } from '../output.ts';

/** One line a video: content id, size, title. */
export async function list(request: Extract<Request, { command: 'list' }>, output: Output, signal: AbortSignal): Promise<ExitCode> {
  let count = 0;
  for await (const video of listVideos(request.from, request.search, signal)) {
    count++;
    output.result('video', { ...video }, `${video.contentId}  ${formatBytes(video.sizeBytes).padStart(9)}  ${video.title}`);
  }
  if (count === 0) {
    output.event('empty', {}, request.search === undefined
      ? `The library at ${request.from} is empty. Add a video: software-switch put FILE --to ${request.from}`
      : `Nothing at ${request.from} matches "${request.search}".`);
  }
  return EXIT.done;
}
