/** The way from this browser to the node, in words. */
import type { Diagnosis, DiagnosisStep, DiagnosisStepName } from '../../engine/index.ts';
import { milliseconds } from '../format/numbers.ts';

export const STEP_WORDS: Readonly<Record<DiagnosisStepName, string>> = {
  'http': 'The page and its API', 'websocket': 'WebSocket', 'signalling': 'Signalling', 'candidate': 'Addresses of the seeder', 'udp': 'UDP',
  'data-channel': 'Data channel', 'round-trip': 'A piece there and back',
};

export const STATE_WORDS: Readonly<Record<DiagnosisStep['state'], string>> = { ok: 'Works', warning: 'Worth a look', failed: 'Fails', skipped: 'Not tried' };

export function outcomeSentence({ state, steps, elapsedMs }: Diagnosis): string {
  const bad = steps.find((step) => step.state === 'failed');
  if (bad !== undefined) {
    // A later step that works went another way than viewers are told.
    const end = steps.some((step) => step.step === 'round-trip' && step.state === 'ok') ? 'The node is reached, but not the way viewers are told' : 'This browser does not get through';
    return `${end}: “${STEP_WORDS[bad.step]}” fails. What to do is said there.`;
  }
  const took = milliseconds(Math.round(elapsedMs));
  if (state === 'warning') return `This browser gets through, in ${took}; something on the way is worth a look.`;
  return `This browser reaches the node and its seeder: every step works, in ${took}.`;
}

/** For a report or a question to others. */
export function diagnosisText(applianceUrl: string, steps: readonly DiagnosisStep[], outcome: string | null): string {
  const lines = steps.flatMap(({ step, state, elapsedMs, finding, action }) => [
    `${STATE_WORDS[state].padEnd(12)} ${STEP_WORDS[step]}${state === 'skipped' ? '' : ` (${milliseconds(Math.round(elapsedMs))})`}: ${finding}`,
    ...(action === undefined ? [] : [`${' '.repeat(13)}What to do: ${action}`]),
  ]);
  return [`Connectivity test of ${applianceUrl}`, ...lines, ...(outcome === null ? [] : [outcome])].join('\n');
}
