// Bands of many histories on a canvas: 5 to 95 %, 25 to 75 %, and the middle one.
import type { Fan } from "../contract";

/** Where things lie: quarters and values in CSS pixels. */
export interface Scale {
  /** Place of the begin of a quarter. */
  x: (step: number) => number;
  y: (value: number) => number;
  /** Quarters that are drawn, the last one not among them. */
  first: number;
  last: number;
  /** Whether values stay for the whole quarter, as steps, or go on from one to the next. */
  stepped: boolean;
}

export interface Look {
  line: string;
  dash: readonly number[];
  width: number;
  /** How strongly the outer and the inner band are filled, 0 to 1. */
  outer: number;
  inner: number;
}

/** Draw one fan. Quarters outside of what is shown cost nothing. */
export function paintFan(
  brush: CanvasRenderingContext2D,
  fan: Fan,
  scale: Scale,
  { line, dash, width, outer, inner }: Look,
): void {
  if (scale.last <= scale.first) return;
  brush.fillStyle = line;
  brush.globalAlpha = outer;
  fillBand(brush, fan.low, fan.high, scale);
  brush.globalAlpha = inner;
  fillBand(brush, fan.lower, fan.upper, scale);
  brush.globalAlpha = 1;
  brush.strokeStyle = line;
  brush.lineWidth = width;
  brush.lineJoin = "round";
  brush.setLineDash([...dash]);
  brush.beginPath();
  along(brush, fan.middle, scale);
  brush.stroke();
  brush.setLineDash([]);
}

function fillBand(
  brush: CanvasRenderingContext2D,
  low: Float64Array,
  high: Float64Array,
  scale: Scale,
): void {
  brush.beginPath();
  along(brush, high, scale);
  back(brush, low, scale);
  brush.closePath();
  brush.fill();
}

function along(
  brush: CanvasRenderingContext2D,
  values: Float64Array,
  { x, y, first, last, stepped }: Scale,
): void {
  const half = stepped ? 0 : (x(1) - x(0)) / 2;
  for (let step = first; step < last; step += 1) {
    const [place, height] = [x(step) + half, y(values[step] ?? 0)];
    if (step === first) brush.moveTo(place, height);
    else brush.lineTo(place, height);
    if (stepped) brush.lineTo(x(step + 1), height);
  }
}

function back(
  brush: CanvasRenderingContext2D,
  values: Float64Array,
  { x, y, first, last, stepped }: Scale,
): void {
  const half = stepped ? 0 : (x(1) - x(0)) / 2;
  for (let step = last - 1; step >= first; step -= 1) {
    const height = y(values[step] ?? 0);
    if (stepped) brush.lineTo(x(step + 1), height);
    brush.lineTo(x(step) + half, height);
  }
}
