// The page of the real relationship, which is fuller than a made one: every part with all that is behind
// its titles, in sizes and looks, also where all is twice as large. With ALLIANCE_SIM_ALL_LOOKS=1 every
// size in every look, with all rules, which takes some minutes; else one look of each.
import { expect, LOOKED_AT, test, type Lab } from "./fixtures";

// One history of each draw shows all that four of each do.
const ASKED = "v=1&runs=1&edit=without+nine_eleven&edit=shift+abe_second_government%3A%2B16";
const LOOKS: [number, "light" | "dark"][] = [
  [390, "light"],
  [1366, "dark"],
  [1920, "light"],
];
const OTHERS: typeof LOOKS = [
  [390, "dark"],
  [1366, "light"],
  [1920, "dark"],
];

/** Open all that is behind titles, and what is within that, also where it comes from a worker. */
async function unfolded(lab: Lab): Promise<void> {
  const closed = lab.page.locator("main details:not([open])");
  await expect(async () => {
    await closed.evaluateAll((all) => {
      for (const one of all) (one as HTMLDetailsElement).open = true;
    });
    await lab.page.waitForTimeout(300); // for what is made once it is opened
    expect(await closed.count()).toBe(0);
  }).toPass({ timeout: 30_000 });
}

async function everyPart(lab: Lab, look: () => Promise<void>): Promise<void> {
  const panels = await lab.panels();
  expect(panels).toHaveLength(7);
  for (const panel of panels) {
    await test.step(panel, async () => {
      await lab.show(panel);
      await expect(lab.page.locator("main h2").first()).toBeAttached();
      await expect(lab.page.getByText("This history is being worked out")).toHaveCount(0);
      await unfolded(lab);
      await look();
    });
  }
}

const FEW = process.env["ALLIANCE_SIM_ALL_LOOKS"] === undefined;

// To open the page and to unfold a part takes as long as to look at it: each is looked at in all sizes.
test("the real page is accessible and fits on a phone, a laptop and a projector, light and dark", async ({
  lab,
}) => {
  test.setTimeout(600_000);
  await lab.start("whole", ASKED);
  await lab.whole();
  await everyPart(lab, async () => {
    for (const [width, colorScheme] of FEW ? LOOKS : [...LOOKS, ...OTHERS]) {
      await test.step(`${width} pixels, ${colorScheme}`, async () => {
        await lab.page.emulateMedia({ colorScheme });
        await lab.page.setViewportSize({ width, height: 800 });
        await unfolded(lab);
        await lab.fits();
        // From a laptop to a projector no kind of element comes or goes.
        await lab.accessible(FEW && width === 1920 ? LOOKED_AT : undefined);
      });
    }
  });
});

test("the real page is read without scrolling sideways where all is twice as large", async ({
  lab,
}) => {
  test.setTimeout(300_000);
  await lab.page.setViewportSize({ width: 683, height: 384 }); // a laptop's 1366 at 200 %
  await lab.start("whole", ASKED);
  await lab.whole();
  await everyPart(lab, async () => {
    await lab.fits();
    await lab.page.setViewportSize({ width: 1366, height: 768 });
    await lab.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await unfolded(lab);
    await lab.fits();
    await lab.page.evaluate(() => (document.documentElement.style.fontSize = ""));
    await lab.page.setViewportSize({ width: 683, height: 384 });
  });
});
