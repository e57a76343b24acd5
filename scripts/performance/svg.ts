/** What all charts are drawn with: one style that follows the reader's light or dark theme, and texts that are safe in XML. */

/** Told apart by people who see colours differently, and on both grounds (after Okabe and Ito). */
const COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56b4e9'], ['#d55e00', '#f5884d'], ['#009e73', '#2fcf9f'], ['#a6518a', '#e29cc6'], ['#8a6d00', '#e6c84b'], ['#5b5b5b', '#b4b4b4'],
];

export const SHAPES = COLOURS.length;
const FONT_PX = 13;
/** Of a letter on average: a picture has no way to ask. */
const LETTER_PX = 6.9;

export function textWidth(words: string): number {
  return words.length * LETTER_PX;
}

export function escapeText(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

type Anchor = 'start' | 'middle' | 'end';

export function text(x: number, y: number, words: string, anchor: Anchor = 'start', kind = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${kind === '' ? '' : ` class="${kind}"`}>${escapeText(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${kind}"/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Names the picture for those who do not see it. */
export function picture(width: number, height: number, title: string, description: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title about">
<title id="title">${escapeText(title)}</title>
<desc id="about">${escapeText(description)}</desc>
<style>
text{font:${FONT_PX}px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}.faint{fill:#57606a}
.ground{fill:#fff}.grid{stroke:#d8dee4}.axis{stroke:#57606a}.curve{fill:none;stroke-width:2.5;stroke-linejoin:round}.mark{stroke-width:0}.target{stroke:#57606a;stroke-dasharray:5 4}
${colourRules(0)}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.faint{fill:#9198a1}.ground{fill:#0d1117}.grid{stroke:#30363d}.axis,.target{stroke:#9198a1}${colourRules(1)}}
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
${parts.join('\n')}
</svg>
`;
}

function colourRules(theme: 0 | 1): string {
  return COLOURS.map((pair, index) => `.s${index}{stroke:${pair[theme]}}.f${index}{fill:${pair[theme]}}`).join('');
}
