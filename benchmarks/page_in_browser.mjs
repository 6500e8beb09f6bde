// How fast is the page, and does its memory stay? Chromium, from a file, the network closed.
//
//     alliance-sim lab --export lesson.html
//     node benchmarks/page_in_browser.mjs lesson.html            # a few minutes
//     node benchmarks/page_in_browser.mjs lesson.html --drags 10 --changes 50
//
// Times are those that the page notes itself (performance.measure), from the change of a question to
// the frame that shows it: the first picture, and the whole. A median and a 95th percentile of as
// many drags as are asked for, each to another quarter. Memory is the JavaScript heap after
// collection, before and after many changes. Nobody else should use the machine.

import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";

const require = createRequire(
  new URL("../src/alliance_sim/lab/page/package.json", import.meta.url),
);
const { chromium } = require("@playwright/test");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    drags: { type: "string", default: "50" },
    changes: { type: "string", default: "500" },
    runs: { type: "string", default: "4" },
    junctures: { type: "string", default: "abe_second_government,nine_eleven" },
  },
});
const file = resolve(positionals[0] ?? "lesson.html");
if (!existsSync(file)) {
  console.error(`${file} is not there; write it with: alliance-sim lab --export lesson.html`);
  process.exit(2);
}
const [drags, changes] = [Number(values.drags), Number(values.changes)];
const system = process.env.ALLIANCE_SIM_BROWSER ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  ...(existsSync(system) ? { executablePath: system } : {}),
  args: ["--js-flags=--expose-gc", "--enable-precise-memory-info"],
});
const page = await browser.newPage({ viewport: { width: 1366, height: 900 } });
await page.context().setOffline(true);
const address = pathToFileURL(file).href;

const measured = (name) =>
  page.waitForFunction((wanted) => performance.getEntriesByName(wanted)[0]?.duration, name, {
    polling: "raf",
    timeout: 60_000,
  });
const forget = () => page.evaluate(() => performance.clearMeasures());
const whole = async (name) => (await measured(name)).jsonValue();

/** Ask for a question by its link, and return when its pictures were painted, in ms. */
async function asked(edits) {
  await forget();
  await page.evaluate((given) => {
    const said = new URLSearchParams(location.hash.slice(1));
    said.delete("edit");
    for (const edit of given) said.append("edit", edit);
    location.hash = said.toString();
  }, edits);
  return { first: await whole("first picture"), all: await whole("whole picture") };
}

/** Return a quantile of numbers, by linear interpolation. */
function quantile(numbers, share) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (above - sorted[below]) * (place - below);
}
const row = (name, numbers) =>
  console.log(
    `${name.padEnd(44)} ${quantile(numbers, 0.5).toFixed(0).padStart(6)} ms` +
      `   95 %: ${quantile(numbers, 0.95).toFixed(0).padStart(6)} ms   (${numbers.length})`,
  );

const paints = [];
const answers = [];
for (let k = 0; k < 5; k += 1) {
  await page.goto("about:blank");
  await page.goto(`${address}#v=1&runs=${values.runs}`);
  await measured("whole picture");
  paints.push(
    await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime),
  );
  answers.push(
    await page.evaluate(() => {
      const [found] = performance.getEntriesByName("first picture");
      return found.startTime + found.duration;
    }),
  );
}
row("first paint", paints);
row("first answer", answers);

for (const name of values.junctures.split(",")) {
  const [first, all] = [[], []];
  for (let k = 0; k < drags; k += 1) {
    const times = await asked([`shift ${name}:${k % 2 ? "-" : "+"}${1 + (k % 16)}`]);
    first.push(times.first);
    all.push(times.all);
  }
  row(`dragging ${name}, first picture`, first);
  row(`dragging ${name}, all`, all);
}

const heap = () =>
  page.evaluate(() => {
    globalThis.gc();
    return performance.memory.usedJSHeapSize / 1e6;
  });
await asked([]);
const before = await heap();
for (let k = 0; k < changes; k += 1) await asked([`shift nine_eleven:+${1 + (k % 40)}`]);
await asked([]);
const after = await heap();
console.log(`heap: ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after ${changes} changes`);
await browser.close();
