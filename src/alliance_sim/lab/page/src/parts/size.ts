// How wide an element is now, in whole CSS pixels.
import { signal, type Signal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { RefObject } from "preact";

/** Return a place for an element, and its width as it changes; 0 before it is shown. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, Signal<number>] {
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
  return [place, width];
}
