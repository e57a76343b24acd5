/** The answer of a full CDN: where else to get the content. */
import { ProblemError } from '../problem.ts';
import { SIGNALLING_PATH } from '../signalling/routes.ts';

export function cdnBusy(contentId: string, refusal: { readonly waiting: number; readonly retryAfterSeconds: number }): ProblemError {
  return new ProblemError({
    type: 'cdn-busy', status: 503, title: 'The CDN is full',
    detail: 'Every stream of this appliance is taken. Fetch the content from its swarm, and wait there for a free stream.',
    extensions: { contentId, signalling: SIGNALLING_PATH, waiting: refusal.waiting },
    headers: { 'retry-after': String(refusal.retryAfterSeconds) },
  });
}
