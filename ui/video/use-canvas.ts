/** A canvas that fits its box and is drawn again when the box, the theme or the data changes. */
import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import { theme } from '../state/theme.ts';
import { Painter } from './painter.ts';

/** Finer than this no eye sees, and it would cost four times the fill on some phones. */
const MAX_SCALE = 2;

export type Draw = (painter: Painter, width: number, height: number) => void;

/** `draw` gets device pixels. `heightFor` gives the CSS height for a CSS width. */
export function useCanvas(draw: Draw, heightFor: (width: number) => number): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ draw, heightFor });
  latest.current = { draw, heightFor };

  const paint = useRef(() => {
    const element = canvas.current;
    if (element === null) return;
    const context = element.getContext('2d');
    if (context === null) return;
    const cssWidth = Math.floor(element.getBoundingClientRect().width);
    if (cssWidth === 0) return;
    const cssHeight = latest.current.heightFor(cssWidth);
    const scale = Math.min(MAX_SCALE, window.devicePixelRatio);
    const width = Math.round(cssWidth * scale);
    const height = Math.round(cssHeight * scale);
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
      element.style.height = `${cssHeight}px`;
    }
    context.clearRect(0, 0, width, height);
    latest.current.draw(new Painter(element, context, scale), width, height);
  });

  const chosen = theme.value;
  useEffect(() => paint.current());
  useEffect(() => {
    const repaint = (): void => paint.current();
    const observer = new ResizeObserver(repaint);
    if (canvas.current !== null) observer.observe(canvas.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', repaint);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', repaint);
    };
  }, [chosen]);
  return canvas;
}
