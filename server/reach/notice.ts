/** What an admin should know about being reached, in plain sentences. The shape is the one of all notices (server/admin). */
export interface Notice {
  /** Stable; decide by this. */
  readonly code: 'announce-unset' | 'announce-unresolved' | 'announce-local' | 'udp-port-unfixed';
  /** `problem`: something does not work. `warning`: something will not, or not for all. `hint`: it could be better. */
  readonly severity: 'problem' | 'warning' | 'hint';
  /** What happens and what it means. */
  readonly what: string;
  /** What to do. */
  readonly action: string;
}
