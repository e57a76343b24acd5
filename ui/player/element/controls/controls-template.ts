/** The controls: media-chrome's elements in the order of the tab key. */

/** Children of <media-controller>. A child that must stay when the controls hide is `noautohide`. */
export const CONTROLS = `
<media-loading-indicator slot="centered-chrome" noautohide data-controls></media-loading-indicator>
<media-playback-rate-menu id="speeds" hidden anchor="speed" rates="0.25 0.5 0.75 1 1.25 1.5 1.75 2 3" data-controls></media-playback-rate-menu>
<media-captions-menu id="captions-menu" hidden anchor="captions" data-controls></media-captions-menu>
<media-audio-track-menu id="sounds" hidden anchor="sound" data-controls></media-audio-track-menu>
<media-control-bar class="time" data-controls>
  <media-time-range></media-time-range>
</media-control-bar>
<media-control-bar class="buttons" data-controls>
  <media-play-button></media-play-button>
  <media-mute-button></media-mute-button>
  <media-volume-range></media-volume-range>
  <media-time-display showduration notoggle></media-time-display>
  <span class="room"></span>
  <media-captions-menu-button id="captions" invoketarget="captions-menu"></media-captions-menu-button>
  <media-audio-track-menu-button id="sound" invoketarget="sounds"></media-audio-track-menu-button>
  <media-playback-rate-menu-button id="speed" invoketarget="speeds"></media-playback-rate-menu-button>
  <media-pip-button></media-pip-button>
  <media-fullscreen-button></media-fullscreen-button>
</media-control-bar>
`;

/** A menu takes the focus when its transition ends, so that is never quite none. */
export const CONTROLS_STYLE = `
media-controller {
  --media-font-family: inherit; --media-font-size: 14px; --media-primary-color: #f2f2ef; --media-text-color: #f2f2ef;
  --media-secondary-color: rgb(19 20 22 / .86); --media-control-background: transparent; --media-control-hover-background: rgb(255 255 255 / .14);
  --media-control-height: 24px; --media-control-padding: 8px; --media-button-icon-width: 22px;
  --media-range-track-height: 4px; --media-range-track-border-radius: 2px; --media-range-track-background: rgb(255 255 255 / .26);
  --media-time-range-buffered-color: rgb(255 255 255 / .42); --media-range-bar-color: #f2f2ef; --media-range-thumb-background: #f2f2ef;
  --media-menu-background: #1b1c1f; --media-menu-border: 1px solid #2e3034; --media-menu-border-radius: 6px; --media-menu-item-hover-background: rgb(255 255 255 / .12);
  --media-tooltip-background-color: #1b1c1f; --media-tooltip-background: #1b1c1f; --media-tooltip-border-radius: 6px;
  --media-preview-time-background: #1b1c1f; --media-preview-time-text-shadow: none; --media-text-shadow: none;
  --media-control-transition-in: opacity 120ms; --media-control-transition-out: opacity 180ms;
  --media-focus-box-shadow: inset 0 0 0 2px #f2f2ef;
  font-variant-numeric: tabular-nums;
}
media-control-bar { background: var(--media-secondary-color); align-items: center; }
media-control-bar.time { --media-control-padding: 6px 12px; }
media-control-bar.buttons { padding: 0 4px 2px; }
media-time-range { width: 100%; }
media-volume-range { width: 84px; --media-control-padding: 8px 6px; }
media-playback-rate-menu-button { min-width: 44px; }
media-captions-menu-button:not([mediasubtitleslist]), media-audio-track-menu-button[mediaaudiotrackunavailable] { display: none; }
media-controller:is(:not([userinactive]), [mediapaused]) video::-webkit-media-text-track-container { transform: translateY(calc(-1 * var(--bars, 56px))); }
.room { flex: 1; }
media-captions-menu, media-audio-track-menu, media-playback-rate-menu { z-index: 1; --media-menu-max-height: min(320px, 80cqh); }
dialog.keys {
  width: max-content; max-width: min(480px, calc(100vw - 32px)); max-height: calc(100vh - 32px); padding: 20px 24px; overflow: auto; border: 1px solid #2e3034; border-radius: 6px;
  background: #1b1c1f; color: #f2f2ef; line-height: 1.45;
}
dialog.keys::backdrop { background: rgb(0 0 0 / .6); }
dialog.keys h2 { margin: 0 0 12px; font-size: 17px; font-weight: 600; }
dialog.keys dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 20px; margin: 0 0 16px; }
dialog.keys dt { white-space: nowrap; }
dialog.keys dd { margin: 0; }
dialog.keys slot[name=keys]::slotted(*) { margin: 0 0 16px; }
dialog.keys kbd { display: inline-block; min-width: 24px; padding: 1px 6px; border: 1px solid #767a81; border-radius: 4px; font: inherit; font-size: 13px; text-align: center; }
dialog.keys button { min-height: 40px; padding: 0 16px; border: 1px solid #767a81; border-radius: 6px; background: transparent; color: inherit; font: inherit; cursor: pointer; }
@media (pointer: coarse) {
  media-controller { --media-control-height: 28px; --media-control-padding: 8px; }
  media-volume-range { display: none; }
  media-controller { --bars: 72px; }
  media-control-bar.time { --media-control-padding: 10px 12px; }
}
media-controller:not([breakpointsm]) media-volume-range { display: none; }
media-controller:not([breakpointsm]) { --media-control-padding: 8px 6px; }
@media (prefers-reduced-motion: reduce) {
  media-controller { --media-control-transition-in: none; --media-control-transition-out: none; --media-menu-transition-in: opacity 1ms; --media-menu-transition-out: none; }
}
`;
