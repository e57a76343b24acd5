/** RFC 9457 problem documents: what every error of the HTTP API looks like. */

export type ProblemType =
  | 'cdn-busy' | 'no-such-video' | 'bad-request' | 'unauthorized' | 'too-large' | 'no-space' | 'empty-file'
  | 'length-required' | 'conflict' | 'storage-unavailable' | 'not-found' | 'range-not-satisfiable' | 'rate-limited'
  | 'internal' | 'shutting-down' | 'upload-expired' | 'unsupported-media-type' | 'forbidden' | 'precondition-failed'
  | 'not-a-websocket' | 'no-such-poster' | 'no-such-subtitles' | 'not-subtitles' | 'in-watched-folder';

export interface ProblemDocument {
  /** `/problems/` and a {@link ProblemType}: stable. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, to which thing, and what to do. */
  readonly detail: string;
  readonly [extension: string]: unknown;
}

/** Thrown anywhere under a route; plugins/errors.ts turns it into the response. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly type: ProblemType;
  readonly status: number;
  readonly title: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    problem: { type: ProblemType; status: number; title: string; detail: string;
      extensions?: Record<string, unknown>; headers?: Record<string, string> },
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
    this.type = problem.type;
    this.status = problem.status;
    this.title = problem.title;
    this.extensions = problem.extensions ?? {};
    this.headers = problem.headers ?? {};
  }

  toDocument(): ProblemDocument {
    return { type: `/problems/${this.type}`, title: this.title, status: this.status, detail: this.message, ...this.extensions };
  }
}
