/** The part of signalling about the CDN's queue: waiting for a slot, giving up, and being granted one. */
import type { CdnAdmission } from '../cdn/admission.ts';
import type { SignallingClient } from './client.ts';

export interface CdnDeskComponents {
  readonly admission: CdnAdmission;
  readonly hasVideo: (contentId: string) => Promise<boolean>;
  readonly log: { warn(details: object, message: string): void };
}

/** Videos one client may wait for at once: a page plays one and downloads some; nobody needs the whole queue. */
const MAX_WAITS_PER_CLIENT = 32;

export class CdnDesk {
  readonly #admission: CdnAdmission;
  readonly #hasVideo: (contentId: string) => Promise<boolean>;
  readonly #log: CdnDeskComponents['log'];

  constructor({ admission, hasVideo, log }: CdnDeskComponents) {
    this.#admission = admission;
    this.#hasVideo = hasVideo;
    this.#log = log;
  }

  /** Never rejects. Asking again keeps the place. */
  async wait(client: SignallingClient, contentId: string): Promise<void> {
    const re = 'wait-for-cdn';
    if (!client.waits.has(contentId)) {
      if (client.waits.size >= MAX_WAITS_PER_CLIENT) {
        client.refuse('not-queued', `You wait for ${MAX_WAITS_PER_CLIENT} videos already, which is the most one client may.`, { re, contentId });
        return;
      }
      client.waits.set(contentId, undefined);
    } else if (!client.waits.get(contentId)) return; // The library is being asked; that answer is for this message too.

    let exists: boolean;
    try {
      exists = await this.#hasVideo(contentId);
    } catch (error) {
      this.#log.warn({ err: error, contentId }, 'could not look up a video somebody wants to wait for');
      client.waits.delete(contentId);
      client.refuse('unavailable', 'The library cannot be asked for this video right now. Try again later.', { re, contentId });
      return;
    }
    // Gone, or not wanted any more, in the meantime.
    if (client.ended || !client.waits.has(contentId)) return;
    if (!exists) {
      this.stop(client, contentId);
      client.refuse('no-such-video', 'This appliance does not have this video, so its CDN cannot serve it.', { re, contentId });
      return;
    }
    const waiter = this.#admission.wait(contentId, client.peerId, {
      onGrant: ({ token, expiresInMs }) => client.send({ type: 'grant', contentId, token, expiresInMs }),
      onPosition: (position) => {
        if (position === null) client.waits.delete(contentId);
        client.send({ type: 'queued', contentId, position });
      },
      onUsed: () => client.waits.delete(contentId),
    });
    if (waiter && client.ended) waiter.leave();
    else if (waiter) client.waits.set(contentId, waiter);
    else {
      client.waits.delete(contentId);
      client.refuse('not-queued', 'The queue for the CDN takes no more clients. Try again later.', { re, contentId });
    }
  }

  /** Gives up the place, and the slot if one was granted and not used. */
  stop(client: SignallingClient, contentId: string): void {
    const waiter = client.waits.get(contentId);
    client.waits.delete(contentId);
    waiter?.leave();
  }

  stopAll(client: SignallingClient): void {
    const waiters = client.waits.values();
    client.waits.clear();
    for (const waiter of waiters) waiter?.leave();
  }
}
