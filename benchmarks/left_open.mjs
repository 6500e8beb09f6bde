// Does a page that is left open for a lesson grow? Chromium, from a file or from `alliance-sim lab`.
//
//     alliance-sim lab --export lesson.html
//     node benchmarks/left_open.mjs lesson.html                 # fifty minutes, hardly any work
//     node benchmarks/left_open.mjs http://127.0.0.1:PORT/ --minutes 10
//
// A reader changes something each minute with the page's own handles, buttons and undo, looks at
// another part every third minute, and has another window in front for six minutes. Every five
// minutes, after a collection: the JavaScript heap of the page and of its workers, the memory of
// their modules, documents, nodes, listeners, and what the processes that show the page hold
// (Linux alone). The exit code is 1 if anything grew from the tenth minute on by more than a tenth
// and more than is noise, or if anything was said on the console or asked for.
//
// Measured with 300 draws from `alliance-sim lab`, Chromium 156, two workers; MB but for the counts:
//
//     minute   heap   workers   modules   documents   nodes   listeners   processes
//          0   12.0       7.1      68.0           1    1390         988         466
//         10   11.5      16.0     100.3           1    1604        1008         593
//         20   11.7      16.2     100.3           1    1788        1015         601
//         30   11.6      17.0     100.3           1    1802        1016         582
//         40   11.7      16.7     100.3           1    1657        1010         585
//         50   11.6      16.9     100.3           1    1861        1014         591

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";

const require = createRequire(
  new URL("../src/alliance_sim/lab/page/package.json", import.meta.url),
);
const { chromium } = require("@playwright/test");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "50" },
    every: { type: "string", default: "5" },
    minute: { type: "string", default: "60" }, // seconds that a minute lasts, to try the script
  },
});
const given = positionals[0] ?? "lesson.html";
const served = given.startsWith("http://127.0.0.1:");
if (!served && !existsSync(resolve(given))) {
  console.error(`${given} is not there; write it with: alliance-sim lab --export lesson.html`);
  process.exit(2);
}
const address = served ? given : pathToFileURL(resolve(given)).href;
const [minutes, every, minute] = [values.minutes, values.every, values.minute].map(Number);
const HIDDEN = [21, 27]; // from and until which minute another window is in front
const NOISE = { heap: 3, workers: 3, modules: 1, documents: 1, nodes: 300, listeners: 100 };

// A browser as a reader has it: one that slows down what is hidden, which test drivers forbid theirs.
const system = process.env.ALLIANCE_SIM_BROWSER ?? "/usr/bin/chromium";
const profile = mkdtempSync(join(tmpdir(), "left-open-"));
const program = spawn(
  existsSync(system) ? system : chromium.executablePath(),
  [
    ...["--headless=new", "--no-first-run", "--remote-debugging-port=0", "--window-size=1366,900"],
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ...[`--user-data-dir=${profile}`, "about:blank"],
  ],
  { stdio: ["ignore", "ignore", "pipe"] },
);
const socket = await new Promise((found, failed) => {
  let said = "";
  program.stderr.on("data", (bytes) => {
    const place = /listening on (ws:\S+)/.exec((said += bytes));
    if (place !== null) found(place[1]);
  });
  program.on("exit", () => failed(new Error(`the browser ended: ${said}`)));
});
const browser = await chromium.connectOverCDP(socket, { noDefaults: true });
const context = browser.contexts()[0];
const page = context.pages()[0] ?? (await context.newPage());
const wrong = [];
page.on("pageerror", (error) => wrong.push(String(error)));
page.on("console", (said) => {
  if (["error", "warning"].includes(said.type())) wrong.push(said.text());
});
page.on("request", (request) => {
  if (!/^(data|blob):/.test(request.url()) && request.url().split("#")[0] !== address) {
    wrong.push(`request: ${request.url()}`);
  }
});
const protocol = await context.newCDPSession(page);

// Workers are targets of their own, spoken to through the page's session.
const workers = new Set();
const waiting = new Map();
let asked = 0;
protocol.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
  if (targetInfo.type === "worker") workers.add(sessionId);
});
protocol.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
protocol.on("Target.receivedMessageFromTarget", ({ message }) => {
  const { id, result, error } = JSON.parse(message);
  waiting.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
  waiting.delete(id);
});
const toWorker =
  (sessionId) =>
  (method, params = {}) => {
    const id = (asked += 1);
    const answer = new Promise((done) => waiting.set(id, done));
    const message = JSON.stringify({ id, method, params });
    return protocol.send("Target.sendMessageToTarget", { sessionId, message }).then(() => answer);
  };
await protocol.send("Target.setAutoAttach", {
  autoAttach: true,
  waitForDebuggerOnStart: false,
  flatten: false,
});

/** Bytes of a place's heap after collection, and of the memories of modules in it. */
async function held(send) {
  for (let k = 0; k < 3; k += 1) await send("HeapProfiler.collectGarbage");
  const { usedSize } = await send("Runtime.getHeapUsage");
  const { result } = await send("Runtime.evaluate", {
    expression: "WebAssembly.Memory.prototype",
    objectGroup: "held",
  });
  const { objects } = await send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId,
    objectGroup: "held",
  });
  const { result: sum } = await send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration:
      "function () { return this.reduce((n, m) => n + m.buffer.byteLength, 0); }",
    returnByValue: true,
  });
  await send("Runtime.releaseObjectGroup", { objectGroup: "held" });
  return [usedSize, sum.value];
}

