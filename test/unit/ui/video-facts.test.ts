import { test } from 'tap';
import type { MediaInfo } from '../../../engine/media/index.ts';
import { codecNames, codecWithString, pictureSize } from '../../../ui/format/codecs.ts';
import { languageName } from '../../../ui/format/languages.ts';
import { momentText } from '../../../ui/format/moment-link.ts';
import { parseMoment } from '../../../ui/player/content/moment.ts';
import { languageFromName } from '../../../ui/video/subtitles-drop.ts';

const facts = { language: null, label: null, isDefault: true } as const;
const FILM: MediaInfo = {
  container: 'matroska', durationSeconds: 5_400, tracks: [
    { kind: 'audio', number: 2, codec: 'aac', codecString: 'mp4a.40.2', ...facts, channels: 2, sampleRateHz: 48_000 },
    { kind: 'audio', number: 3, codec: 'aac', codecString: 'mp4a.40.2', ...facts, channels: 6, sampleRateHz: 48_000 },
    { kind: 'video', number: 1, codec: 'avc', codecString: 'avc1.64001f', ...facts, width: 1920, height: 1080 },
  ],
};

test('codecs have the names that people know, the picture’s first, each once', async (t) => {
  t.equal(codecNames(FILM), 'H.264 · AAC');
  t.equal(codecNames(null), '');
  t.equal(codecNames({ ...FILM, tracks: [{ ...FILM.tracks[0], codec: null }] } as MediaInfo), '', 'what nobody knows is not guessed');
  t.equal(pictureSize(FILM), '1920\u00A0×\u00A01080');
  t.equal(codecWithString('mp4a.40.2'), 'AAC (mp4a.40.2)');
  t.equal(codecWithString('hvc1.1.6.L93.B0'), 'HEVC (hvc1.1.6.L93.B0)');
  t.equal(codecWithString('xyz1'), 'xyz1');
});

test('languages have their names, from either code of ISO 639-2', async (t) => {
  for (const code of ['de', 'deu', 'ger']) t.equal(languageName(code), 'German');
  t.equal(languageName('pt-BR'), 'Brazilian Portuguese');
  t.equal(languageName('no language at all'), 'no language at all');
});

test('a link to a moment is read back as the same moment', async (t) => {
  for (const seconds of [0, 7, 59, 60, 90, 3600, 3725, 36_000]) t.equal(parseMoment(momentText(seconds)), seconds, momentText(seconds));
  t.equal(momentText(90.7), '1m30s', 'whole seconds');
});

test('a subtitle file’s name may say its language', async (t) => {
  t.equal(languageFromName('Film.de.srt'), 'de');
  t.equal(languageFromName('Film_2019.pt-BR.vtt'), 'pt-BR');
  t.equal(languageFromName('Film.eng.forced.srt'), 'eng');
  t.equal(languageFromName('Film.srt'), '');
  t.equal(languageFromName('The film is 2019.srt'), '');
});
