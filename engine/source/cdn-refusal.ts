/** Why a CDN does not serve, and when it said to come back. */
import { SwitchError, type SwitchErrorCode } from '../protocol/errors.ts';

/** `cdn-busy`: full. `cdn-down`: not in a state to serve. */
export class CdnRefusal extends SwitchError {
  readonly retryAfterMs: number | undefined;

  constructor(code: Extract<SwitchErrorCode, 'cdn-busy' | 'cdn-down'>, message: string, options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {}) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The error for an answer that is not the bytes asked for. Reads its body, or drops it. */
export async function refusalOf(response: Response, base: string): Promise<SwitchError> {
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
  const type = await problemType(response);
  if (response.status === 404 || response.status === 410) return new SwitchError('no-such-video', `${base} does not have this video.`);
  if (type === '/problems/cdn-busy') return new CdnRefusal('cdn-busy', `${base} is full.`, { retryAfterMs });
  // A proxy's limit, an appliance that shuts down: no queue of ours is behind these.
  return new CdnRefusal('cdn-down', `${base} answered ${response.status}.`, { retryAfterMs });
}

/** A problem document is a few hundred bytes; anything larger is none. */
const MAX_PROBLEM_BYTES = 16 * 1024;

/** RFC 9457's `type`, where the answer is a problem document. */
async function problemType(response: Response): Promise<string | undefined> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  if (!isProblem || response.body === null) {
    await response.body?.cancel().catch(() => undefined);
    return undefined;
  }
  const problem = await readJson(response.body, MAX_PROBLEM_BYTES).catch(() => undefined);
  return typeof problem === 'object' && problem !== null && 'type' in problem && typeof problem.type === 'string' ? problem.type : undefined;
}

async function readJson(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (const reader = body.getReader();;) {
    const { done, value } = await reader.read();
    if (done) return JSON.parse(text + decoder.decode());
    bytes += value.length;
    if (bytes > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** As senders write them; `Date.parse` alone takes nearly any text for a date. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/;

/** RFC 9110 section 10.2.3: seconds, or a date. undefined when absent or neither. */
export function parseRetryAfter(value: string | null, nowMs: number = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
