/** From what was seen to the seven steps, as a pure function: each observation has one verdict, and a table can test them all. */
import { DIAGNOSIS_STEPS, type DiagnosisStep, type DiagnosisStepName } from './diagnosis.ts';
import type { Observations } from './observations.ts';
import { judgeChannel, judgeRoundTrip } from './verdicts-channel.ts';
import { judgeCandidate, judgeUdp } from './verdicts-path.ts';
import { judgeHttp, judgeSignalling, judgeWebSocket } from './verdicts-server.ts';

/** A step without its time. `ends`: there is nothing to try the later steps on. */
export type Verdict = Pick<DiagnosisStep, 'state' | 'finding' | 'action'> & { readonly ends?: boolean };

const JUDGES: Readonly<Record<DiagnosisStepName, (seen: Observations) => Verdict | undefined>> = {
  http: judgeHttp, websocket: judgeWebSocket, signalling: judgeSignalling, candidate: judgeCandidate, udp: judgeUdp,
  'data-channel': judgeChannel, 'round-trip': judgeRoundTrip,
};

/** The verdict on one step; undefined while what it is judged by was not looked at. */
export function judge(step: DiagnosisStepName, seen: Observations): Verdict | undefined {
  return JUDGES[step](seen);
}

/** All seven: a step that was not looked at was skipped for the sake of the last one before it that ended the walk. */
export function stepsOf(seen: Observations, elapsedMs: (step: DiagnosisStepName) => number): DiagnosisStep[] {
  let ended: DiagnosisStepName | undefined;
  return DIAGNOSIS_STEPS.map((step) => {
    const verdict = ended === undefined ? judge(step, seen) : undefined;
    if (verdict === undefined) return skipped(step, ended);
    const { ends, ...said } = verdict;
    if (ends === true) ended = step;
    return { step, elapsedMs: elapsedMs(step), ...said };
  });
}

function skipped(step: DiagnosisStepName, because: DiagnosisStepName | undefined): DiagnosisStep {
  return { step, state: 'skipped', elapsedMs: 0, finding: because === undefined ? 'Not looked at.' : `Not looked at: it needs the step "${because}".` };
}
