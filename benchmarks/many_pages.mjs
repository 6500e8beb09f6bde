// Can a class open the page from one machine at once? Thirty pages in Chromium, one server.
//
//     alliance-sim lab --no-browser                              # says its address
//     node benchmarks/many_pages.mjs http://127.0.0.1:PORT/
//     node benchmarks/many_pages.mjs http://127.0.0.1:PORT/ --pages 10
//
// All pages are asked for in the same moment. Each has to tell its bits, to answer, and to answer once
// more after a juncture is switched off in it by its own handle; all have to answer the same. A class
// has a machine a page; here all pages share this one, so that times are no reader's, and its memory
// has to do for all: it stops where less than 3 GB are left. The exit code is 1 if anything was said
// on a console, was asked for beside the page, or was answered otherwise.
//
// Measured with 300 draws and thirty pages, Chromium 156, on two cores of which other work took more
// than half: no error, and one answer in all.
//
//     loaded                     first    4 s   median  20 s   last  78 s
//     ready, its bits told       first    6 s   median  43 s   last  91 s
//     answered                   first   38 s   median  77 s   last 101 s
//     an edit in each at once    first   17 s   median  86 s   last 140 s
//     memory                     491 MB a page at most

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { freemem } from "node:os";
import { parseArgs } from "node:util";

const require = createRequire(
  new URL("../src/alliance_sim/lab/page/package.json", import.meta.url),
);
const { chromium } = require("@playwright/test");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pages: { type: "string", default: "30" } },
});
const [address] = positionals;
if (!address?.startsWith("http://127.0.0.1:")) {
  console.error("give the address that `alliance-sim lab --no-browser` says");
  process.exit(2);
}
const many = Number(values.pages);
const PATIENCE = 20 * 60_000;
const LEAST = 3 * 2 ** 30;
const PROCESSES = 8;

/** Bytes of memory that can still be had. */
function left() {
  if (!existsSync("/proc/meminfo")) return freemem();
  return Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))[1]) * 1024;
}

const system = process.env.ALLIANCE_SIM_BROWSER ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  ...(existsSync(system) ? { executablePath: system } : {}),
  // Pages share processes, as Chromium has them do where memory is short.
  args: [`--renderer-process-limit=${PROCESSES}`],
});
const context = await browser.newContext({ viewport: { width: 1366, height: 900 } });
context.setDefaultTimeout(PATIENCE);
const wrong = [];
const before = left();
let [least, stopped] = [before, false];
const watch = setInterval(() => {
  least = Math.min(least, left());
  if (least > LEAST || stopped) return;
  stopped = true;
  console.error(`stopped: ${(least / 1e9).toFixed(1)} GB are left`);
  void browser.close();
}, 250);

const begun = performance.now();
const seconds = () => (performance.now() - begun) / 1000;
const whole = (page) =>
  page.waitForFunction(() => performance.getEntriesByName("whole picture").length > 0, null, {
    polling: 250,
  });
const told = (page) => page.locator(".answer-short .answer-told").innerText();

async function opened(number) {
  const page = await context.newPage();
  const say = (what) => wrong.push(`page ${number}: ${what}`);
  page.on("pageerror", (error) => say(error));
  page.on("crash", () => say("crashed"));
  page.on("console", (said) => {
    if (["error", "warning"].includes(said.type())) say(said.text());
  });
  page.on("request", (request) => {
    const asked = request.url().split("#")[0];
    if (asked !== address && !/^(data|blob):/.test(asked)) say(`request: ${asked}`);
  });
  page.on("requestfailed", (request) => say(`failed: ${request.url()}`));
  return page;
}

async function read(page) {
  await page.goto(address);
  const loaded = seconds();
  await page.locator(".bottom", { hasText: "same bits as alliance-sim" }).waitFor();
  const ready = seconds();
  await whole(page);
  return { loaded, ready, answered: seconds(), said: await told(page) };
}

async function changed(page) {
  const from = seconds();
  await page.evaluate(() => performance.clearMeasures());
  const handle = page.locator(".timeline-handle").first();
  await handle.focus();
  await handle.press("Enter");
  await whole(page);
  return { took: seconds() - from, said: await told(page) };
}

const row = (name, times) => {
  const sorted = [...times].sort((one, other) => one - other);
  const [first, last] = [sorted[0], sorted.at(-1)].map((time) => time.toFixed(1).padStart(6));
  const middle = sorted[sorted.length >> 1].toFixed(1).padStart(6);
  console.log(`${name.padEnd(28)} ${first} s   median ${middle} s   last ${last} s`);
};

try {
  const pages = [];
  for (let number = 1; number <= many; number += 1) pages.push(await opened(number));
  const empty = left();
  const start = seconds();
  const answers = await Promise.all(pages.map(read));
  for (const name of ["loaded", "ready", "answered"]) {
    row(
      `${many} pages, ${name}`,
      answers.map((one) => one[name] - start),
    );
  }
  const edits = await Promise.all(pages.map(changed));
  row(
    "an edit in each at once",
    edits.map(({ took }) => took),
  );
  const taken = ((empty - least) / many / 1e6).toFixed(0);
  console.log(`memory: ${taken} MB a page at most; ${(least / 1e9).toFixed(1)} GB were left`);
  const [first, then] = [answers, edits].map((all) => [...new Set(all.map(({ said }) => said))]);
  console.log(`all say: ${first.join(" / ")}\nand then: ${then.join(" / ")}`);
  if (first.length !== 1 || then.length !== 1 || first[0] === then[0]) {
    wrong.push("pages answer otherwise than each other, or as before");
  }
} catch (error) {
  if (!stopped) throw error;
} finally {
  clearInterval(watch);
  await browser.close();
}
for (const one of wrong) console.error(one);
process.exitCode = wrong.length > 0 || stopped ? 1 : 0;
