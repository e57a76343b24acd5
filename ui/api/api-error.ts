/** A refusal of the appliance (RFC 9457), or its silence: what happened, for people, with the request's id for the log. */

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The last part of the problem's `type`, or `unreachable` when no answer came at all. */
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly requestId: string | null;

  constructor(problem: { type: string; status: number; title: string; detail: string; requestId: string | null }, options?: ErrorOptions) {
    super(problem.detail, options);
    this.type = problem.type;
    this.status = problem.status;
    this.title = problem.title;
    this.requestId = problem.requestId;
  }

  get isUnreachable(): boolean {
    return this.type === 'unreachable';
  }
}

export function unreachable(cause: unknown): ApiError {
  return new ApiError({
    type: 'unreachable', status: 0, title: 'The appliance does not answer',
    detail: 'The appliance does not answer. Check that it runs and that this device is on its network, then try again.',
    requestId: null,
  }, { cause });
}

/** The appliance gives a reason with each of these; who gives none stands in front of it. */
const PROXY_WORDS: Readonly<Record<number, string>> = {
  413: 'A proxy in front of the appliance does not let uploads of this size through. Raise its limit, or switch it off: docs/operations.md, “Behind a proxy”, says where.',
  502: 'A proxy in front of the appliance cannot reach it. Check that the appliance runs, and that the proxy has its right address.',
  504: 'A proxy in front of the appliance waited for its answer and gave up. Check that the appliance runs, and give the proxy more patience.',
};

/** Reads a problem document out of a refused response's body; tolerates a proxy's HTML in its place. */
export function problemFrom(status: number, body: string, requestId: string | null): ApiError {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    document = undefined;
  }
  const text = (key: string): string | undefined => {
    if (typeof document !== 'object' || document === null) return undefined;
    const value: unknown = Reflect.get(document, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return new ApiError({
    type: text('type')?.replace(/^.*\//, '') ?? 'unknown',
    status,
    title: text('title') ?? `The appliance answered ${status}`,
    detail: text('detail') ?? PROXY_WORDS[status] ?? `The appliance, or a proxy in front of it, answered ${status} without a reason. Try again.`,
    requestId: requestId ?? text('requestId') ?? null,
  });
}
