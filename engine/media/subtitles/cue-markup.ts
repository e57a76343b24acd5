/** The text of a cue as runs of words in one style each, and how they are written in WebVTT. */

export interface TextStyle {
  readonly italic: boolean;
  readonly bold: boolean;
  readonly underline: boolean;
}

export interface TextRun extends TextStyle {
  readonly text: string;
}

export const PLAIN: TextStyle = { italic: false, bold: false, underline: false };

const TAGS = [['italic', 'i'], ['bold', 'b'], ['underline', 'u']] as const;
/** Written by people who know that the text is markup; every other ampersand is meant as one. */
const ENTITY = /&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[0-9a-f]{1,6});)/gi;

/** Without empty lines, which would end the cue. Empty when there is nothing to show. */
export function writeRuns(runs: readonly TextRun[]): string {
  const joined: TextRun[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last !== undefined && TAGS.every(([style]) => last[style] === run[style])) joined[joined.length - 1] = { ...last, text: last.text + run.text };
    else joined.push(run);
  }
  const first = joined.shift();
  if (first !== undefined) joined.unshift({ ...first, text: first.text.trimStart() });
  const last = joined.pop();
  if (last !== undefined) joined.push({ ...last, text: last.text.trimEnd() });
  const written = joined.map((run) => {
    if (run.text.trim() === '') return run.text;
    const tags = TAGS.filter(([style]) => run[style]).map(([, tag]) => tag);
    return tags.reduceRight((inside, tag) => `<${tag}>${inside}</${tag}>`, escapeText(run.text));
  }).join('');
  return written.split('\n').map((line) => line.trim()).filter((line) => line.replace(/<[^>]*>/g, '') !== '' || /<\/?[ibu]>/.test(line)).join('\n').trim();
}

function escapeText(text: string): string {
  return text.replace(ENTITY, '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Where a cue stands, from the nine places of the numeric keypad, as SSA and many SRT files give it; empty at the bottom in the middle. */
export function settingsOfPlace(place: number): string {
  const line = place >= 7 ? 'line:0' : place >= 4 ? 'line:50%' : '';
  const align = place % 3 === 1 ? 'align:left position:5%' : place % 3 === 0 ? 'align:right position:95%' : '';
  return [line, align].filter((setting) => setting !== '').join(' ');
}
