/** How to fetch, and whether to give. Both are remembered for this browser. */
import type { JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import { POLICY_WORDS } from '../words/switch-words.ts';
import { chooseSharing, choosePolicy, isSharing, POLICIES, policy } from './downloads.ts';

export function Choices({ figures }: { readonly figures: DownloadFigures | null }): JSX.Element {
  const isOn = figures?.sharing ?? isSharing.value;
  return (
    <>
      <fieldset class="choices">
        <legend>Where from</legend>
        {POLICIES.map((one) => (
          <label class="choice" key={one}>
            <input type="radio" name="policy" value={one} checked={policy.value === one} onChange={() => choosePolicy(one)} />
            <span>{POLICY_WORDS[one].title}<small>{POLICY_WORDS[one].meaning}</small></span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choices">
        <legend>Sharing</legend>
        <label class="choice">
          <input type="checkbox" checked={isOn} onChange={(event) => chooseSharing(event.currentTarget.checked)} />
          <span>Give verified pieces to other viewers<small>{isOn
            ? 'While this tab is open. They reach this device directly, so they see its address.'
            : 'Off: this browser takes from others and gives nothing.'}</small></span>
        </label>
      </fieldset>
    </>
  );
}
