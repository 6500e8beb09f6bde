// Every part of the page, on a phone, a laptop and a projector, light and dark: nothing that axe finds,
// nothing that scrolls sideways, also where letters are twice as large, and on paper.
import english from "../../src/text/en.json" with { type: "json" };
import { expect, LOOKED_AT, test } from "./fixtures";

const CHANGED = "edit=without+great_raid";
const WIDTHS = [390, 1366, 1920];

for (const width of WIDTHS) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`every part is accessible and fits at ${width} pixels, ${colorScheme}`, async ({
      lab,
    }) => {
      await lab.page.emulateMedia({ colorScheme });
      await lab.page.setViewportSize({ width, height: 800 });
      await lab.start("small", `v=1&${CHANGED}`);
      for (const panel of await lab.panels()) {
        await test.step(panel, async () => {
          await lab.show(panel);
          await lab.fits();
          // From a laptop to a projector, and from light to dark, no kind of element comes or goes.
          const same = width === 1920 || colorScheme === "dark";
          await lab.accessible(same ? LOOKED_AT : undefined);
        });
      }
    });
  }
}

test("every part fits and is accessible with the real relationship", async ({ lab }) => {
  await lab.page.setViewportSize({ width: 390, height: 800 });
  await lab.start("whole");
  for (const panel of await lab.panels()) {
    await test.step(panel, async () => {
      await lab.show(panel);
      await lab.fits();
    });
  }
});

test("with letters of 200 % nothing scrolls sideways", async ({ lab }) => {
  await lab.page.setViewportSize({ width: 683, height: 384 }); // a laptop's 1366 at twice the size
  await lab.start("small", `v=1&${CHANGED}`);
  for (const panel of await lab.panels()) {
    await lab.show(panel);
    await lab.fits();
  }
  // Letters alone, as some readers set them.
  await lab.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  for (const panel of await lab.panels()) {
    await lab.show(panel);
    await lab.fits();
  }
  await lab.page.evaluate(() => (document.documentElement.style.fontSize = ""));
});

test("with a forced look it is dark or light whatever the system says", async ({ lab }) => {
  await lab.start();
  const paper = () => lab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const look = lab.page.getByRole("button", { name: /^Look/ });
  await lab.page.emulateMedia({ colorScheme: "dark" });
  const dark = await paper();
  await look.click();
  await expect(look).toHaveText("Look: light");
  const light = await paper();
  expect(light).not.toBe(dark);
  await lab.page.emulateMedia({ colorScheme: "light" });
  await look.click();
  await expect(look).toHaveText("Look: dark");
  expect(await paper()).toBe(dark);
  await look.click();
  await expect(look).toHaveText("Look: as the system");
  expect(await paper()).toBe(light);
});

test("the page speaks Japanese throughout, and says who has not read it", async ({ lab }) => {
  await lab.start("small", `v=1&${CHANGED}`);
  await lab.page.getByLabel("Language").selectOption("ja");
  await expect(lab.page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(lab.page.locator(".bottom")).toContainText("母語話者による確認を受けていません");
  for (const panel of await lab.panels()) {
    await lab.show(panel);
    // A key that has no text would be shown as it is.
    const keys = new RegExp(`\\b(${Object.keys(english).join("|")})\\.[a-z_]+`);
    expect(await lab.page.locator("main").innerText()).not.toMatch(keys);
    await lab.fits();
  }
  await lab.page.locator(".tools select").selectOption("en");
});

test("it prints without its buttons, on white", async ({ lab, browserName }) => {
  await lab.start("small", `v=1&${CHANGED}`);
  await lab.page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(lab.page.locator(".tools")).toBeHidden();
  await expect(lab.page.locator(".tabs")).toBeHidden();
  const [paper, ink] = await lab.page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color];
  });
  expect([paper, ink]).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
  const pressed = () => lab.page.locator("main button:not(.lesson-link)").filter({ visible: true });
  for (const panel of await lab.panels()) {
    await lab.page.emulateMedia({ media: null });
    await lab.show(panel);
    await lab.page.emulateMedia({ media: "print", colorScheme: "dark" });
    await expect(pressed()).toHaveCount(0);
  }
  await lab.page.emulateMedia({ media: null });
  await lab.show("lesson");
  await lab.page.getByRole("button", { name: "For the teacher", exact: true }).click();
  await lab.page.emulateMedia({ media: "print" });
  await expect(lab.page.locator(".lesson-head h2")).toBeVisible(); // of which lesson it is
  await expect(lab.page.locator(".lesson-plan li").last()).not.toBeEmpty();
  await expect(lab.page.locator(".lesson-plan button").last()).toBeVisible();
  await expect(pressed()).toHaveCount(0);
  if (browserName !== "chromium") return;
  expect((await lab.page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
});
