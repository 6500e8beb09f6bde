// Draws a part of the page, and does what its reader does.
import type { ComponentChild } from "preact";
import { render as draw } from "preact";
import { act } from "preact/test-utils";

export function render(what: ComponentChild) {
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  const after = (change: () => unknown) => void act(() => void change());
  after(() => draw(what, place));
  return {
    after,
    /** Ends it: tests share a page, and what stays on it is drawn again in others. */
    end: () => after(() => draw(null, place)),
    all: (query: string): Element[] => [...place.querySelectorAll(query)],
    text: () => place.textContent ?? "",
  };
}

export const fireEvent = {
  input(element: Element | undefined, value: string) {
    if (!(element instanceof HTMLInputElement)) throw new Error("there is nothing to type into");
    element.value = value;
    void act(() => void element.dispatchEvent(new Event("input", { bubbles: true })));
  },
  click(element: Element | undefined) {
    if (!(element instanceof HTMLElement)) throw new Error("there is nothing to press");
    void act(() => element.click());
  },
};
