// Every control that there is changes what is asked, is told in the address, and can be undone.
import type { Locator } from "@playwright/test";
import { expect, test, type Lab } from "./fixtures";

const undo = (lab: Lab) => lab.page.getByRole("button", { name: "Undo", exact: true });
const redo = (lab: Lab) => lab.page.getByRole("button", { name: "Redo", exact: true });
const link = (lab: Lab) => lab.said().toString();

async function opened(lab: Lab): Promise<Locator> {
  const controls = lab.page.locator(".controls");
  await controls.locator("details").evaluateAll((all) => {
    for (const one of all) (one as HTMLDetailsElement).open = true;
  });
  return controls;
}

/** Do something that changes the question, then undo it, redo it, and undo it again. */
async function undone(lab: Lab, change: () => Promise<void>): Promise<void> {
  const before = link(lab);
  await change();
  await expect.poll(() => link(lab)).not.toBe(before);
  const after = link(lab);
  await undo(lab).click();
  await expect.poll(() => link(lab)).toBe(before);
  await redo(lab).click();
  await expect.poll(() => link(lab)).toBe(after);
  await undo(lab).click();
  await expect.poll(() => link(lab)).toBe(before);
}

test.beforeEach(async ({ lab }) => {
  await lab.start("small", "v=1&runs=100&noise=fresh");
  await lab.page.getByRole("button", { name: "Reset", exact: true }).click();
});

test("each choice among several can be made and undone", async ({ lab }) => {
  const selects = await (await opened(lab)).locator("select").all();
  expect(selects.length).toBeGreaterThanOrEqual(5);
  for (const select of selects) {
    const now = await select.inputValue();
    const others = await select
      .locator("option:not([disabled])")
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    const other = others.find((value) => value !== now);
    if (other === undefined) continue; // one possibility only
    const name = await select.evaluate((one) => (one as HTMLSelectElement).labels[0]?.innerText);
    await test.step(name ?? "a choice", async () => {
      const before = link(lab);
      await select.selectOption(other);
      if (link(lab) === before) return; // chooses what is shown, not what is asked
      await undo(lab).click();
      await undone(lab, async () => void (await select.selectOption(other)));
    });
  }
});

test("each switch can be used and undone", async ({ lab }) => {
  const switches = await (await opened(lab)).locator("input[type=checkbox]:enabled").all();
  expect(switches.length).toBeGreaterThanOrEqual(4);
  for (const one of switches) await undone(lab, () => one.click());
});

test("a number can be typed, and one that cannot be used changes nothing", async ({ lab }) => {
  const controls = await opened(lab);
  const number = controls.locator(".controls-number input[type=number]").first();
  const was = await number.inputValue();
  const high = Number(await number.getAttribute("max"));
  await undone(lab, async () => {
    await number.fill(String(high));
    await number.press("Enter");
  });
  const before = link(lab);
  await number.fill(String(high + 1000));
  await number.press("Enter");
  await expect(number).toHaveValue(was);
  expect(link(lab)).toBe(before);
});

test("a state is held at a value for some years, and what cannot be is told", async ({ lab }) => {
  const hold = (await opened(lab)).locator(".controls-hold");
  await hold.getByLabel("What is held").selectOption("level_operations");
  await hold.getByLabel("At which value", { exact: true }).fill("0.1");
  await hold.getByLabel("From the year").fill("2003");
  await hold.getByLabel("To the end of").fill("2006");
  await undone(lab, () => hold.getByRole("button").click());
  await hold.getByRole("button").click();
  await expect
    .poll(() => lab.said().getAll("edit"))
    .toEqual(["hold level_operations=0.1@2003..2006"]);
  const before = link(lab);
  await hold.getByLabel("To the end of").fill("2008");
  await hold.getByRole("button").click();
  await expect(lab.page.locator(".controls-refused")).toContainText("contradict each other");
  expect(link(lab)).toBe(before);
  const list = lab.page.locator(".controls-edits li");
  await expect(list).toContainText("held at 0.1, 2003 to 2006");
  await list.getByRole("button").click();
  await expect(list).toHaveCount(0);
});

