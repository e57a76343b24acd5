/**
 * Decides whether a request may change something: the token itself (`Authorization: Bearer`), or the page's session cookie
 * from the page's own origin.
 */
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problem.ts';
import type { AdminToken } from './admin-token.ts';
import { FailedTries } from './failed-tries.ts';
import type { Sessions } from './sessions.ts';

export const SESSION_COOKIE = 'switch_session';

/** Ten slips a minute are no hindrance to a person and make guessing hopeless. */
const TRIES = { maxTries: 10, windowMs: 60_000, maxAddresses: 10_000 };

export class AdminGate {
  readonly #token: AdminToken;
  readonly #sessions: Sessions;
  readonly #tries: FailedTries;

  /** `now` in milliseconds. */
  constructor(components: { token: AdminToken; sessions: Sessions; now: () => number }) {
    this.#token = components.token;
    this.#sessions = components.sessions;
    this.#tries = new FailedTries({ now: components.now }, TRIES);
  }

  /** Throws ProblemError `unauthorized` (401), `forbidden` (403: another origin) or `rate-limited` (429). */
  requireAdmin(request: FastifyRequest): void {
    const bearer = bearerToken(request);
    if (bearer !== undefined) {
      this.checkToken(request, bearer);
      return;
    }
    if (!this.hasSession(request)) throw unauthorized('This needs the admin token: sign in, or send it as "Authorization: Bearer TOKEN".');
    if (!isSameOrigin(request)) {
      throw new ProblemError({
        type: 'forbidden', status: 403, title: 'Not from this page',
        detail: 'Changes with the page\'s session are taken from the appliance\'s own page only. Behind a proxy, let it pass the Host header on. Or send the admin token as "Authorization: Bearer TOKEN".',
      });
    }
  }

  /** Throws as {@link requireAdmin} does when `candidate` is not the token. */
  checkToken(request: FastifyRequest, candidate: string): void {
    const blockedMs = this.#tries.blockedMs(request.ip);
    if (blockedMs > 0) {
      throw new ProblemError({
        type: 'rate-limited', status: 429, title: 'Too many wrong tokens',
        detail: 'Too many wrong admin tokens came from this address. Wait, then try again with the right one.',
        headers: { 'retry-after': String(Math.ceil(blockedMs / 1000)) },
      });
    }
    if (this.#token.matches(candidate)) return;
    this.#tries.failed(request.ip);
    throw unauthorized('That is not the admin token. It was shown in the log at the first start and is in the file admin-token of the data directory, or is set by SWITCH_ADMIN_TOKEN. "software-switch admin reset-token" makes another.');
  }

  hasSession(request: FastifyRequest): boolean {
    const cookie = request.cookies[SESSION_COOKIE];
    return cookie !== undefined && this.#sessions.valid(cookie);
  }

  issueSession(): string {
    return this.#sessions.issue();
  }
}

/**
 * Browsers send Origin with every request that may change something; what sends none must show that it is same-origin. Of a
 * read on plain http by address they tell neither, and need not: no page of another origin gets to see the answer.
 */
function isSameOrigin(request: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  // The browser's own word, which no script can forge; it holds also where a proxy has changed the Host (Fetch Metadata).
  if (site === 'same-origin') return true;
  if (origin === undefined) return site === undefined && (request.method === 'GET' || request.method === 'HEAD');
  try {
    const { protocol, host } = new URL(origin);
    // Through URL both, so that a default port that only one of them names does not matter.
    return host !== '' && host === new URL(`${protocol}//${request.host}`).host;
  } catch {
    return false;
  }
}

function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError({
    type: 'unauthorized', status: 401, title: 'The admin token is needed', detail, headers: { 'www-authenticate': 'Bearer realm="software-switch"' },
  });
}
