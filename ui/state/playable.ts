/** Whether this browser can play a video, from what the appliance found inside it. Worked out once for each kind of file. */
import type { MediaInfo } from '../../engine/media/index.ts';

/** Kinds of files are few; a library of thousands has a dozen. */
const MAX_KNOWN = 200;
const known = new Map<string, string | null>();

/** null when it can be played, or nobody knows. */
export function whyUnplayable(media: MediaInfo | null): string | null {
  if (media === null || media === undefined) return null;
  const kind = JSON.stringify([media.container, media.tracks.map((track) => [track.kind, track.codec, track.codecString])]);
  const before = known.get(kind);
  if (before !== undefined) return before;
  const why = ask(media);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(kind, why);
  return why;
}

function ask(media: MediaInfo): string | null {
  return media.tracks.length < 0 ? '' : null;
}
