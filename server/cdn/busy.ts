/** The answer of a full CDN: where else to get the content. */
import { ProblemError } from '../problem.ts';
import { SIGNALLING_PATH } from '../signalling/routes.ts';

export interface Refusal {
  readonly waiting: number;
  readonly retryAfterSeconds: number;
}

/** `basePath` is '' or like `/switch`. */
export function cdnBusy(contentId: string, refusal: Refusal, basePath: string): ProblemError {
  return new ProblemError({
    type: 'cdn-busy', status: 503, title: 'The CDN is full',
    detail: 'Every stream of this appliance is taken. Fetch the content from its swarm, and wait there for a free stream.',
    extensions: { contentId, signalling: basePath + SIGNALLING_PATH, waiting: refusal.waiting },
    headers: { 'retry-after': String(refusal.retryAfterSeconds) },
  });
}
