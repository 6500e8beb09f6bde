// A canvas that is as sharp as the screen and draws itself again whenever what it shows changes.
import { effect, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { printing, theme } from "../theme";

/** How many pixels of the screen one CSS pixel has. */
const sharpness = signal(1);
/** Counts changes of the system's look, which no other signal tells. */
const looks = signal(0);

if (typeof window !== "undefined") {
  matchMedia("(prefers-color-scheme: dark)").addEventListener?.("change", () => (looks.value += 1));
  const measure = () => (sharpness.value = Math.min(window.devicePixelRatio || 1, 3));
  addEventListener("resize", measure);
  measure();
}

/** Return the colours of the page's tokens as they are now. */
export function colours(names: readonly string[]): Record<string, string> {
  void theme.value;
  void printing.value;
  void looks.value;
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || "gray"]),
  );
}

/** Pixels by CSS pixel on paper; by three Chromium shrinks a canvas, so that curves leave their axes. */
const ON_PAPER = 4;

interface CanvasProps {
  width: number;
  height: number;
  /** Draws in CSS pixels on a clean sheet; the signals it reads make it draw again. */
  paint: (brush: CanvasRenderingContext2D) => void;
}

/** A picture without words: whoever shows it says beside it what is to be seen. */
export function Canvas({ width, height, paint }: CanvasProps) {
  const place = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(
    () =>
      effect(() => {
        const canvas = place.current;
        const brush = canvas?.getContext("2d");
        if (!canvas || !brush || width <= 0) return;
        const sharp = printing.value ? ON_PAPER : sharpness.value;
        const [wide, high] = [Math.round(width * sharp), Math.round(height * sharp)];
        if (canvas.width !== wide) canvas.width = wide;
        if (canvas.height !== high) canvas.height = high;
        brush.setTransform(sharp, 0, 0, sharp, 0, 0);
        brush.clearRect(0, 0, width, height);
        paint(brush);
      }),
    [width, height, paint],
  );
  return (
    <canvas ref={place} aria-hidden="true" style={{ width: `${width}px`, height: `${height}px` }} />
  );
}
