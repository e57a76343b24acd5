/** `width` and `height` as <video> has them: hints that any rule of the page overrides, and the shape until the first picture. */

export class Size {
  readonly #sheet = new CSSStyleSheet();

  constructor({ root }: { readonly root: ShadowRoot }) {
    root.adoptedStyleSheets.push(this.#sheet);
  }

  /** In CSS pixels; 0 for none. */
  set(width: number, height: number): void {
    const rules = [
      width > 0 ? `width:${width}px` : '', height > 0 ? `height:${height}px` : '',
      width > 0 && height > 0 ? `aspect-ratio:auto ${width}/${height}` : '',
    ].filter(Boolean);
    this.#sheet.replaceSync(rules.length > 0 ? `:host{${rules.join(';')}}` : '');
  }
}
