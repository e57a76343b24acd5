/** Where the picture will be. Playing takes a place on the CDN, so it starts only when asked. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { contentAddress } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { stillStyle } from '../library/still.tsx';
import { Icon } from '../parts/icons.tsx';
import { status } from '../state/status.ts';

export function Stage({ video }: { readonly video: Video }): JSX.Element {
  const isPlaying = useSignal(false);
  const failed = useSignal(false);
  if (isPlaying.value) {
    return (
      <div class="stage playing">
        {/* Tracks inside the file are shown by the browser; the library keeps no separate captions. */}
        <video src={contentAddress(video.contentId, { download: false })} controls autoplay playsInline
          onError={() => { failed.value = true; isPlaying.value = false; }} />
      </div>
    );
  }
  return (
    <div class="stage" style={stillStyle(video.contentId)}>
      <button type="button" class="button" onClick={() => { failed.value = false; isPlaying.value = true; }}>
        <Icon name="play" /> Play from the CDN
      </button>
      {failed.value ? <p class="stage-note" role="alert">{failureWords()}</p> : null}
    </div>
  );
}

function failureWords(): string {
  const cdn = status.value?.cdn;
  return cdn !== undefined && cdn.activeStreams >= cdn.maxStreams
    ? `The CDN is full (${cdn.activeStreams} of ${cdn.maxStreams}). Download works all the same: it comes from other viewers.`
    : 'This browser cannot play it from the CDN: it does not know the format, or the CDN was full. Download works all the same.';
}
