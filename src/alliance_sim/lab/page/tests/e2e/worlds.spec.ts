// One world and two worlds: a single history, walked through, and beside its twin.
import { readFileSync } from "node:fs";
import { DIFFERING_ACTS } from "./export";
import { expect, test } from "./fixtures";

const CHANGED = "v=1&edit=without+great_raid&noise=fresh&runs=300&outcome=rung%3E%3D2%402010";

test("one world is walked through by slider, buttons and by itself", async ({ lab }) => {
  await lab.start("small", `${CHANGED}&panel=one_world`);
  const slider = lab.page.locator(".one-world-slider input");
  const summary = lab.page.locator(".one-world-summary");
  await slider.focus();
  await slider.press("Home");
  await expect(slider).toHaveValue("0");
  await expect(lab.page.locator(".one-world-why")).toContainText("The first quarter is given");
  await slider.press("ArrowRight");
  await expect(slider).toHaveValue("1");
  await expect(lab.page.locator(".one-world-bars svg rect.one-world-part").first()).toBeVisible();
  const told = await summary.innerText();
  await lab.page.getByRole("button", { name: "Act →: to the next" }).click();
  await expect(summary).not.toHaveText(told);
  const acts = await lab.page.locator(".one-world-act").count();
  expect(acts).toBeGreaterThan(0);
  await slider.press("End");
  expect(await lab.page.locator(".one-world-act").count()).toBeGreaterThan(acts);
  await slider.press("Home");
  await lab.page.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => slider.inputValue()).not.toBe("0");
  await lab.page.getByRole("button", { name: "Pause", exact: true }).click();
  const stopped = await slider.inputValue();
  await lab.page.waitForTimeout(500);
  await expect(slider).toHaveValue(stopped);
});

test("the history that is looked at is in the link, and going to another leaves nothing to undo", async ({
  lab,
}) => {
  await lab.start("small", `${CHANGED}&panel=one_world&history=17`);
  const number = lab.page.getByLabel("History, 1 to 300");
  await expect(number).toHaveValue("17");
  await lab.page.getByRole("button", { name: "Another one" }).click();
  await expect(number).toHaveValue("18");
  expect(lab.said().get("history")).toBe("18");
  await lab.show("two_worlds");
  await expect(number).toHaveValue("18");
  expect(lab.said().get("history")).toBe("18");
  await expect(lab.page.getByRole("button", { name: "Undo" })).toBeDisabled();
  await lab.page.goBack();
  await expect(number).toHaveValue("18");
  await expect(lab.page.locator("#tab-one_world")).toHaveAttribute("aria-current", "page");
});

test("where motion is to be little, playing goes from act to act and slowly", async ({ lab }) => {
  await lab.page.emulateMedia({ reducedMotion: "reduce" });
  await lab.start("small", `${CHANGED}&panel=one_world`);
  const slider = lab.page.locator(".one-world-slider input");
  const before = await slider.inputValue();
  await lab.page.getByRole("button", { name: "Play", exact: true }).click();
  await lab.page.waitForTimeout(1000);
  await expect(slider).toHaveValue(before);
  await expect(slider).not.toHaveValue(before, { timeout: 3000 });
  await lab.page.getByRole("button", { name: "Pause", exact: true }).click();
});

test("the reasons in the table add up to their sum", async ({ lab }) => {
  await lab.start("small", `${CHANGED}&panel=one_world`);
  await lab.page.getByText("All reasons in numbers").click();
  const rows = await lab.page
    .locator(".one-world-why table tbody tr")
    .evaluateAll((all) =>
      all.map((row) =>
        Array.from(row.querySelectorAll("td"), (cell) =>
          Number((cell.textContent ?? "").replace("−", "-")),
        ),
      ),
    );
  const [terms, together] = [rows.slice(0, -2), rows.at(-2) ?? []];
  expect(terms.length).toBeGreaterThan(3);
  expect(together).toHaveLength(6);
  for (const [column, sum] of together.entries()) {
    const added = terms.reduce((so_far, row) => so_far + (row[column] ?? 0), 0);
    expect(Math.abs(added - sum)).toBeLessThan(0.0005 * (terms.length + 1)); // each is rounded
  }
});

test("both worlds of a history differ where the edit touches it, and nowhere before", async ({
  lab,
}) => {
  await lab.start("small", `${CHANGED}&panel=two_worlds`);
  await expect(lab.page.locator(".two-worlds-summary")).toContainText(/part on|all .* the same/);
  const same = lab.page.getByRole("checkbox", { name: /the same/ });
  const shown = async () => lab.page.locator(".two-worlds-pair").count();
  const few = await shown();
  await same.check();
  expect(await shown()).toBeGreaterThan(few);
  const pairs = lab.page.locator(".two-worlds-pair");
  const first = await pairs.evaluateAll((all) =>
    all.findIndex((one) => !one.classList.contains("two-worlds-same")),
  );
  expect(first).toBeGreaterThan(0);
  await same.uncheck();
  for (const box of await lab.page
    .locator(".two-worlds-filters fieldset")
    .first()
    .getByRole("checkbox")
    .all()) {
    await box.uncheck();
  }
  expect(await shown()).toBe(0);
  for (const box of await lab.page
    .locator(".two-worlds-filters fieldset")
    .first()
    .getByRole("checkbox")
    .all()) {
    await box.check();
  }
});

test("acts that differ are those that the package tells, act by act", async ({ lab }) => {
  const wanted = JSON.parse(readFileSync(DIFFERING_ACTS, "utf8")) as string[][][];
  expect(wanted.flat().length).toBeGreaterThan(3);
  const link = "v=1&edit=shift+great_raid:%2B6&noise=fresh&runs=100&seed=1&panel=two_worlds";
  await lab.start("small", link);
  for (const [run, acts] of wanted.entries()) {
    const number = lab.page.getByLabel(/^History, 1 to/);
    await number.fill(String(run + 1));
    await number.press("Enter");
    await expect(lab.page.locator(".two-worlds-summary")).toContainText(`history ${run + 1} `);
    await lab.page.locator("summary", { hasText: "All of this as a table" }).click();
    const rows = lab.page.locator(".two-worlds table tbody tr");
    await expect(rows).toHaveCount(acts.length); // a table is made once it is opened
    const told = await rows.evaluateAll((all) =>
      all.map((row) => Array.from(row.querySelectorAll("td"), (cell) => cell.textContent ?? "")),
    );
    const cells = told.map((row) => row.slice(-4).map((cell) => (cell === "–" ? "" : cell)));
    expect(cells).toEqual(acts);
    await lab.page.locator("summary", { hasText: "All of this as a table" }).click();
  }
});

test("another history is another, and one with another outcome is found", async ({ lab }) => {
  await lab.start("small", `${CHANGED}&panel=two_worlds`);
  const number = lab.page.getByLabel(/^History, 1 to/);
  await expect(number).toHaveValue("1");
  await lab.page.getByRole("button", { name: "Another one" }).click();
  await expect(number).toHaveValue("2");
  await lab.page.getByRole("button", { name: "One in which the outcome changes" }).click();
  await expect(lab.page.locator(".two-worlds")).toContainText(
    /As it was: (yes\. With your changes: no|no\. With your changes: yes)\./,
  );
  const found = await number.inputValue();
  await lab.show("one_world");
  await expect(number).toHaveValue(found);
});
