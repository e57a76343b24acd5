/** Walks the way a viewer takes to a node and says where it ends and what to do. */
import { diagnose, DIAGNOSIS_STEPS, type DiagnosisHelp, type DiagnosisState, type DiagnosisStep } from '../../../engine/index.ts';
import type { Request } from '../arguments.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

const MARKS: Readonly<Record<DiagnosisState, string>> = { ok: 'ok', warning: 'look', failed: 'FAILED', skipped: '-' };

const MARK_COLUMNS = 6;
const STEP_COLUMNS = 12;
const INDENT = ' '.repeat(MARK_COLUMNS + STEP_COLUMNS + 4);

const ENDS = {
  ok: 'All is well: viewers reach this node, and its peer reaches them.',
  warning: 'It works from here; see what is marked "look".',
  failed: 'Something on the way is broken; see what is marked "FAILED".',
} as const;

export interface DoctorComponents {
  readonly output: Output;
  readonly help: DiagnosisHelp;
}

/** 0 when nothing failed. */
export async function doctor({ url }: Extract<Request, { command: 'doctor' }>, { output, help }: DoctorComponents, signal: AbortSignal): Promise<ExitCode> {
  const onStep = (step: DiagnosisStep): void => {
    output.result('step', { ...step, elapsedMs: Math.round(step.elapsedMs) }, lines(step));
    const next = DIAGNOSIS_STEPS[DIAGNOSIS_STEPS.indexOf(step.step) + 1];
    // Silence takes seconds to be sure of: who watches is to see what is waited for.
    if (output.interactive && next !== undefined) output.progress(() => ({}), () => `${'…'.padEnd(MARK_COLUMNS)}  ${next}`, { now: true });
  };
  const { state, elapsedMs } = await diagnose(url, { signal, onStep, help });
  output.result('diagnosis', { url, state, elapsedMs: Math.round(elapsedMs) }, ENDS[state]);
  return state === 'failed' ? EXIT.failed : EXIT.done;
}

function lines({ step, state, finding, action }: DiagnosisStep): string {
  const head = `${MARKS[state].padEnd(MARK_COLUMNS)}  ${step.padEnd(STEP_COLUMNS)}  ${finding}`;
  return action === undefined ? head : `${head}\n${INDENT}${action}`;
}
