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
    for (const part of parts) {
      await page.locator(`#${part}`).click();
      await page.waitForTimeout(1500); // what comes after the first picture, such as one history
      await page.evaluate(() => scrollTo(0, 0));
      const name = `${part.replace("tab-", "")}_${size}_${look}.png`;
      await page.screenshot({ path: join(folder, name), animations: "disabled" });
    }
    await page.close();
  }
}
await browser.close();
