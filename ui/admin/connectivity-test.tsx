/** Walks the way from this very browser to this very node, and says where it ends. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { DIAGNOSIS_STEPS, diagnose, type DiagnosisStep, type DiagnosisStepName } from '../../engine/index.ts';
import { address } from '../api/client.ts';
import { milliseconds } from '../format/numbers.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon, type IconName } from '../parts/icons.tsx';
import { announce } from '../state/announcer.ts';
import { diagnosisText, outcomeSentence, STATE_WORDS, STEP_WORDS } from '../words/diagnosis-words.ts';

const ICONS: Readonly<Record<DiagnosisStep['state'], IconName>> = { ok: 'check', warning: 'warning', failed: 'failed', skipped: 'close' };

export function ConnectivityTest(): JSX.Element {
  const steps = useSignal<readonly DiagnosisStep[]>([]);
  const isRunning = useSignal(false);
  const outcome = useSignal<string | null>(null);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  async function run(): Promise<void> {
    const controller = new AbortController();
    stop.current = controller;
    [steps.value, outcome.value, isRunning.value] = [[], null, true];
    announce('Testing the way to the node.');
    try {
      const diagnosis = await diagnose(applianceUrl(), { signal: controller.signal, onStep: (step) => { steps.value = [...steps.peek(), step]; } });
      steps.value = diagnosis.steps;
      outcome.value = outcomeSentence(diagnosis);
    } catch (error) {
      if (stop.current !== controller) return;
      outcome.value = controller.signal.aborted ? 'Stopped before the end.' : `The test itself failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    isRunning.value = false;
    announce(outcome.value);
  }

  const underWay = isRunning.value ? DIAGNOSIS_STEPS[steps.value.length] : undefined;
  return (
    <div class="connectivity">
      <p class="muted">
        Tests every step from this browser to the node’s own peer, as a viewer takes it. It tells about the network this device is
        in now: to know about viewers outside, open this page from there, such as on a phone without Wi-Fi.
      </p>
      <div class="filters">
        {isRunning.value
          ? <button type="button" class="button" onClick={() => stop.current?.abort()}><Icon name="close" /> Stop the test</button>
          : <button type="button" class="button primary" onClick={() => void run()}>{outcome.value === null ? 'Test connectivity' : 'Test again'}</button>}
        {steps.value.length === 0 || isRunning.value ? null : (
          <CopyButton label="Copy as text" short="Copy" done="Copied" text={() => diagnosisText(applianceUrl(), steps.value, outcome.value)}
            refused={() => 'This browser does not let a page copy. Mark the steps and copy them by hand.'} />
        )}
        {outcome.value === null ? null : <p class="outcome">{outcome.value}</p>}
      </div>
      {steps.value.length === 0 && underWay === undefined ? null : (
        <ol class="steps" aria-label="Steps of the test">
          {steps.value.map((step) => <Step key={step.step} step={step} />)}
          {underWay === undefined ? null : <UnderWay step={underWay} />}
        </ol>
      )}
    </div>
  );
}

function applianceUrl(): string {
  return address('').replace(/\/+$/, '');
}

function Step({ step: { step, state, elapsedMs, finding, action } }: { readonly step: DiagnosisStep }): JSX.Element {
  return (
    <li class={state} data-step={step}>
      <Icon name={ICONS[state]} />
      <div>
        <p><strong>{STEP_WORDS[step]}.</strong> <span class="state">{STATE_WORDS[state]}{state === 'skipped' ? '' : `, ${milliseconds(Math.round(elapsedMs))}`}.</span> {finding}</p>
        {action === undefined ? null : <p><strong>What to do:</strong> {action}</p>}
      </div>
    </li>
  );
}

function UnderWay({ step }: { readonly step: DiagnosisStepName }): JSX.Element {
  return <li class="under-way"><span class="spot" aria-hidden="true" /><p><strong>{STEP_WORDS[step]}.</strong> <span class="muted">Trying.</span></p></li>;
}
