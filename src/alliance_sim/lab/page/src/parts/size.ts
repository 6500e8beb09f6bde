// How wide an element is now, in whole CSS pixels; on paper as wide as a page.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { RefObject } from "preact";
import { printing } from "../theme";

/** What a page of paper (A4, or letter) has room for between its margins and those of the page. */
const PAPER = 670;
/** Size of letters where nobody and nothing makes them larger. */
const USUAL = 16;

/** Return a place for an element, and its width as it changes; 0 before it is shown. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, ReadonlySignal<number>] {
  const place = useRef<E>(null);
  const width = useMemo(() => signal(0), []);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = () => (width.value = Math.floor(element.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [width]);
  const shown = useMemo(() => computed(() => (printing.value ? PAPER : width.value)), [width]);
  return [place, shown];
}

/**
 * Return by how much a drawing is enlarged, of which the letters have a size of their own: as the
 * page's letters are, and as far as so much width is left to it.
 */
export function enlarged(width: number, least: number): number {
  return Math.max(1, Math.min(letterSize() / USUAL, width / least));
}

/** Return the size of the page's letters, in CSS pixels: readers and wide screens have larger ones. */
export function letterSize(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL;
}

const ABOUT = 0.6; // how wide a letter is, in its size, where nothing can be measured
let pen: CanvasRenderingContext2D | null = null;

/** Return how wide texts are in the page's letters of a size, all in CSS pixels. */
export function textWidths(texts: readonly string[], size: number): number[] {
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen === null) return texts.map((text) => [...text].length * ABOUT * size);
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return texts.map((text) => pen?.measureText(text).width ?? 0);
}
