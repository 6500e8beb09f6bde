// A browser for all tests of a file, with the pages that it opens.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { test as base } from "@playwright/test";
import { PAGES } from "../e2e/export";
import { byCommand, OnDisk, Served, type Places, type Which } from "../e2e/served";
import type { Solved } from "../e2e/solved";
import { Driven, listening } from "./driven";
import { BROWSERS, FOLDER, type Browser, type Name } from "./found";
import { answer, solve } from "./solved";

/** Pages on the disk, as they were exported, with ears put in. */
class Listening extends OnDisk {
  override async at(which: Which): Promise<string> {
    const path = join(FOLDER, `${which}.html`);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, listening(readFileSync(fileURLToPath(PAGES[which]), "utf8")));
    return Promise.resolve(pathToFileURL(path).href);
  }
}

export interface Mine {
  called: Name;
  /** How the browser is driven. */
  browserHere: Browser;
  lab: Driven;
  /** Return what the package says of a page's link. */
  answer: (which: Which) => Solved;
  places: Record<"disk" | "lab", Places>;
}

export const test = base.extend<object, Mine>({
  called: ["firefox", { option: true, scope: "worker" }],
  browserHere: [
    async ({ called }, use) => {
      const found = BROWSERS[called];
      if (typeof found === "string") test.skip(true, found);
      await use(found as Browser);
    },
    { scope: "worker" },
  ],
  places: [
    async ({}, use) => {
      const places = { disk: new Listening(), lab: new Served(byCommand) };
      await use(places);
      await places.lab.close();
    },
    { scope: "worker" },
  ],
  answer: [
    async ({}, use) => {
      solve();
      await use(answer);
    },
    { scope: "worker", timeout: 900_000 },
  ],
  lab: [
    async ({ browserHere }, use) => {
      const lab = await Driven.start(browserHere);
      console.log(`  ${await lab.version()}`);
      await use(lab);
      await lab.close();
    },
    { scope: "worker" },
  ],
});
