/** Something the owner of a node should know: what happens, what it means, and what to do. Parts hand them to whoever shows them. */
export interface Notice {
  /** Stable. */
  readonly code: string;
  /** A few words. */
  readonly title: string;
  /** What happens and what it means, in sentences. */
  readonly detail: string;
  /** What to do about it. */
  readonly action: string;
}
