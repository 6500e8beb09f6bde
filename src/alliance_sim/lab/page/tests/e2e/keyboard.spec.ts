// Everything by keyboard alone: the way through the page, and each kind of control.
import { expect, test, type Lab } from "./fixtures";

const focused = (lab: Lab) =>
  lab.page.evaluate(() => {
    const one = document.activeElement;
    if (one === null || one === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    const name = one.getAttribute("aria-label") ?? one.textContent?.trim().slice(0, 40) ?? "";
    const place = `${one.tagName} ${one.id} ${name}`;
    return {
      place,
      outlined: outlineStyle !== "none" && outlineWidth !== "0px",
      seen: width > 0 && height > 0,
    };
  });

test("the first key leads past everything to the content", async ({ lab }) => {
  await lab.start("small");
  await lab.page.keyboard.press("Tab");
  await expect(lab.page.locator(".skip")).toBeFocused();
  const link = lab.page.url();
  await lab.page.keyboard.press("Enter");
  await expect(lab.page.locator("#main")).toBeFocused();
  expect(lab.page.url()).toBe(link);
});

const PAGES = {
  small: "v=1&edit=without+great_raid&noise=fresh&runs=100",
  whole: "v=1&edit=without+nine_eleven&runs=1",
};
for (const which of ["small", "whole"] as const) {
  test(`on every part of the ${which} page the focus is seen, and goes on to the end`, async ({
    lab,
  }) => {
    await lab.start(which, PAGES[which]);
    await lab.whole();
    for (const panel of await lab.panels()) {
      await test.step(panel, async () => {
        await lab.show(panel);
        await lab.page.locator("#main").focus();
        const places = new Set<string>();
        for (let presses = 0; presses < 250; presses += 1) {
          await lab.page.keyboard.press("Tab");
          const now = await focused(lab);
          if (now === null) break; // out of the page: there was no trap
          expect(now, now.place).toMatchObject({ outlined: true, seen: true });
          places.add(now.place);
        }
        expect(await focused(lab)).toBeNull();
        expect(places.size).toBeGreaterThan(0);
      });
    }
  });
}

test("a turning point is moved by arrow keys, and switched off and on by Enter", async ({
  lab,
}) => {
  await lab.start("small", "v=1&noise=fresh&runs=100");
  const handle = lab.page.getByRole("slider", { name: "The great raid" });
  await handle.focus();
  await handle.press("ArrowRight");
  await expect.poll(() => lab.said().getAll("edit")).toEqual(["shift great_raid:+1"]);
  await handle.press("Shift+ArrowRight");
  await expect.poll(() => lab.said().getAll("edit")).toEqual(["shift great_raid:+5"]);
  await expect(handle).toHaveAttribute("aria-valuenow", "5");
  await handle.press("Enter");
  await expect.poll(() => lab.said().getAll("edit")).toEqual(["without great_raid"]);
  await handle.press("Enter");
  await expect.poll(() => lab.said().getAll("edit").includes("without great_raid")).toBe(false);
});

test("parts of the page are opened with Enter, and the question stays", async ({ lab }) => {
  await lab.start("small", "v=1&edit=without+great_raid&noise=fresh&runs=100");
  await lab.page.locator("#tab-two_worlds").focus();
  await lab.page.keyboard.press("Enter");
  await expect(lab.page.locator("#tab-two_worlds")).toHaveAttribute("aria-current", "page");
  expect(lab.said().getAll("edit")).toEqual(["without great_raid"]);
});
