// Take pictures of every part of the lab's page, at the sizes in which it is read; see lab_pictures.py.
//
//     node docs/lab_pictures.mjs lesson.html FOLDER

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(
  new URL("../src/alliance_sim/lab/page/package.json", import.meta.url),
);
const { chromium } = require("@playwright/test");

const SIZES = { phone: [390, 844], laptop: [1366, 900], projector: [1920, 1080] };
const ASKED = "v=1&edit=without+nine_eleven&edit=shift+abe_second_government%3A%2B16";
// What is seen of a part once it has all that it shows.
const THERE = {
  timeline: ".timeline-told",
  answer: ".answer-label",
  one_world: ".one-world-network",
  two_worlds: ".two-worlds-pair",
  guess: ".guess-card",
  lesson: ".lesson-step",
  about: ".about-kinds",
};
const PATIENCE = 600_000; // milliseconds: a label needs all rival theories and couplings
const [file, folder] = process.argv.slice(2);
const system = process.env.ALLIANCE_SIM_BROWSER ?? "/usr/bin/chromium";
const browser = await chromium.launch(existsSync(system) ? { executablePath: system } : {});
for (const [size, [width, height]] of Object.entries(SIZES)) {
  for (const look of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: look });
    await page.context().setOffline(true);
    await page.goto(`${pathToFileURL(resolve(file)).href}#${ASKED}`);
    await page.waitForFunction(() => performance.getEntriesByName("whole picture").length > 0);
    const parts = await page
      .locator("nav.tabs button")
      .evaluateAll((all) => all.map(({ id }) => id));
    for (const part of parts.map((id) => id.replace("tab-", ""))) {
      await page.locator(`#tab-${part}`).click();
      await page.locator(THERE[part]).first().waitFor({ timeout: PATIENCE });
      await page.waitForTimeout(500); // for what is drawn after it
      await page.evaluate(() => scrollTo(0, 0));
      const name = `${part}_${size}_${look}.png`;
      await page.screenshot({ path: join(folder, name), animations: "disabled" });
    }
    await page.close();
  }
}
await browser.close();
