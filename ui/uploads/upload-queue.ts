/** All uploads of this page, wherever in it the reader is. At most two run at once; the rest wait in order. */
import { computed, effect, signal } from '@preact/signals';
import { ApiError } from '../api/api-error.ts';
import { announce } from '../state/announcer.ts';
import { reload } from '../state/library.ts';
import { signedIn, signInWanted } from '../state/session.ts';
import { isOffline, refreshStatus } from '../state/status.ts';
import type { Transport } from './tus-transport.ts';
import { UploadItem } from './upload-item.ts';

/** One hides the other's round trips; more would only make each slower. */
const MAX_RUNNING = 2;

export const uploads = signal<readonly UploadItem[]>([]);
export const panelOpen = signal(true);
export const openUploads = computed(() => uploads.value.filter((item) => item.isOpen));
/** 0 to 1 over all that is under way; null when nothing is. */
export const totalProgress = computed(() => {
  const open = openUploads.value;
  const total = open.reduce((sum, item) => sum + item.file.size, 0);
  return open.length === 0 || total === 0 ? null : open.reduce((sum, item) => sum + item.sentBytes.value, 0) / total;
});

const transports = new Map<UploadItem, Transport>();

export function addFiles(files: Iterable<File>): void {
  const added = [...files].map((file) => new UploadItem(file));
  if (added.length === 0) return;
  uploads.value = [...uploads.peek(), ...added];
  panelOpen.value = true;
  for (const item of added) {
    if (item.file.size === 0) fail(item, emptyFile(item.file.name));
  }
  if (signedIn.peek() === false) signInWanted.value = true;
  else pump();
}

/** Starts what waits, as far as there is room. Called again after signing in. */
export function pump(): void {
  if (signedIn.peek() === false) return;
  for (const item of uploads.peek()) {
    const running = uploads.peek().filter((one) => one.state.peek() === 'uploading' || one.state.peek() === 'checking').length;
    if (running >= MAX_RUNNING) return;
    if (item.state.peek() === 'queued') void run(item);
  }
}

async function run(item: UploadItem): Promise<void> {
  item.state.value = 'uploading';
  item.problem.value = null;
  item.forgetSpeed();
  try {
    const { tusTransport } = await import('./tus-transport.ts');
    if (item.state.peek() !== 'uploading') return;
    const transport = transports.get(item) ?? tusTransport(item.file, {
      onProgress(sentBytes) {
        if (!item.isOpen) return;
        item.progress(sentBytes, performance.now());
        if (item.state.peek() === 'uploading' && sentBytes >= item.file.size) item.state.value = 'checking';
      },
      onDone(result) {
        item.sentBytes.value = item.file.size;
        item.result.value = result;
        item.state.value = 'done';
        announce(result.alreadyStored ? `${item.file.name} was in the library already.` : `${item.file.name} is in the library.`);
        transports.delete(item);
        void import('../posters/poster-queue.ts').then(({ drawPosterLater }) => drawPosterLater({ contentId: result.contentId, file: item.file }), () => undefined);
        pump();
        void reload();
        void refreshStatus();
      },
      onFailed: (error) => fail(item, error),
    });
    transports.set(item, transport);
    await transport.start();
  } catch (error) {
    fail(item, new ApiError({
      type: 'upload-not-started', status: 0, title: 'The upload could not start', requestId: null,
      detail: `${item.file.name} could not be sent: the page's upload part did not load. Reload the page and pick the file again.`,
    }, { cause: error }));
  }
}

function fail(item: UploadItem, error: ApiError): void {
  item.problem.value = error;
  item.state.value = 'failed';
  item.forgetSpeed();
  announce(`${item.file.name} was not uploaded. ${error.message}`);
  if (error.status === 401) {
    signedIn.value = false;
    signInWanted.value = true;
  }
  pump();
}

export async function pause(item: UploadItem): Promise<void> {
  item.state.value = 'paused';
  item.forgetSpeed();
  await transports.get(item)?.pause();
  pump();
}

/** After a pause or a failure: goes on from what the appliance has. */
export function resume(item: UploadItem): void {
  item.state.value = 'queued';
  item.problem.value = null;
  if (signedIn.peek() === false) signInWanted.value = true;
  else pump();
}

/** Takes it off the list; what was sent is thrown away, unless it is a video already. */
export async function remove(item: UploadItem): Promise<void> {
  const transport = transports.get(item);
  transports.delete(item);
  uploads.value = uploads.peek().filter((one) => one !== item);
  try {
    await transport?.cancel();
  } catch {
    // The appliance did not hear it: it expires the unfinished upload by itself.
  }
  pump();
}

export function clearFinished(): void {
  uploads.value = uploads.peek().filter((item) => item.isOpen);
}

effect(() => {
  // The appliance is back: what only its silence stopped goes on.
  if (isOffline.value) return;
  for (const item of uploads.peek()) if (item.problem.peek()?.isUnreachable === true) resume(item);
});

function emptyFile(name: string): ApiError {
  return new ApiError({
    type: 'empty-file', status: 422, title: 'The file is empty', requestId: null,
    detail: `${name} has no bytes, so there is nothing to upload. Check the file on this device.`,
  });
}
