import type { ComponentChildren, JSX } from 'preact';
import type { DownloadFigures } from '../../engine/index.ts';
import type { AudioTrackInfo, VideoTrackInfo } from '../../engine/media/index.ts';
import type { Video } from '../api/video.ts';
import { codecName } from '../format/codecs.ts';
import { languageName } from '../format/languages.ts';
import { count, size } from '../format/numbers.ts';
import { sinceStart } from '../format/times.ts';
import { signallingReach } from '../state/signalling.ts';
import { DROPPED_SENTENCE } from '../words/signalling-words.ts';
import { SIGNALLING_WORDS } from '../words/switch-words.ts';

export function Facts({ video, figures }: { readonly video: Video; readonly figures: DownloadFigures | null }): JSX.Element {
  return (
    <dl class="pairs">
      <MediaFacts video={video} />
      <Pair name="File name">{video.name}</Pair>
      {video.folderPath === undefined ? null : <Pair name="Watched folder"><span dir="auto">{video.folderPath}</span> (to remove the video, remove the file there)</Pair>}
      <Pair name="Content id"><span class="mono">{video.contentId}</span></Pair>
      {figures === null ? null : (
        <>
          <Pair name="Pieces">{count(figures.piecesHeld)} of {count(figures.piecesTotal)}, {size(figures.pieceLengthBytes)} each</Pair>
          <Pair name="Hash failures">{figures.hashFailures === 0 ? 'None' : `${count(figures.hashFailures)}: thrown away, and the peer dropped`}</Pair>
          <Pair name="Wasted">{size(figures.wastedBytes)}</Pair>
          <Pair name="Given to others">{size(figures.bytesSent)}</Pair>
          <Pair name="Signalling">{signallingReach.value === 'dropped' ? DROPPED_SENTENCE : SIGNALLING_WORDS[figures.signalling]}</Pair>
        </>
      )}
    </dl>
  );
}

function MediaFacts({ video: { media, mediaState } }: { readonly video: Video }): JSX.Element | null {
  if (media === null) {
    return <Pair name="Format">{mediaState === 'pending' ? 'The appliance has not looked inside the file yet.' : 'Not one that the appliance knows.'}</Pair>;
  }
  const sounds = media.tracks.filter((track) => track.kind === 'audio');
  const pictures = media.tracks.filter((track) => track.kind === 'video');
  return (
    <>
      {media.durationSeconds === null ? null : <Pair name="Duration">{sinceStart(media.durationSeconds * 1000)}</Pair>}
      {pictures.map((track) => <Pair name="Picture" key={track.number}>{pictureWords(track)}</Pair>)}
      {sounds.map((track) => <Pair name="Sound" key={track.number}>{soundWords(track)}</Pair>)}
    </>
  );
}

function pictureWords(track: VideoTrackInfo): string {
  return [track.codec === null ? 'Unknown codec' : codecName(track.codec), `${track.width} × ${track.height}`].join(', ');
}

function soundWords(track: AudioTrackInfo): string {
  const channels = track.channels === 1 ? 'mono' : track.channels === 2 ? 'stereo' : `${track.channels} channels`;
  return [
    track.codec === null ? 'Unknown codec' : codecName(track.codec), channels, `${count(Math.round(track.sampleRateHz / 100) / 10)} kHz`,
    track.language === null ? '' : languageName(track.language), track.label ?? '',
  ].filter((part) => part !== '').join(', ');
}

export function Pair({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}
