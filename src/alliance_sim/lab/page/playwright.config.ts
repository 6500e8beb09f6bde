// The page in browsers, with the network off: opened from a disk and, for the tests of `SERVED`, from a
// running `alliance-sim lab`, too. `npm run e2e` builds and exports it once; Python is that of
// ALLIANCE_SIM_PYTHON, else `python3`, Chromium that of ALLIANCE_SIM_BROWSER, else the one on the
// path, else Playwright's own. Firefox and WebKit are used where Playwright has installed them.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig, firefox, webkit } from "@playwright/test";
import type { Shared } from "./tests/e2e/fixtures";

const SERVED = /\/(first|links|files|served)\.spec/;
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

function onPath(name: string): string[] {
  return (process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return [join(folder, name)];
    } catch {
      return [];
    }
  });
}

const executablePath = process.env["ALLIANCE_SIM_BROWSER"] ?? NAMES.flatMap(onPath)[0];
const chromium = {
  browserName: "chromium" as const,
  launchOptions: executablePath === undefined ? {} : { executablePath },
};
const others = [firefox, webkit].filter((browser) => existsSync(browser.executablePath()));

export default defineConfig<object, Shared>({
  testDir: "tests/e2e",
  outputDir: "build/e2e",
  globalSetup: "./tests/e2e/export.ts",
  workers: process.env["CI"] ? 2 : 1,
  retries: process.env["CI"] ? 1 : 0, // what passes the second time only is told as flaky
  timeout: 120_000, // for machines on which much else runs
  expect: { timeout: 20_000 },
  reporter: "line",
  forbidOnly: true,
  projects: [
    { name: "chromium", use: chromium, testIgnore: /served\.spec/ },
    { name: "served", use: { ...chromium, from: "lab" }, testMatch: SERVED },
    ...others.map((browser) => ({
      name: browser.name(),
      use: { browserName: browser.name() as "firefox" | "webkit" },
      testMatch: /first|controls|worlds/, // what is the browser's own; the rest is the page's
    })),
  ],
});
