// Parts that have no other place here: the game, and the numbers behind the model.
import { expect, test } from "./fixtures";

const LINK = "v=1&noise=fresh&runs=100";

test("the game takes a guess, tells which it was, keeps the score, and deals again", async ({
  lab,
}) => {
  const { page } = lab;
  await lab.start("small", `${LINK}&panel=guess`);
  const show = page.getByRole("button", { name: "Show which it was" });
  const first = page.getByRole("radio", { name: /^History A/ });
  await expect(page.getByRole("radio", { name: /^History/ })).toHaveCount(3);
  await expect(show).toBeDisabled();
  await first.focus();
  await first.press("Space");
  await page.getByRole("radio", { name: /very sure/ }).check();
  await show.press("Enter");
  const told = page.locator(".guess-revealed");
  await expect(told.locator("tbody tr")).not.toHaveCount(0);
  const right = /^Right/.test(await told.locator("h3").innerText());
  const score = page.locator(".guess-score");
  // Of 0.9, 0.05 and 0.05, said of three: 0.015 if right, else 1.715.
  await expect(score).toContainText(right ? /score 0\.0[12]\b/ : /score 1\.7[12]\b/);
  await lab.accessible();
  await told.getByRole("button").press("Enter");
  await expect(told).toHaveCount(0);
  await expect(score).toBeVisible();
  await expect(show).toBeDisabled();
});

test("a number is found, changed, refused beyond its range, and put back", async ({ lab }) => {
  const { page } = lab;
  await lab.start("small", `${LINK}&panel=about`);
  const rows = page.locator(".about-row");
  const choice = (name: string) =>
    page.locator(".about-filter label", { hasText: new RegExp(`^${name}`) }).locator("select");
  await expect(rows).toHaveCount(25);
  await page.getByRole("button", { name: /^25 more/ }).press("Enter");
  await expect(rows).toHaveCount(50);
  await choice("Kind").selectOption("assumed");
  await expect(rows.locator(".about-kind:not(.assumed)")).toHaveCount(0);
  await choice("Kind").selectOption("");
  await page.getByLabel("Search words").fill("levels.pace");
  await expect(rows).toHaveCount(1);
  const field = rows.locator("input");
  const [was, high] = [await field.inputValue(), Number(await field.getAttribute("max"))];
  await field.fill(String(high));
  await field.press("Enter");
  await expect.poll(() => lab.said().getAll("edit")).toEqual([`set levels.pace=${high}`]);
  await field.fill(String(high + 1));
  await field.press("Enter");
  await expect(rows.getByRole("alert")).toContainText("levels.pace");
  expect(lab.said().getAll("edit")).toEqual([`set levels.pace=${high}`]);
  await choice("Only").selectOption("changed");
  await expect(rows).toHaveCount(1);
  await choice("Only").selectOption("");
  await rows.getByRole("button").press("Enter");
  await expect.poll(() => lab.said().getAll("edit")).toEqual([]);
  await expect(field).toHaveValue(was);
});

test("headings of what is behind the model lead to their parts", async ({ lab }) => {
  const { page } = lab;
  await lab.start("small", `${LINK}&panel=about`);
  const headings = page.locator(".about-contents button");
  for (let at = 0; at < 4; at += 1) {
    await headings.nth(at).press("Enter");
    const part = page.locator(".about > section").nth(at);
    await expect(part).toBeFocused();
    await expect(part).toBeInViewport();
  }
});
