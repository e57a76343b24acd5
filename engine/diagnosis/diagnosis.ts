/** What a diagnosis of the way to an appliance says: seven steps, each standing on the one before. `diagnose` in diagnose.ts makes one. */

/** In the order they are walked. */
export const DIAGNOSIS_STEPS = ['http', 'websocket', 'signalling', 'candidate', 'udp', 'data-channel', 'round-trip'] as const;

/** One of {@link DIAGNOSIS_STEPS}. */
export type DiagnosisStepName = (typeof DIAGNOSIS_STEPS)[number];

/** `warning`: it works, or is meant so, and is worth a look. `skipped`: what it stands on failed. */
export type DiagnosisState = 'ok' | 'warning' | 'failed' | 'skipped';

/** One step that has ended. */
export interface DiagnosisStep {
  readonly step: DiagnosisStepName;
  readonly state: DiagnosisState;
  /** What the step took. 0 when skipped. */
  readonly elapsedMs: number;
  /** One sentence for people: what was seen, with addresses. */
  readonly finding: string;
  /** One sentence for people: what to do. Only where there is something to do. */
  readonly action?: string;
}

/** A whole diagnosis. */
export interface Diagnosis {
  /** As it was asked about, without a slash at the end. */
  readonly applianceUrl: string;
  /** The worst of all steps. */
  readonly state: 'ok' | 'warning' | 'failed';
  /** All seven, in order. */
  readonly steps: readonly DiagnosisStep[];
  readonly elapsedMs: number;
}

/** What only some platforms can find out. A browser page has neither. */
export interface DiagnosisHelp {
  /** An address of a host name; undefined when the name is unknown. */
  readonly lookup?: (host: string, signal: AbortSignal) => Promise<string | undefined>;
  /** The HTTP status with which a WebSocket upgrade of this http(s) address is answered, 101 when it is granted; undefined when nothing answers. */
  readonly upgradeStatus?: (url: string, signal: AbortSignal) => Promise<number | undefined>;
}

/** How a diagnosis is followed, given up and helped. */
export interface DiagnoseOptions {
  readonly signal?: AbortSignal;
  /** Called with each step as it ends, in order; the one after it is then under way. */
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly help?: DiagnosisHelp;
}
