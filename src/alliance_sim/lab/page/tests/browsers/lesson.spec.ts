// A lesson from start to end, and what a teacher does with what comes of it.
import { expect } from "@playwright/test";
import { PATIENCE, type Driven } from "./driven";
import { test } from "./fixtures";

const LINK = "v=1&runs=1&panel=lesson";
const NUMBERS = ".lesson-percent input[type=number]";
const GATE = ".lesson-gate button";

const head = (lab: Driven) => lab.text(".lesson-step h3");
const count = (lab: Driven, css: string) =>
  lab.run<number>("return document.querySelectorAll(arguments[0]).length", css);

async function next(lab: Driven): Promise<void> {
  const before = await head(lab);
  await lab.fits();
  await lab.click(".lesson-next button:nth-child(2)");
  await expect.poll(() => head(lab)).not.toBe(before);
}

async function sayAll(lab: Driven, first: number, each = 0): Promise<number> {
  const many = await count(lab, NUMBERS);
  for (let at = 0; at < many; at += 1) await lab.type(NUMBERS, String(first + each * at), at);
  return many;
}

/** Draw the curve that one has in mind: of the class's first half, and then of the other. */
async function curves(lab: Driven): Promise<void> {
  await lab.focus("input[name=lesson-half]");
  await lab.keys(" ");
  await expect.poll(() => count(lab, NUMBERS)).toBe(5);
  await sayAll(lab, 40);
  await lab.click(GATE);
  await expect.poll(() => count(lab, GATE)).toBe(0);
}

/** Change history, and say before what will come of it. */
async function run(lab: Driven): Promise<void> {
  await lab.type(".lesson textarea", "Somebody else.");
  await lab.focus(".lesson-choice.row input");
  await lab.keys(" ");
  await lab.type(NUMBERS, "60");
  await lab.click(GATE);
  await expect.poll(() => count(lab, ".lesson-pair figure"), { timeout: PATIENCE }).toBe(2);
  await expect.poll(() => lab.text(".lesson-answer .lesson-sum")).toContain("You said 60");
}

async function compare(lab: Driven): Promise<void> {
  await lab.click(".lesson-step > button.main");
  await expect.poll(() => lab.text(".lesson-total"), { timeout: PATIENCE }).not.toBe("");
}

test("a lesson is gone through from start to end, and a class is seen", async ({ lab, places }) => {
  await lab.size(390, 844);
  await lab.begin(`${await places.disk.at("whole")}#${LINK}`);
  await next(lab);
  const said = await sayAll(lab, 20, 10);
  expect(said).toBeGreaterThan(1);
  await next(lab);
  await lab.click(GATE);
  await expect.poll(() => count(lab, ".lesson-outcome")).toBe(said - 1);
  for (const step of [curves, run, compare]) {
    await next(lab);
    await step(lab);
  }
  await next(lab);
  await lab.type(".lesson-blank input", "without the raid");
  await expect.poll(() => lab.text(".lesson blockquote")).toContain("without the raid");
  await next(lab);
  await lab.type(NUMBERS, "90");
  await expect.poll(() => lab.text(".lesson-total")).toContain("and 90 now");
  const code = await lab.text(".lesson-code output");
  expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{1,4})+$/);
  for (const view of ["Two-minute tasks", "Homework", "For the teacher", "Hand-outs"]) {
    await lab.press(view, ".lesson-views");
    await lab.fits();
  }
  await lab.press("Class results", ".lesson-views");
  await lab.type(".lesson-class textarea", `Ana: ${code}, Ben: ${code}`);
  await expect.poll(() => lab.text(".lesson-class [role=status]")).toContain("1 code read");
  expect(await lab.wrong()).toEqual([]);
});
