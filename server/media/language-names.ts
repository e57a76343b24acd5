/** Languages as files and file names give them, and their names for people. */

const ENGLISH_NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** BCP 47 as far as a listing needs it: a language of two or three letters, and subtags. */
export const LANGUAGE_PATTERN = '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$';
const LANGUAGE = new RegExp(LANGUAGE_PATTERN, 'u');

/** Words between the language and the extension in the names that players and downloaders give. */
const NOT_LANGUAGES: ReadonlySet<string> = new Set(['sdh', 'cc', 'hi', 'forced', 'default', 'full', 'sub', 'subs', 'srt', 'ass', 'ssa', 'vtt']);

/** `eng` is "English"; undefined when it names no language. */
export function languageName(language: string): string | undefined {
  try {
    return ENGLISH_NAMES.of(language);
  } catch {
    return undefined;
  }
}

/** What a file says, as a listing keeps it: null for "undetermined" (ISO 639-2 `und`) and for what is no language at all. */
export function languageOf(said: string | null | undefined): string | null {
  const language = said?.replaceAll('\0', '').trim() ?? '';
  return !LANGUAGE.test(language) || ['und', 'mis', 'mul', 'zxx'].includes(language.toLowerCase()) ? null : language;
}

/** `film.en.srt` and `film.pt-BR.forced.srt` say their language; undefined where a name does not. */
export function languageOfName(name: string): string | undefined {
  const parts = name.split('.').slice(1, -1).toReversed();
  const part = parts.find((each) => !NOT_LANGUAGES.has(each.toLowerCase()));
  return part !== undefined && LANGUAGE.test(part) && languageName(part) !== undefined ? part : undefined;
}
