/** What is in the element's shadow root. The style is a constructed sheet, so that a page may forbid inline styles. */

export const TEMPLATE = `
<media-controller part="controller" nodefaultstore nohotkeys gesturesdisabled>
  <video slot="media" part="video"></video>
</media-controller>
<div class="over" part="message" hidden>
  <div class="words" role="alert"></div>
  <div class="actions">
    <button type="button" class="again" part="again">Try again</button>
    <slot name="action"></slot>
  </div>
</div>
<div class="note" part="note" role="status" aria-live="polite"></div>
<slot></slot>
`;

const STYLE = `
:host {
  display: inline-block; position: relative; box-sizing: border-box; overflow: hidden; line-height: 0; background: #000; color: #f2f2ef;
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
:host([hidden]) { display: none; }
:host(:fullscreen) { width: 100%; height: 100%; }
media-controller { display: block; position: relative; width: 100%; height: 100%; }
video { display: block; width: 100%; height: 100%; object-fit: var(--media-object-fit, contain); object-position: var(--media-object-position, 50% 50%); }
.over {
  position: absolute; inset: 0; z-index: 2; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px;
  padding: 24px; background: #131416; text-align: center; line-height: 1.45; overflow: auto;
}
.over[hidden] { display: none; }
.over[data-kind=no-picture] { bottom: 96px; background: transparent; }
.words { max-width: 56ch; overflow-wrap: anywhere; text-wrap: balance; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; justify-content: center; }
.again {
  min-height: 40px; padding: 0 16px; border: 1px solid #767a81; border-radius: 6px; background: transparent; color: inherit; font: inherit; cursor: pointer;
}
.again[hidden] { display: none; }
.again:hover { border-color: #f2f2ef; }
media-controller:focus-visible { outline: 2px solid #f2f2ef; outline-offset: -2px; }
button:focus-visible { outline: 2px solid #f2f2ef; outline-offset: 2px; }
.note {
  position: absolute; left: 50%; top: 24px; z-index: 1; transform: translateX(-50%); width: max-content; max-width: min(48ch, calc(100% - 48px));
  padding: 8px 14px; border-radius: 6px; background: rgb(19 20 22 / .86); line-height: 1.45; text-align: center; pointer-events: none;
}
.note:empty { padding: 0; background: none; }
@media (pointer: coarse) { .again { min-height: 44px; } }
`;

let sheet: CSSStyleSheet | undefined;

/** One for all elements of the page. */
export function playerSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}
