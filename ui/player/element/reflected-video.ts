/** The properties that reflect attributes, as the HTML standard has them for <video>, where forwarding alone gives something else. */
import { PlayerBase } from './player-base.ts';

/** What the element has of `<video>`: attributes, properties and methods, as HTML declares them. */
export class ReflectedVideo extends PlayerBase {
  override get src(): string {
    return resolvedAddress(this.getAttribute('src'), this.baseURI);
  }

  override set src(address: string) {
    this.setAttribute('src', address);
  }

  override get preload(): HTMLMediaElement['preload'] {
    const said = this.getAttribute('preload')?.toLowerCase();
    if (said === 'none') return 'none';
    return said === 'auto' || said === '' ? 'auto' : 'metadata';
  }

  override set preload(preload: HTMLMediaElement['preload']) {
    this.setAttribute('preload', preload);
  }

  override get poster(): string {
    return resolvedAddress(this.getAttribute('poster'), this.baseURI);
  }

  override set poster(address: string) {
    this.setAttribute('poster', address);
  }

  override get crossOrigin(): string | null {
    const said = this.getAttribute('crossorigin');
    if (said === null) return null;
    return said.toLowerCase() === 'use-credentials' ? 'use-credentials' : 'anonymous';
  }

  override set crossOrigin(mode: string | null) {
    if (mode === null) this.removeAttribute('crossorigin');
    else this.setAttribute('crossorigin', mode);
  }

  override get width(): number {
    return pixels(this.getAttribute('width'));
  }

  override set width(width: number) {
    this.setAttribute('width', String(width));
  }

  override get height(): number {
    return pixels(this.getAttribute('height'));
  }

  override set height(height: number) {
    this.setAttribute('height', String(height));
  }
}

function pixels(text: string | null): number {
  return Math.max(0, Number.parseInt(text ?? '', 10) || 0);
}

/** Empty for none, as it stands where it is no address. */
export function resolvedAddress(address: string | null, base: string): string {
  if (address === null || address === '') return '';
  return URL.parse(address, base)?.href ?? address;
}
