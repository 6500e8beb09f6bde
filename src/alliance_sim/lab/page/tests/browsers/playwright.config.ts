// The page in Firefox and WebKit, as distributions ship them: `npm run browsers`; with `-- --grep @disk`
// or `@served` only from a disk or from a running `alliance-sim lab`. Playwright runs the
// tests; browsers are driven by the protocol of the W3C, since it drives its own builds alone. A browser
// that is not there is told, and its tests are skipped; none at all is an error, in CI any.
import { defineConfig } from "@playwright/test";
import type { Mine } from "./fixtures";
import { BROWSERS, type Name } from "./found";

const names = Object.keys(BROWSERS) as Name[];
const missing = names.filter((name) => typeof BROWSERS[name] === "string");
if (process.env["TEST_WORKER_INDEX"] === undefined) {
  for (const name of missing) console.log(`${name} is not tested: ${String(BROWSERS[name])}`);
}
const enough = process.env["CI"] ? missing.length === 0 : missing.length < names.length;
if (!enough) throw new Error(`not tested: ${missing.join(", ")}`);

export default defineConfig<object, Mine>({
  testDir: ".",
  outputDir: "../../build/browsers/failed",
  globalSetup: ["../e2e/export.ts", "./solved.ts"],
  workers: 1,
  retries: process.env["CI"] ? 1 : 0, // what passes the second time only is told as flaky
  timeout: 900_000, // for machines on which much else runs
  expect: { timeout: 60_000 },
  reporter: "list",
  forbidOnly: true,
  projects: names.map((name) => ({ name, use: { called: name } })),
});
