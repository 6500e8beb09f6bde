import { expect, test } from "vitest";
import { strict } from "../../strict";

const page = (script: string) =>
  `<meta content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:">` +
  `<script type="module">${script}</script><style>p{}</style><script type="text/plain">x</script>`;

test("only the scripts and styles of the build may run", () => {
  const html = strict(page("go()"));
  expect(html).not.toContain("unsafe-inline");
  expect(html).toMatch(/script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-[^']+';/);
  expect(strict(page("stop()"))).not.toBe(html.replace("go()", "stop()"));
});

test("a page without a policy is not built", () => {
  expect(() => strict('<script type="module">go()</script>')).toThrow("no policy");
});

test("the page asks for nothing that browsers keep from pages that came by plain http", () => {
  const sources = import.meta.glob<string>("../../src/**/*.{ts,tsx}", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  expect(Object.keys(sources).length).toBeGreaterThan(90);
  const kept = /crypto\s*\.\s*(subtle|randomUUID)/;
  expect(Object.keys(sources).filter((path) => kept.test(sources[path] ?? ""))).toEqual([]);
});
