// Files of tests share a page, as to make one for each takes longer than the tests: each file leaves it
// as it was.
import { render } from "preact";
import { afterAll, vi } from "vitest";

afterAll(() => {
  if (typeof document === "undefined") return; // tests of files have no page
  render(null, document.body);
  document.body.replaceChildren();
  localStorage.clear();
  location.hash = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
