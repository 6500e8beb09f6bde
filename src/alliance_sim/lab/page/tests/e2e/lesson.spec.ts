// Lessons from start to end, by keyboard alone, and what a teacher does with a class.
import type { Locator } from "@playwright/test";
import { expect, test, type Lab } from "./fixtures";

const LINK = "v=1&noise=fresh&runs=100&panel=lesson";

async function next(lab: Lab): Promise<void> {
  const button = lab.page.locator(".lesson-step .lesson-next button").nth(1);
  const before = await lab.page.locator(".lesson-step h3").innerText();
  await button.focus();
  await button.press("Enter");
  await expect(lab.page.locator(".lesson-step h3")).not.toHaveText(before);
  await expect(lab.page.locator(".lesson-step h3")).toBeFocused();
}

async function checked(lab: Lab): Promise<void> {
  await lab.fits();
  await lab.accessible();
}

const percent = (lab: Lab) => lab.page.locator(".lesson-percent input[type=number]");
const gate = (lab: Lab) => lab.page.locator(".lesson-gate button");

/** Press what is gone then: the focus is not lost with it. */
async function press(lab: Lab, button: Locator): Promise<void> {
  await button.press("Enter");
  await lab.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  await expect(lab.page.locator("main :focus")).toHaveCount(1);
}

/** Say how likely each item is; return how many there are. */
async function predict(lab: Lab): Promise<number> {
  const count = await percent(lab).count();
  for (let at = 0; at < count; at += 1) {
    await percent(lab)
      .nth(at)
      .fill(String(20 + 10 * at));
  }
  await lab.page.locator(".lesson-percent input[type=range]").first().press("ArrowRight");
  await expect(percent(lab).first()).toHaveValue("21");
  return count;
}

/** See what came of the items, which are all but the belief that is asked for again at the end. */
async function reveal(lab: Lab, items: number): Promise<void> {
  await press(lab, gate(lab));
  await expect(lab.page.locator(".lesson-outcome")).toHaveCount(items);
  await expect(lab.page.locator(".lesson-outcome .lesson-sum").first()).toContainText("0.21");
}

/** Draw the curve that one has in mind, where the lesson has one. */
async function curves(lab: Lab): Promise<void> {
  if ((await gate(lab).count()) === 0) return;
  await expect(gate(lab)).toBeDisabled();
  await lab.page.locator("input[name=lesson-half]").first().press("Space");
  for (let at = 0; at < 5; at += 1) await percent(lab).nth(at).fill("40");
  await press(lab, gate(lab));
  await percent(lab).last().fill("75");
  await expect(lab.page.locator(".lesson-total")).toContainText("together 115");
}

/** Change history, and say before what will come of it. */
async function run(lab: Lab): Promise<void> {
  const { page } = lab;
  await page.locator(".lesson textarea").first().fill("Somebody else.");
  await page.locator(".lesson-choice.row input").first().press("Space");
  await percent(lab).fill("60");
  await press(lab, gate(lab));
  await expect(page.locator(".lesson-pair figure")).toHaveCount(2, { timeout: 20_000 });
  await expect(page.locator(".lesson-answer .lesson-sum")).toContainText("You said 60");
}

async function compare(lab: Lab): Promise<void> {
  await press(lab, lab.page.locator(".lesson-step > button.main"));
  await expect(lab.page.locator(".lesson-total")).toBeVisible({ timeout: 25_000 });
}

async function claim(lab: Lab): Promise<void> {
  await lab.page.locator(".lesson-blank input").first().fill("without the raid");
  await expect(lab.page.locator(".lesson blockquote")).toContainText("without the raid");
}

async function exit(lab: Lab): Promise<void> {
  await percent(lab).fill("90");
  await expect(lab.page.locator(".lesson-total")).toContainText("and 90 now");
}

/** Go through a lesson as a student, and return the code for the class. */
async function student(lab: Lab, look: () => Promise<void>): Promise<string> {
  await expect(lab.page.locator(".lesson-cards li")).toHaveCount(3);
  let said = 0;
  const steps = [
    async () => void (said = await predict(lab)),
    () => reveal(lab, said - 1),
    ...[curves, run, compare, claim, exit].map((step) => () => step(lab)),
  ];
  for (const step of steps) {
    await look();
    await next(lab);
    await step();
  }
  await look();
  return lab.page.locator(".lesson-code output").innerText();
}

async function open(lab: Lab, view: string): Promise<void> {
  await lab.page.getByRole("button", { name: view, exact: true }).last().click();
}

test("any relationship's lesson is gone through by keyboard, and a class is seen", async ({
  lab,
}) => {
  test.setTimeout(120_000);
  const { page } = lab;
  await lab.start("small", LINK);
  const code = await student(lab, () => checked(lab));
  await open(lab, "Class results");
  await page.locator(".lesson-class textarea").fill(`${code}\n<img src=x onerror=alert(1)>\n`);
  await expect(page.locator(".lesson-class [role=status]")).toContainText("1 code read");
  await expect(page.locator(".lesson-refused li")).toContainText("letters or signs");
  await expect(page.locator(".lesson-calibration circle").first()).toBeVisible();
  await checked(lab);
  for (const view of ["Two-minute tasks", "Homework", "For the teacher", "Hand-outs"]) {
    await test.step(view, async () => {
      await open(lab, view);
      await checked(lab);
    });
  }
});

for (const name of ["was_it_abe", "who_blocked_the_office"]) {
  test(`the lesson ${name} is gone through from start to end`, async ({ lab }) => {
    test.setTimeout(180_000);
    await lab.start("whole", "v=1&theory=R&runs=1&panel=lesson"); // a theory that the lesson leaves
    await lab.page.locator(".lesson-which select").selectOption(name);
    const code = await student(lab, () => lab.fits());
    expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{1,4})+$/);
  });
}

test("homework shows the true answer once a number is given", async ({ lab }) => {
  const { page } = lab;
  await lab.start("small", LINK);
  await open(lab, "Homework");
  const card = page.locator(".lesson-card").first();
  await expect(card.getByRole("button")).toBeDisabled();
  await card.locator("input[type=number]").fill("70");
  await card.getByRole("button").click();
  await expect(card.locator(".lesson-sum")).toContainText("You said 70");
  await expect(card.locator("polyline")).toHaveCount(2);
});

for (const [which, link] of [
  ["small", LINK],
  ["whole", "v=1&runs=1&panel=lesson"],
] as const) {
  test(`two sheets of the ${which} page are one side of paper, and nothing else is on it`, async ({
    lab,
  }) => {
    const { page } = lab;
    await lab.start(which, link);
    await open(lab, "Hand-outs");
    const sides = await page.locator(".lesson-paper").count();
    await page.emulateMedia({ media: "print" });
    await expect(page.locator(".top")).toBeHidden();
    await expect(page.locator(".bottom")).toBeHidden();
    await page.emulateMedia({ media: null });
    for (const format of ["A4", "Letter"]) {
      const margin = { top: "1cm", bottom: "1cm", left: "1cm", right: "1cm" };
      const pdf = (await page.pdf({ format, margin })).toString("latin1");
      expect(pdf.match(/\/Type\s*\/Page\b/g)?.length, format).toBe(sides);
    }
  });
}
