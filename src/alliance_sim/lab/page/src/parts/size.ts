// How wide an element is now, in whole CSS pixels; on paper as wide as a page.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { RefObject } from "preact";
import { printing } from "../theme";

/** What a page of paper (A4, or letter) has room for between its margins. */
const PAPER = 690;
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
