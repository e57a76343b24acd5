/** The first step: who answers at the address over HTTP. */
import type { HttpSeen } from './observations.ts';
import { aborted } from './waiting.ts';

/** A node answers in milliseconds; one whose disk must wake up may take seconds. */
const LIMIT_MS = 8_000;

type Fields = Readonly<Record<string, unknown>>;

/** SwitchError `aborted`. */
export async function probeHttp(base: string, signal: AbortSignal): Promise<HttpSeen> {
  const answer = await ask(`${base}/api/status`, signal);
  if ('kind' in answer) return answer;
  const { response, body } = answer;
  const detail = body?.['detail'];
  if (!response.ok && isProblem(response) && typeof detail === 'string') return { kind: 'problem', status: response.status, detail };
  const { version, seeder } = body ?? {};
  if (!response.ok || typeof version !== 'string' || !isFields(seeder) || !isFields(body?.['cdn'])) {
    return { kind: 'other', status: response.status, server: response.headers.get('server') ?? undefined };
  }
  return { kind: 'ours', version, seederEnabled: seeder['enabled'] === true, seederPeers: count(seeder['peers']), seederMaxPeers: count(seeder['maxPeers']) };
}

/** How an address answers a plain request; undefined when it does not. SwitchError `aborted`. */
export async function probePlain(url: string, signal: AbortSignal): Promise<{ readonly status: number; readonly ours: boolean } | undefined> {
  const answer = await ask(url, signal);
  return 'kind' in answer ? undefined : { status: answer.response.status, ours: isProblem(answer.response) };
}

type Answer = { readonly response: Response; readonly body: Fields | undefined } | Extract<HttpSeen, { readonly kind: 'nothing' | 'timeout' }>;

async function ask(url: string, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  try {
    const response = await fetch(url, { cache: 'no-store', signal: AbortSignal.any([signal, limit]) });
    const body: unknown = await response.json().catch(() => undefined);
    return { response, body: isFields(body) ? body : undefined };
  } catch (error) {
    if (signal.aborted) throw aborted();
    return limit.aborted ? { kind: 'timeout', limitMs: LIMIT_MS } : { kind: 'nothing', code: codeOf(error) };
  }
}

function isProblem(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/problem+json') === true;
}

/** Node says in the cause what became of the connection, for a name with several addresses in each of several causes; browsers have no cause. */
function codeOf(error: unknown): string | undefined {
  let said: string | undefined;
  for (let cause = causeOf(error); isFields(cause); cause = causeOf(cause)) {
    if (typeof cause['code'] === 'string') return cause['code'];
    if (typeof cause['message'] === 'string') said = cause['message'];
  }
  return said;
}

function causeOf(error: unknown): unknown {
  return isFields(error) ? error['cause'] ?? firstOf(error['errors']) : undefined;
}

function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
