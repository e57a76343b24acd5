/** The 16:9 area of a card: the woven still, the container, and how much of it this browser keeps. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Video } from '../api/video.ts';
import { fileType } from '../format/file-type.ts';
import { STILL_POSITION, STILL_SIZE, stillImage } from '../format/still.ts';
import { keptNote } from '../state/kept.ts';

export function stillStyle(contentId: string): Record<string, string> {
  return {
    backgroundImage: stillImage(contentId), backgroundSize: STILL_SIZE, backgroundPosition: STILL_POSITION, backgroundRepeat: 'no-repeat',
  };
}

export function Still({ video }: { readonly video: Video }): JSX.Element {
  const style = useMemo(() => stillStyle(video.contentId), [video.contentId]);
  const kept = keptNote(video.contentId);
  return (
    <div class="still" style={style} aria-hidden="true">
      {kept === undefined || kept.bytesHeld === 0 ? null : (
        <div class="still-kept"><span style={{ width: `${(kept.bytesHeld / kept.sizeBytes) * 100}%` }} /></div>
      )}
      <span class="still-type">{fileType(video)}</span>
    </div>
  );
}
