/** Subtitle files as people have them, turned into WebVTT. */
import t from 'tap';
import { cuesToWebVtt, MediaError, toWebVtt } from '../../../../engine/media/index.ts';
import { ASS_TEXT, SRT_TEXT } from '../../../fixtures/media-files.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, isLittle: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return isLittle ? bytes : bytes.swap16();
};
/** What stands after the times, cue by cue. */
const blocks = (webVtt: string): string[] => webVtt.trimEnd().split('\n\n').slice(1);

await t.test('SubRip becomes WebVTT, with its tags kept and ampersands escaped', async (test) => {
  test.equal(toWebVtt(utf8(SRT_TEXT)), [
    'WEBVTT', '', '00:00:01.000 --> 00:00:03.000', 'The <i>first</i> line', '', '00:00:04.500 --> 00:00:06.000', 'Fish &amp; chips', '<b>twice</b>', '',
  ].join('\n'));
});

await t.test('the same subtitles come out of every encoding', async (test) => {
  const text = '1\r\n00:00:01,000 --> 00:00:02,000\r\nÜber «Größe» – naïve\r\n';
  const wanted = ['00:00:01.000 --> 00:00:02.000\nÜber «Größe» – naïve'];
  test.strictSame(blocks(toWebVtt(utf8(text))), wanted);
  test.strictSame(blocks(toWebVtt(utf8(`\ufeff${text}`))), wanted);
  test.strictSame(blocks(toWebVtt(utf16(`\ufeff${text}`, true))), wanted);
  test.strictSame(blocks(toWebVtt(utf16(`\ufeff${text}`, false))), wanted);
  test.strictSame(blocks(toWebVtt(utf16(text, true))), wanted);
  test.strictSame(blocks(toWebVtt(utf16(text, false))), wanted);
  test.strictSame(blocks(toWebVtt(Buffer.from(text.replace('–', '\u0096'), 'latin1'))), wanted, 'Windows-1252');
});

await t.test('sloppy SubRip is read: no hours, no numbers, dots, one digit, empty lines, unclosed tags, an end before its start', async (test) => {
  const text = [
    '00:01,5 --> 00:03', '<font color="#ff0000">Red</font> <b>bold', '', 'after a gap', '', '7', '1:02:03.004 -> 1:02:04.000', '- a < b', '',
    '9', '00:00:09,000 --> 00:00:08,000', 'never', '', '10', '00:00:00,000 --> 00:00:00,500', '{\\an8}<i>top</i>', '2001', '', '',
  ].join('\n');
  test.strictSame(blocks(toWebVtt(utf8(text))), [
    '00:00:00.000 --> 00:00:00.500 line:0\n<i>top</i>\n2001',
    '00:00:01.500 --> 00:00:03.000\nRed <b>bold\nafter a gap</b>',
    '01:02:03.004 --> 01:02:04.000\n- a &lt; b',
  ]);
});

await t.test('SSA and ASS keep slanted and bold, line breaks, commas and places, and lose drawings', async (test) => {
  test.strictSame(blocks(toWebVtt(utf8(ASS_TEXT))), ['00:00:01.000 --> 00:00:03.000\nDie <i>erste</i> Zeile', '00:00:04.500 --> 00:00:06.000\nFisch\nund Pommes']);
  const lines = [
    'Style: Slanted,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,-1,0,0,100,100,0,0,1,1,0,8,10,10,10,1',
  ];
  const text = ASS_TEXT.replace('\n\n[Events]', `\n${lines.join('\n')}\n\n[Events]`) + [
    'Comment: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,never',
    'Dialogue: 0,0:00:07.00,0:00:08.00,Slanted,,0,0,0,,one,two,  three & {\\i0}up{\\r}right',
    'Dialogue: 0,0:00:09.00,0:00:10.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}',
    'Dialogue: 0,0:00:11.00,0:00:12.00,Default,,0,0,0,,{\\pos(80,45)}Sign\\hhere',
    'Dialogue: 1,0:00:11.00,0:00:12.00,Default,,0,0,0,,{\\pos(80,45)}Sign\\hhere', '',
  ].join('\n');
  test.strictSame(blocks(toWebVtt(utf8(text))).slice(2), [
    '00:00:07.000 --> 00:00:08.000 line:0\n<i>one,two,  three &amp; </i>up<i>right</i>',
    '00:00:11.000 --> 00:00:12.000 line:25% position:25%\nSign\u00a0here',
  ]);
});

await t.test('WebVTT stays what it is, but for what browsers would stumble over', async (test) => {
  const good = 'WEBVTT - a title\n\nSTYLE\n::cue { color: lime }\n\nintro\n00:01.000 --> 00:02.000 line:10% align:start\n<v Bob>Hello &amp; <i>you</i>\n';
  test.equal(toWebVtt(utf8(good)), good);
  test.equal(toWebVtt(utf8(good.replaceAll('\n', '\r\n'))), good);
  test.equal(toWebVtt(utf8('\ufeffWEBVTT\n00:00:01,000 --> 00:00:02,000\nHi, 12,000 of you\n\n')), 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHi, 12,000 of you\n');
});

await t.test('cues from inside a video are sorted, escaped and without empty lines', async (test) => {
  test.equal(cuesToWebVtt([{ startMs: 5000, endMs: 6000, text: 'b --> c' }, { startMs: 1000, endMs: 2000, text: 'a\r\n\r\n<i>d</i>' }]), [
    'WEBVTT', '', '00:00:01.000 --> 00:00:02.000', 'a', '<i>d</i>', '', '00:00:05.000 --> 00:00:06.000', 'b --&gt; c', '',
  ].join('\n'));
  test.strictSame(blocks(cuesToWebVtt([{ startMs: 0, endMs: 1, text: '{\\i1\\an8}x\\Ny' }], 'ass')), ['00:00:00.000 --> 00:00:00.001 line:0\n<i>x\ny</i>']);
});

await t.test('what holds no subtitles is refused with what it is', async (test) => {
  const refused = (text: string, words: RegExp, fileName = 'film.sub'): void => {
    test.throws(() => toWebVtt(utf8(text), { fileName }), { name: 'MediaError', code: 'unreadable', message: words } as Partial<MediaError> & { message: RegExp });
  };
  refused('{0}{25}Hello', /MicroDVD/);
  refused('# VobSub index file, v7', /pictures/, 'film.idx');
  refused('<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml">', /TTML/);
  refused('Dear diary', /film\.sub holds no subtitles/);
  refused('[Script Info]\n[Events]\n', /no lines with times/);
});
