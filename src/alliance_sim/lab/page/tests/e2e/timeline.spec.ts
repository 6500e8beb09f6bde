// The chart of the timeline as it is used: by pointer, by touch, by keys, on a phone.
import { expect, test, type Lab } from "./fixtures";

const EDITED = "v=1&edit=without+great_raid&noise=fresh&runs=100";
const span = (lab: Lab) => lab.page.locator(".timeline-span");
const tip = (lab: Lab) => lab.page.locator(".timeline-tip");

async function middleOf(lab: Lab, selector: string): Promise<[number, number]> {
  const box = await lab.page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

test("an act is told where it is pointed at, and goes with Escape", async ({ lab }) => {
  await lab.start("small");
  const [x, y] = await middleOf(lab, ".timeline-political .timeline-act");
  await lab.page.mouse.move(x, y);
  await expect(tip(lab)).toContainText("Source:");
  await lab.page.keyboard.press("Escape");
  await expect(tip(lab)).toHaveCount(0);
});

test("an act that is tapped stays told, until something else is tapped", async ({ lab }) => {
  await lab.start("small");
  const [clientX, clientY] = await middleOf(lab, ".timeline-operations .timeline-act");
  const ground = lab.page.locator(".timeline-ground-of-row").nth(1);
  const tap = async (at: { clientX: number; clientY: number }) => {
    const touch = { ...at, pointerType: "touch", pointerId: 7, isPrimary: true, button: 0 };
    for (const kind of ["pointerdown", "pointerup", "pointerleave"]) {
      await ground.dispatchEvent(kind, touch);
    }
  };
  await tap({ clientX, clientY });
  await expect(tip(lab)).toContainText("Source:");
  await tap({ clientX, clientY: clientY - 60 });
  await expect(tip(lab)).toHaveCount(0);
});

test("acts are gone through by arrow keys from one stop", async ({ lab }) => {
  await lab.start("small");
  const stop = lab.page.locator('.timeline-act[tabindex="0"]');
  await expect(stop).toHaveCount(1);
  await stop.focus();
  const first = await tip(lab).textContent();
  await lab.page.keyboard.press("ArrowRight");
  await expect(tip(lab)).not.toHaveText(first ?? "");
  await expect(stop).toHaveCount(1);
  await expect(stop).toBeFocused();
  await lab.page.keyboard.press("End");
  await expect(stop).toBeFocused();
  await expect(stop).toBeInViewport();
});

test("the years shown change by wheel, drag, double click, keys and buttons", async ({ lab }) => {
  await lab.start("small");
  const all = (await span(lab).textContent()) ?? "";
  const [x, y] = await middleOf(lab, ".timeline-ground-of-row");
  const narrowed = async () => {
    await expect(span(lab)).not.toHaveText(all);
    await lab.page.getByRole("button", { name: "All years" }).click();
    await expect(span(lab)).toHaveText(all);
  };
  await lab.page.mouse.move(x, y - 30);
  await lab.page.mouse.wheel(0, -300);
  await expect(span(lab)).toHaveText(all); // without ctrl the page scrolls
  await lab.page.evaluate(() => scrollTo(0, 0));
  await lab.page.keyboard.down("Control");
  await lab.page.mouse.wheel(0, -300);
  await lab.page.keyboard.up("Control");
  await narrowed();
  await lab.page.mouse.move(x - 100, y - 30);
  await lab.page.mouse.down();
  await lab.page.mouse.move(x + 100, y - 30, { steps: 5 });
  await lab.page.mouse.up();
  await narrowed();
  await lab.page.mouse.dblclick(x, y - 30);
  await narrowed();
  await lab.page.locator('.timeline-act[tabindex="0"]').focus();
  await lab.page.keyboard.press("+");
  await narrowed();
});

test("years are gone through by buttons, as far as there are any", async ({ lab }) => {
  await lab.start("small");
  const press = (name: string) =>
    lab.page.getByRole("button", { name, exact: true }).press("Enter");
  const years = async () => {
    const [from, until] = ((await span(lab).textContent()) ?? "").split("–").map(Number);
    return [from ?? NaN, until ?? NaN] as const;
  };
  const all = await years();
  for (const name of ["Earlier", "Later", "Fewer years", "More years"]) {
    await expect(lab.page.getByRole("button", { name, exact: true })).toHaveCount(1);
  }
  await press("Fewer years");
  const few = await years();
  expect(few[1] - few[0]).toBeLessThan(all[1] - all[0]);
  await press("Later");
  expect((await years())[0]).toBeGreaterThan(few[0]);
  await press("Earlier");
  await press("Earlier");
  expect((await years())[0]).toBeLessThan(few[0]);
  for (let k = 0; k < 4; k += 1) {
    const more = lab.page.getByRole("button", { name: "More years", exact: true });
    if (await more.isEnabled()) await more.press("Enter");
  }
  expect(await years()).toEqual(all);
});

test("figures beside a row are those of its table", async ({ lab }) => {
  await lab.start("small", EDITED);
  await lab.whole();
  await lab.page.locator(".data summary").first().click();
  const row = lab.page.locator(".data tbody tr").last().locator("th, td");
  await expect(row).toHaveCount(6); // a table is made once it is opened
  const [year, fact, , edited, , difference] = await row.allTextContents();
  const reading = lab.page.locator(".timeline-reading").first();
  await expect(reading).toHaveText(`${year}: ${fact} as it was, ${edited} changed`);
  await lab.page.getByRole("button", { name: "Difference" }).click();
  const plain = async () => (await reading.textContent())?.replace(/[+−]/, "");
  expect(await plain()).toBe(`${year}: ${difference?.replace(/[-−]/, "")}`);
  await lab.accessible();
  await lab.page.getByRole("button", { name: "Both worlds" }).click();
});

test("on a phone a drawer holds the controls, and a list moves the turning points", async ({
  lab,
}) => {
  await lab.page.setViewportSize({ width: 390, height: 844 });
  await lab.start("small", "v=1&noise=fresh&runs=100");
  await expect(lab.page.locator(".timeline-handle")).toHaveCount(0);
  const drawer = lab.page.locator(".controls-drawer");
  await expect(drawer).toHaveAttribute("aria-expanded", "false");
  await drawer.click();
  await expect(drawer).toHaveAttribute("aria-expanded", "true");
  const first = lab.page.locator(".controls-junctures li").first();
  await first.getByRole("button", { name: "a year later" }).click();
  expect(lab.said().get("edit")).toMatch(/^shift \w+:\+4$/);
  await first.getByRole("checkbox").uncheck();
  expect(lab.said().get("edit")).toMatch(/^without \w+$/);
  await expect(first.getByRole("button", { name: "a year later" })).toBeDisabled();
  await lab.fits();
  await drawer.click();
  await expect(first).toBeHidden();
});
