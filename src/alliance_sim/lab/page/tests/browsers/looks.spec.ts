// Every part of the page as these browsers show it, on a phone, a laptop and a projector, light and dark. Pictures are
// kept in build/browsers, to be looked at: what differs from Chromium is seen by eyes alone.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { Driven } from "./driven";
import { test } from "./fixtures";
import { FOLDER, type Scheme } from "./found";

const LINK = "v=1&edit=without+nine_eleven&outcome=rung%3E%3D8%402014&runs=1";
const SIZES = { phone: [390, 1800], laptop: [1366, 1800], projector: [1920, 1800] } as const;
const PAPERS: Record<Scheme, string> = { light: "rgb(251, 250, 247)", dark: "rgb(20, 23, 27)" };

for (const scheme of ["light", "dark"] as const) {
  test(`every part is shown in a ${scheme} system`, async ({ browserHere, places }) => {
    const lab = await Driven.start(browserHere, scheme);
    try {
      const address = await places.disk.at("whole");
      for (const [size, [width, height]] of Object.entries(SIZES)) {
        const folder = join(FOLDER, "looks", browserHere.name, size);
        mkdirSync(folder, { recursive: true });
        await lab.size(width, height);
        await lab.begin(`${address}#${LINK}`);
        await lab.whole();
        const paper = await lab.run("return getComputedStyle(document.body).backgroundColor");
        expect(paper).toBe(PAPERS[scheme]);
        for (const panel of await lab.panels()) {
          await lab.show(panel);
          if (panel === "answer") await lab.labelled();
          await lab.calm();
          await lab.fits();
          await lab.picture(join(folder, `${panel}_${scheme}.png`));
        }
        expect(await lab.wrong()).toEqual([]);
      }
    } finally {
      await lab.close();
    }
  });
}
