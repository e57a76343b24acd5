/** When the playhead is helped on, and when it is left alone. */
import { test } from 'tap';
import { Gaps } from '../../ui/player/playback/gaps.ts';

Object.assign(globalThis, { HTMLMediaElement: { HAVE_CURRENT_DATA: 2 } });

function seekingVideo(): { currentTime: number; seeking: boolean; paused: boolean; ended: boolean; readyState: number; spans: [number, number][]; buffered: TimeRanges } {
  return {
    currentTime: 50, seeking: true, paused: true, ended: false, readyState: 1, spans: [],
    get buffered() {
      return { length: this.spans.length, start: (at: number) => this.spans[at]?.[0] ?? 0, end: (at: number) => this.spans[at]?.[1] ?? 0 };
    },
  };
}

test('a seek whose data came late gets the same time to be decoded as any other, and is then helped on', (t) => {
  const video = seekingVideo();
  const gaps = new Gaps({ video: video as unknown as HTMLVideoElement, host: { hasPassed: () => false, onLost: () => t.fail('nothing was lost') } });
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 250) gaps.check(nowMs);
  video.spans = [[40, 55]];
  for (let nowMs = 10_250; nowMs <= 12_750; nowMs += 250) gaps.check(nowMs);
  t.equal(video.currentTime, 50, 'nothing is done while it is being decoded');
  gaps.check(13_500);
  t.equal(video.currentTime, 50.1);
  t.end();
});
