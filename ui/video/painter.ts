/** Fills areas of a canvas in a source's colour and pattern, in device pixels, so that edges are sharp. */
import { PIECE_SOURCES, type PieceSource } from '../../engine/index.ts';
import { SOURCE_LOOKS, type SourceLook } from './sources.ts';

/** Pattern tile in CSS pixels: lines 1 wide, 4 apart, as in the legend. */
const TILE = 4;

export class Painter {
  readonly #context: CanvasRenderingContext2D;
  readonly #fills = new Map<PieceSource, string | CanvasPattern>();
  readonly scale: number;

  /** Colours are read from the canvas's style, so a new one is made when the theme changes. */
  constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, scale: number) {
    this.#context = context;
    this.scale = scale;
    const style = getComputedStyle(canvas);
    const ground = style.getPropertyValue('--surface-seen');
    for (const source of PIECE_SOURCES) {
      const { variable, look } = SOURCE_LOOKS[source];
      const color = style.getPropertyValue(variable);
      this.#fills.set(source, look === 'solid' ? color : tile(context, color, ground, look, scale));
    }
  }

  /** For those who draw shapes of their own. */
  style(source: PieceSource): string | CanvasPattern {
    return this.#fills.get(source) ?? 'transparent';
  }

  fill(source: number, x: number, y: number, width: number, height: number): void {
    this.#context.fillStyle = this.#fills.get(PIECE_SOURCES[source] ?? 'none') ?? 'transparent';
    this.#context.fillRect(x, y, width, height);
  }
}

function tile(context: CanvasRenderingContext2D, color: string, ground: string, look: SourceLook, scale: number): string | CanvasPattern {
  const side = Math.round(TILE * scale);
  const line = Math.max(1, Math.round(scale));
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext('2d');
  if (pen === null) return color;
  pen.fillStyle = color;
  pen.fillRect(0, 0, side, side);
  pen.globalAlpha = 0.55;
  pen.fillStyle = ground;
  if (look === 'vertical') pen.fillRect(0, 0, line, side);
  else if (look === 'horizontal') pen.fillRect(0, 0, side, line);
  else {
    pen.strokeStyle = ground;
    pen.lineWidth = line;
    for (const shift of [-side, 0, side]) {
      pen.beginPath();
      pen.moveTo(shift - line, side + line);
      pen.lineTo(shift + side + line, -line);
      pen.stroke();
    }
  }
  return context.createPattern(canvas, 'repeat') ?? color;
}
