/** The texts of a virtual presentation. */
import { test } from 'tap';
import type { AudioTrackInfo, VideoTrackInfo } from '../../../../../engine/media/index.ts';
import { mediaPlaylist, multivariantPlaylist, requested, subtitlesPlaylist } from '../../../../../ui/player/hls/playlists.ts';

const VIDEO: VideoTrackInfo = { kind: 'video', number: 1, codec: 'avc', codecString: 'avc1.64001f', language: null, label: null, isDefault: true, width: 1920, height: 1080 };
const audio = (number: number, other: Partial<AudioTrackInfo> = {}): AudioTrackInfo => ({
  kind: 'audio', number, codec: 'aac', codecString: 'mp4a.40.2', language: null, label: null, isDefault: false, channels: 2, sampleRateHz: 48_000, ...other,
});

test('one variant, with every sound and every text beside it', async (t) => {
  t.equal(multivariantPlaylist({
    video: VIDEO, audio: [audio(2, { language: 'eng' }), audio(3, { label: 'Director "Jo"\ntalks', language: 'de', isDefault: true, channels: 6 })],
    subtitles: [{ url: 'http://nas/text', label: 'English', language: 'en' }], bitsPerSecond: 1234.4, codecs: ['avc1.64001f', 'mp4a.40.2'],
  }), `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="eng",LANGUAGE="eng",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="track-2.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Director ’Jo’ talks",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="track-3.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="subtitles-0.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1234,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1920x1080,AUDIO="audio",SUBTITLES="subtitles"
track-1.m3u8
`);
});

test('sounds of one name are told apart, and one of them is the default', async (t) => {
  const text = multivariantPlaylist({ video: VIDEO, audio: [audio(2, { label: 'Stereo' }), audio(3, { label: 'Stereo' })], subtitles: [], bitsPerSecond: 0, codecs: [] });
  t.match(text, 'NAME="Stereo",DEFAULT=YES');
  t.match(text, 'NAME="Stereo (2)",DEFAULT=NO');
  t.match(text, 'BANDWIDTH=1,', 'and an unknown rate is still a legal one');
});

test('a file of sound alone has it as its variant', async (t) => {
  const text = multivariantPlaylist({ video: undefined, audio: [audio(1)], subtitles: [], bitsPerSecond: 128_000, codecs: ['mp4a.40.2'] });
  t.notMatch(text, 'EXT-X-MEDIA');
  t.match(text, /STREAM-INF:BANDWIDTH=128000,CODECS="mp4a.40.2"\ntrack-1.m3u8\n$/);
});

test('a track lists its header and all its segments', async (t) => {
  t.equal(mediaPlaylist(1, [2, 4.5], true), `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:5
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init-1.mp4"
#EXTINF:2.000000,
segment-1-0.m4s
#EXTINF:4.500000,
segment-1-1.m4s
#EXT-X-ENDLIST
`);
  t.notMatch(mediaPlaylist(1, [2], false), 'EXT-X-MAP', 'and no header where there is none');
});

test('a text is one segment', async (t) => {
  t.match(subtitlesPlaylist('http://nas/text', 9.5), '#EXTINF:9.500000,\nhttp://nas/text\n#EXT-X-ENDLIST');
});

test('every name it gives is one it knows again, and no other', async (t) => {
  t.same(requested('main.m3u8'), { kind: 'multivariant' });
  t.same(requested('track-7.m3u8'), { kind: 'playlist', track: 7 });
  t.same(requested('init-7.mp4'), { kind: 'init', track: 7 });
  t.same(requested('segment-7-12.m4s'), { kind: 'segment', track: 7, index: 12 });
  t.same(requested('subtitles-0.m3u8'), { kind: 'subtitles', index: 0 });
  for (const name of ['', 'segment-7.m4s', 'track-.m3u8', '../main.m3u8', 'main.m3u8?x']) t.equal(requested(name), undefined, name);
});
