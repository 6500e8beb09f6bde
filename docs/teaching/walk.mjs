// Go through both lessons as a student does, on a phone and then on a laptop, and write down what
// each step holds: words on the screen, letters typed, numbers given, seconds waited for the page.
//
//     node docs/teaching/walk.mjs lesson.html    # writes walk.json, in a minute or two
//
// What is answered, how long a student may think, and at what pace one reads stands in walk.toml;
// write.py puts both together. Needs Node, and `npm ci` in src/alliance_sim/lab/page.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(
  new URL("../../src/alliance_sim/lab/page/package.json", import.meta.url),
);
const { chromium } = require("@playwright/test");
const { parse } = require("smol-toml");

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const { lesson: lessons } = parse(readFileSync(beside("walk.toml"), "utf-8"));
const [file] = process.argv.slice(2);
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const LAPTOP = { width: 1366, height: 768 };
const AFTER_PHONE = "run"; // the step at which the laptop is opened
const LOOKED_UP = 3; // words of the glossary, under the first step

const system = process.env.ALLIANCE_SIM_BROWSER ?? "/usr/bin/chromium";
const browser = await chromium.launch(existsSync(system) ? { executablePath: system } : {});
const told = {};
for (const [name, given] of Object.entries(lessons)) told[name] = await walk(name, given);
await browser.close();
writeFileSync(beside("walk.json"), `${JSON.stringify({ lessons: told }, null, 2)}\n`);

async function walk(name, given) {
  const page = await (await browser.newContext(PHONE)).newPage();
  await page.context().setOffline(true);
  const steps = [];
  let now = null;
  let opened = 0;
  const all = (query) => page.locator(`.lesson-step ${query}`);
  const numbers = () => all(".lesson-percent input[type=number]");

  const waited = async (act) => {
    const before = performance.now();
    await act();
    return (performance.now() - before) / 1000;
  };
  const timed = async (act) => (now.waits += await waited(act));
  const read = async () => {
    const words = (await page.locator(".lesson-step").innerText()).split(/\s+/).filter(Boolean);
    const fresh = Math.max(0, words.length - now.seen);
    now.seen = words.length;
    now.words += fresh;
  };
  const lookUp = async () => {
    const entries = all(".lesson-words dl > div");
    if ((await entries.count()) === 0) return;
    await all(".lesson-words summary").click();
    const words = (await all(".lesson-words dl").innerText()).split(/\s+/).length;
    now.words += Math.round((LOOKED_UP * words) / (await entries.count()));
    await all(".lesson-words summary").click();
  };
  const give = async (field, number) => {
    await field.fill(String(number));
    now.numbers += 1;
  };
  const write = async (field, text) => {
    now.letters += text.length;
    await field.fill(text);
  };
  const step = async (kind, act) => {
    if (kind === AFTER_PHONE) await page.setViewportSize(LAPTOP);
    now = { step: kind, words: 0, letters: 0, numbers: 0, waits: opened, seen: 0 };
    opened = 0;
    await read();
    await act();
    const { seen: _, ...row } = now;
    const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (wide[0] > wide[1]) throw new Error(`${name}, ${kind}: ${wide[0]} pixels on ${wide[1]}`);
    steps.push({ ...row, waits: Number(row.waits.toFixed(2)) });
    if (kind !== "exit") await page.locator(".lesson-next button").nth(1).click();
  };

  opened = await waited(async () => {
    await page.goto(pathToFileURL(resolve(file)).href);
    await page.locator(".lesson-which select").selectOption(name);
    await page.waitForFunction(() => /same bits/.test(document.querySelector("footer").innerText));
  });
  await step("before", lookUp);
  await step("predict", async () => {
    for (const [at, number] of [...given.forecasts, given.belief[0]].entries()) {
      await give(numbers().nth(at), number);
    }
  });
  await step("reveal", async () => {
    await timed(async () => {
      await all(".lesson-gate button.main").click();
      await all(".lesson-outcome").first().waitFor();
    });
    await read();
  });
  await step("curves", async () => {
    await all("input[name=lesson-half]").first().check();
    for (const [at, number] of given.drawn.entries()) await give(numbers().nth(at), number);
    await timed(async () => {
      await all("button.main").first().click();
      await all("polyline.theirs").waitFor();
    });
    await give(numbers().last(), given.other);
    await read();
  });
  await step("run", async () => {
    await all("input[name=lesson-suggestion]").nth(given.suggestion).check();
    await write(all("textarea").nth(0), given.replaced);
    await write(all("textarea").nth(1), given.follows);
    await all("input[name=lesson-sign]").nth(given.sign).check();
    await give(numbers().last(), given.share);
    await timed(async () => {
      await all(".lesson-gate button.main").click();
      await all(".lesson-pair figure").first().waitFor({ timeout: 60_000 });
    });
    await read();
  });
  await step("compare", async () => {
    await timed(async () => {
      await all("button.main").first().click();
      await all(".lesson-total").waitFor({ timeout: 120_000 });
    });
    await read();
    await write(all("textarea").last(), given.silent);
  });
  await step("claim", async () => {
    const blanks = all(".lesson-frame :is(input, textarea)");
    for (const [at, text] of given.claim.entries()) await write(blanks.nth(at), text);
    await read();
  });
  await step("exit", async () => {
    await give(numbers().first(), given.belief[1]);
    await read();
  });
  await page.context().close();
  return steps;
}
