// Where the focus goes when what was pressed is gone: else it falls to the page as a whole, and whoever
// uses keys or listens begins at the top again.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

export interface NextFocus<T extends HTMLElement> {
  /** Of what takes the focus, as soon as it is there. */
  place: RefObject<T | null>;
  /** Told by what was pressed. */
  go: () => void;
}

export function useNextFocus<T extends HTMLElement>(): NextFocus<T> {
  const place = useRef<T>(null);
  const wanted = useRef(false);
  useLayoutEffect(() => {
    if (!wanted.current || place.current === null) return;
    wanted.current = false;
    place.current.focus();
  });
  return { place, go: () => void (wanted.current = true) };
}
