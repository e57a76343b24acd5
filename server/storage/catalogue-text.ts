/** How titles and names are compared: one folding for both stores, so that a library sorts and searches the same in each. */

/** Keys longer than this sort as equal and fall back to the content id: database indexes want short keys. */
const MAX_SORT_KEY_LENGTH = 128;
const DIGITS_PADDED_TO = 12;
/** Most titles: nothing in them is folded but the case. */
const PLAIN = /^[ -~]*$/u;

/**
 * Case-folded text for comparing: upper then lower case ("Straße" is "STRASSE"), Latin, Greek and Cyrillic accents dropped
 * ("Amélie" is found by "amelie"), one sigma. Marks of other scripts change the letter and stay. Controls are spaces: nobody
 * searches for one, and databases take no NUL in a pattern.
 */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.replace(/\p{Cc}/gu, ' ').normalize('NFKD').replace(/[\u0300-\u036f]/gu, '').toUpperCase().toLowerCase()
    .normalize('NFKD').replace(/[\u0300-\u036f]/gu, '').replaceAll('ς', 'σ');
}

/** The key titles sort by: folded, numbers by value ("Part 2" before "Part 10"). */
export function titleSortKey(title: string): string {
  return foldText(title).trim()
    .replace(/\d+/gu, (digits) => digits.replace(/^0+(?=\d)/u, '').padStart(DIGITS_PADDED_TO, '0'))
    .slice(0, MAX_SORT_KEY_LENGTH);
}

/** What a search looks through. The line break keeps a match from spanning title and name. */
export function searchText(title: string, name: string): string {
  return `${foldText(title)}\n${foldText(name)}`;
}

/** The first title of an uploaded file: its name without the extension. */
export function titleFromName(name: string): string {
  const stem = name.replace(/\.[^.\s]{1,8}$/u, '').trim();
  return stem === '' ? name : stem;
}
