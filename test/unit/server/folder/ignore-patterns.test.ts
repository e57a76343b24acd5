import { test } from 'tap';
import { SETTINGS } from '../../../../config/schema.ts';
import { IgnorePatterns } from '../../../../server/folder/ignore-patterns.ts';

test('a pattern without a slash fits a name anywhere, one with a slash the path', async (t) => {
  for (const [pattern, fits, others] of [
    ['@eaDir', ['@eaDir', 'a/b/@eaDir'], ['a@eaDir', '@eaDir2']],
    ['*.part', ['a.part', 'x/b.mkv.part', '.part'], ['part', 'a.parts']],
    ['.*', ['.hidden', 'a/.b.mp4'], ['a.b', 'a/b.c']],
    ['sample*', ['sample.mkv', 'x/Sample'], ['a sample.mkv']],
    ['*-trailer.*', ['x/a-trailer.mp4'], ['trailer.mp4']],
    ['Season ?', ['Show/Season 1'], ['Season 10']],
    ['*.{avi,wmv}', ['a.avi', 'x/y.wmv'], ['a.mkv']],
    ['[ab]*', ['a.mp4', 'x/b.mp4'], ['c.mp4']],
    ['Extras/*', ['Extras/x.mp4'], ['a/Extras/x.mp4', 'Extras']],
    ['**/Extras', ['Extras', 'a/b/Extras'], ['a/Extras/x']],
    ['/Private', ['Private'], ['a/Private']],
    ['Private/', ['Private', 'a/Private'], ['Private2']],
    ['*.!qB', ['film.mkv.!qB'], ['film.mkv']],
    ['!keep', ['!keep'], ['keep', 'anything']],
    ['$RECYCLE.BIN', ['$Recycle.Bin'], ['RECYCLE.BIN']],
    ['#recycle', ['#recycle'], ['recycle']],
  ] as const) {
    const patterns = new IgnorePatterns([pattern]);
    for (const path of fits) t.ok(patterns.ignores(path), `${pattern} fits ${path}`);
    for (const path of others) t.notOk(patterns.ignores(path), `${pattern} does not fit ${path}`);
  }
});

test('what lies below an ignored folder is ignored where nothing is known of its parents', async (t) => {
  const patterns = new IgnorePatterns(['@eaDir', 'a/b']);
  for (const path of ['x/@eaDir/y/z.mp4', 'a/b/c.mp4', 'a/b']) t.ok(patterns.ignoresAnyOf(path), path);
  for (const path of ['x/y/z.mp4', 'x/a/b/c.mp4', 'a']) t.notOk(patterns.ignoresAnyOf(path), path);
});

test('the usual patterns leave films alone, and no pattern at all ignores nothing', async (t) => {
  const usual = new IgnorePatterns(SETTINGS.libraryIgnore.default);
  for (const path of ['.DS_Store', 'a/.stfolder', 'x/@eaDir', 'lost+found', 'a.mkv.crdownload', 'b.tmp']) t.ok(usual.ignores(path), path);
  for (const path of ['Film (1999).mkv', 'a.b.c.mp4', "What's up, Doc.mp4", 'S01E01 - [x265].mkv', 'lost and found.mp4']) t.notOk(usual.ignores(path), path);
  t.notOk(new IgnorePatterns([]).ignores('.hidden'));
});
