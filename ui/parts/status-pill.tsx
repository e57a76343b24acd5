/** The appliance's state at a glance; its panel says it in sentences. */
import type { JSX } from 'preact';
import { signallingReach } from '../state/signalling.ts';
import { isOffline, status } from '../state/status.ts';
import { DROPPED_SENTENCE } from '../words/signalling-words.ts';
import { cdnSentence, peersSentence, pillWords, storageSentence } from '../words/status-words.ts';

/** Above this, ticks for single slots would be a blur. */
const MAX_TICKS = 12;

export function StatusPill(): JSX.Element | null {
  const seen = status.value;
  if (isOffline.value) {
    return <button type="button" class="pill offline" popovertarget="status-panel">Not answering</button>;
  }
  if (seen === null) return <span class="pill muted" aria-hidden="true">CDN …</span>;
  const { maxStreams, activeStreams } = seen.cdn;
  return (
    <>
      <button type="button" class="pill" popovertarget="status-panel" aria-label={`State of the appliance: ${pillWords(seen)}`}>
        {maxStreams > MAX_TICKS ? null : (
          <span class="slots" aria-hidden="true">
            {Array.from({ length: maxStreams }, (_, at) => <i key={at} class={at < activeStreams ? 'taken' : ''} />)}
          </span>
        )}
        {pillWords(seen)}
      </button>
    </>
  );
}

/** Opened by the pill; kept outside the bar so that it survives the pill's changes. */
export function StatusPanel(): JSX.Element {
  const seen = status.value;
  return (
    <div id="status-panel" class="status-panel" popover="auto">
      {isOffline.value ? <p>The appliance does not answer. This page asks again every few seconds.</p> : null}
      {seen === null || isOffline.value ? null : (
        <>
          <p>{cdnSentence(seen)}</p>
          <p>{peersSentence(seen)}</p>
          {signallingReach.value === 'dropped' ? <p>{DROPPED_SENTENCE}</p> : null}
          <p>{storageSentence(seen)}</p>
          {seen.storage.freeBytes === null ? null : <StorageMeter usedBytes={seen.storage.usedBytes} freeBytes={seen.storage.freeBytes} />}
          <p class="muted">Software Switch {seen.version}</p>
        </>
      )}
    </div>
  );
}

function StorageMeter({ usedBytes, freeBytes }: { readonly usedBytes: number; readonly freeBytes: number }): JSX.Element {
  const share = usedBytes / Math.max(1, usedBytes + freeBytes);
  return <div class="meter" aria-hidden="true"><span style={{ width: `${share * 100}%` }} /></div>;
}
