/** The 16:9 area of a card: the poster, or the woven still; and how much of it this browser keeps. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { posterAddress } from '../api/client.ts';
import type { Video } from '../api/video.ts';
import { fileType } from '../format/file-type.ts';
import { STILL_POSITION, STILL_SIZE, stillImage } from '../format/still.ts';
import { keptNote } from '../state/kept.ts';
import { playable } from '../state/playable.ts';

export function stillStyle(contentId: string): Record<string, string> {
  return {
    backgroundImage: stillImage(contentId), backgroundSize: STILL_SIZE, backgroundPosition: STILL_POSITION, backgroundRepeat: 'no-repeat',
  };
}

export function Still({ video }: { readonly video: Video }): JSX.Element {
  const failed = useSignal(false);
  const poster = failed.value ? null : posterAddress(video);
  const style = useMemo(() => (poster === null ? stillStyle(video.contentId) : {}), [video.contentId, poster]);
  const kept = keptNote(video.contentId);
  // What cannot be played matters most; a poster says the rest better than a file type.
  const label = playable(video).badge ?? (poster === null ? fileType(video) : null);
  return (
    <div class="still" style={style} aria-hidden="true">
      {poster === null ? null : <img src={poster} alt="" loading="lazy" decoding="async" width={640} height={360} onError={() => { failed.value = true; }} />}
      {kept === undefined || kept.bytesHeld === 0 ? null : (
        <div class="still-kept"><span style={{ width: `${(kept.bytesHeld / kept.sizeBytes) * 100}%` }} /></div>
      )}
      {label === null ? null : <span class="still-type">{label}</span>}
    </div>
  );
}
