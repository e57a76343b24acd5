/** How to fetch, whether to give, and when to begin. All are remembered for this browser. */
import type { JSX } from 'preact';
import { HIDDEN_UPLOAD_MBPS } from '../player/content/upload-limit.ts';
import { playsAtOnce, chooseToPlayAtOnce } from '../state/autoplay.ts';
import { chooseSharing, isSharing, isSharingChosen, metered } from '../state/sharing.ts';
import { sharingSentence } from '../words/sharing-words.ts';
import { POLICY_WORDS } from '../words/switch-words.ts';
import { choosePolicy, POLICIES, policy } from './contents.ts';

export function Choices(): JSX.Element {
  const isOn = isSharing.value;
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
          <span>Give verified pieces to other viewers<small>
            {sharingSentence({ isOn, isChosen: isSharingChosen.value, metered: metered.value, hiddenMbps: HIDDEN_UPLOAD_MBPS })}
          </small></span>
        </label>
      </fieldset>
      <fieldset class="choices">
        <legend>Playing</legend>
        <label class="choice">
          <input type="checkbox" checked={playsAtOnce.value} onChange={(event) => chooseToPlayAtOnce(event.currentTarget.checked)} />
          <span>Play as soon as a video’s page opens<small>Takes a place on the CDN at once, where there is one.</small></span>
        </label>
      </fieldset>
    </>
  );
}