test("the seed can be set, and is a whole number", async ({ lab }) => {
  const seed = (await opened(lab)).getByLabel("Seed", { exact: true });
  await undone(lab, async () => {
    await seed.fill("77");
    await seed.press("Enter");
  });
  await seed.fill("-4");
  await seed.press("Enter");
  await expect(seed).toHaveValue("1");
});

test("an outcome can be typed; one that does not exist is told, and nothing is asked", async ({
  lab,
}) => {
  const controls = await opened(lab);
  const typed = controls.locator(".controls-typed input");
  await undone(lab, async () => {
    await typed.fill("rung>=1@2006");
    await typed.press("Enter");
  });
  const before = link(lab);
  await typed.fill("rug>=1@2006");
  await typed.press("Enter");
  await expect(controls.locator(".controls-refused")).toContainText("rug");
  expect(link(lab)).toBe(before);
});

test("a turning point is moved by dragging, one step back in the history of changes", async ({
  lab,
}) => {
  const handle = lab.page.getByRole("slider", { name: "The great raid" });
  const box = await handle.boundingBox();
  if (box === null) throw new Error("the handle has no place");
  const [x, y] = [box.x + 10, box.y + box.height / 2];
  await undone(lab, async () => {
    await lab.page.mouse.move(x, y);
    await lab.page.mouse.down();
    for (const by of [20, 60, 110, 160]) await lab.page.mouse.move(x + by, y);
    await lab.page.mouse.up();
  });
});

test("reset brings back what was there first, and can be undone", async ({ lab }) => {
  const first = link(lab);
  const one = (await opened(lab)).locator("input[type=checkbox]:enabled").first();
  await one.click();
  await expect.poll(() => link(lab)).not.toBe(first);
  const changed = link(lab);
  await lab.page.getByRole("button", { name: "Reset", exact: true }).click();
  await expect.poll(() => link(lab)).toBe(first);
  await undo(lab).click();
  await expect.poll(() => link(lab)).toBe(changed);
});

test("each change can be taken back by its own button", async ({ lab }) => {
  await lab.page.goto(
    `${lab.page.url().split("#")[0]}#v=1&edit=without+great_raid&edit=shift+trade_act:%2B4`,
  );
  const list = lab.page.locator(".controls-edits li");
  await expect(list).toHaveCount(2);
  await list.filter({ hasText: "great_raid" }).getByRole("button").click();
  await expect(list).toHaveCount(1);
  expect(lab.said().getAll("edit")).toEqual(["shift trade_act:+4"]);
});

test("a member of the alliance is changed by its slider, a motive by its switch", async ({
  lab,
}) => {
  const controls = await opened(lab);
  const council = controls.locator("details", { hasText: "How the alliance decides" });
  const member = council.locator("select").nth(1);
  const name = await member
    .locator("option")
    .last()
    .evaluate((one) => (one as HTMLOptionElement).value);
  await member.selectOption(name);
  const slider = council.getByRole("slider").first();
  await slider.focus();
  await undone(lab, () => slider.press("ArrowRight"));
  await redo(lab).click();
  expect(lab.said().get("edit")).toMatch(new RegExp(`^member ${name}:\\w+=`));
  await undo(lab).click();
  const motive = controls.locator("details", { hasText: "Motives" }).getByRole("checkbox").first();
  await motive.click();
  await expect.poll(() => lab.said().get("edit")).toMatch(/^motive \w+=(on|off)$/);
});

test("the link that is copied is the one that is shown", async ({ lab }) => {
  const controls = await opened(lab);
  await controls.locator("input[type=checkbox]:enabled").first().click();
  await expect.poll(() => lab.said().getAll("edit")).toHaveLength(1);
  await lab.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await controls.getByRole("button", { name: "Copy link" }).click();
  await expect(controls.locator(".controls-told")).toContainText("copied");
  const copied = await lab.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(new URL(lab.page.url()).hash); // where the file lies is nobody's concern
  await expect(controls.getByLabel("Link to what you see")).toHaveValue(copied);
});
