/**
 * `custom-media-element` forwards attributes, properties, methods and events to a <video> in the shadow root. Its class is typed
 * here as an interface, so that the element may override what it forwards.
 */
import { CustomVideoElement } from 'custom-media-element';
import type { SoftwareSwitchPlayerEventMap } from './player-events.ts';

type Listener<K extends keyof SoftwareSwitchPlayerEventMap> = (this: HTMLVideoElement, event: SoftwareSwitchPlayerEventMap[K]) => unknown;

export interface PlayerBase extends HTMLVideoElement {
  /** The <video> in the shadow root. */
  readonly nativeEl: HTMLVideoElement;
  /** Called once, before anything else, when the element is upgraded or made. */
  init(): void;
  handleEvent(event: Event): void;
  connectedCallback(): void;
  disconnectedCallback(): void;
  attributeChangedCallback(name: string, before: string | null, now: string | null): void;
  addEventListener<K extends keyof SoftwareSwitchPlayerEventMap>(type: K, listener: Listener<K>, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof SoftwareSwitchPlayerEventMap>(type: K, listener: Listener<K>, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

interface PlayerBaseClass {
  readonly observedAttributes: readonly string[];
  new (): PlayerBase;
  readonly prototype: PlayerBase;
}

export const PlayerBase = CustomVideoElement as unknown as PlayerBaseClass;