/** Megabytes of memory that this browser's processes which show pages have to themselves. */
function processes() {
  let kilobytes = 0;
  for (const id of existsSync("/proc")
    ? readdirSync("/proc").filter((one) => /^\d+$/.test(one))
    : []) {
    try {
      const words = readFileSync(`/proc/${id}/cmdline`, "utf8");
      if (!words.includes("--type=renderer") || !descends(id)) continue;
      kilobytes += Number(
        /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1],
      );
    } catch {
      // it has ended meanwhile
    }
  }
  return kilobytes / 1024;
}

/** Whether a process comes from this one. */
function descends(id) {
  for (let now = id; Number(now) > 1;) {
    if (Number(now) === process.pid) return true;
    now = /\) \S (\d+)/.exec(readFileSync(`/proc/${now}/stat`, "utf8"))[1];
  }
  return false;
}

const MB = 2 ** 20;
async function measured(at) {
  const [heap, own] = await held((method, params) => protocol.send(method, params));
  const each = [];
  for (const one of workers) each.push(await held(toWorker(one)));
  const { metrics } = await protocol.send("Performance.getMetrics");
  const counted = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  const row = {
    minute: at,
    heap: heap / MB,
    workers: each.reduce((sum, [used]) => sum + used, 0) / MB,
    modules: each.reduce((sum, [, memory]) => sum + memory, own) / MB,
    documents: counted.Documents,
    nodes: counted.Nodes,
    listeners: counted.JSEventListeners,
    processes: processes(),
  };
  console.log(
    Object.entries(row)
      .map(([name, value]) =>
        value.toFixed(name === "minute" || value > 999 ? 0 : 1).padStart(name.length + 3),
      )
      .join(""),
  );
  return row;
}

const sleep = (ms) => new Promise((go) => setTimeout(go, ms));
const show = async (name) => page.locator(`#tab-${name}`).click();
const whole = () =>
  page.waitForFunction(() => performance.getEntriesByName("whole picture").length > 0, null, {
    timeout: 60_000,
  });

const PARTS = ["answer", "one_world", "two_worlds", "guess", "lesson", "about"];
const handles = page.locator(".timeline-handle");
/** What a reader does in a minute. */
async function done(at) {
  await page.evaluate(() => performance.clearMeasures());
  if (at % 3 === 0) {
    await show(PARTS[(at / 3) % PARTS.length]);
    await sleep(5000);
    await show("timeline");
  }
  if (at % 7 === 0) {
    await page.getByRole("button", { name: "Reset", exact: true }).click();
  } else if (at % 5 === 0) {
    await page.getByRole("button", { name: "Undo", exact: true }).click();
  } else {
    const handle = handles.nth(at % (await handles.count()));
    await handle.focus();
    for (const key of at % 2 ? ["ArrowRight", "ArrowRight", "ArrowLeft"] : ["Enter"]) {
      await handle.press(key);
    }
  }
  await whole();
}

await page.goto(address);
await whole();
await context.setOffline(true);
await protocol.send("Performance.enable");
console.log(`${workers.size} workers; MB but for documents, nodes, listeners`);
console.log("minute   heap   workers   modules   documents   nodes   listeners   processes");
const rows = [await measured(0)];
const begun = Date.now();
let other = null;
let hiddenFor = 0;
for (let at = 1; at <= minutes; at += 1) {
  await sleep(Math.max(0, begun + at * minute * 1000 - Date.now()));
  if (at === HIDDEN[0]) {
    other = await context.newPage();
    await other.bringToFront();
  }
  const hidden = at >= HIDDEN[0] && at < HIDDEN[1];
  if (hidden) hiddenFor += (await page.evaluate(() => document.visibilityState)) === "hidden";
  if (at === HIDDEN[1]) {
    await other?.close();
    await page.bringToFront();
  }
  if (!hidden) await done(at);
  if (at % every === 0) rows.push(await measured(at));
}
const bits = await page.locator(".bottom").innerText();
await browser.close();
await new Promise((ended) => {
  program.removeAllListeners("exit").on("exit", ended);
  program.kill();
});
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });

const early = rows.find((row) => row.minute >= 10) ?? rows[0];
const last = rows.at(-1);
const grown = Object.entries(NOISE).filter(
  ([name, noise]) => last[name] > early[name] * 1.1 && last[name] > early[name] + noise,
);
console.log(
  `hidden in ${hiddenFor} of ${Math.max(0, Math.min(minutes, HIDDEN[1] - 1) - HIDDEN[0] + 1)} minutes; ${bits.split("\n")[0]}`,
);
for (const [name] of grown) console.log(`${name} grew: ${early[name]} to ${last[name]}`);
for (const one of wrong) console.log(one);
process.exitCode = grown.length > 0 || wrong.length > 0 ? 1 : 0;
