// Builds the page and has Python write what the tests open: the whole page with its draws, and a
// small one of a made relationship.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";
import { environment, PROGRAM, PYTHON } from "./python";

const PAGE = resolve(import.meta.dirname, "..", "..");
const FOLDER = join(PAGE, "build", "pages");
const DIFFERING = `
import json, sys
from pathlib import Path
from alliance_sim import compare, load_scenario
base = load_scenario("two_islands/baseline")
told = compare(base.edited("shift great_raid:+6"), against=base, runs=3, seed=1, posterior=None)
keys = ("factual_date", "factual_title", "edited_date", "edited_title")
acts = [
    [[str(row[key])[:10].replace("NaT", "") if key.endswith("date") else row[key] for key in keys]
     for row in told.acts_of(run).to_dict("records")]
    for run in range(3)
]
Path(sys.argv[1]).write_text(json.dumps(acts), "utf-8")
`;

/** Addresses of the pages that are written, by name. */
export const PAGES = {
  whole: pathToFileURL(join(FOLDER, "whole.html")).href,
  small: pathToFileURL(join(FOLDER, "small.html")).href,
};

/** What `alliance-sim lab` is told for each. */
export const SCENARIOS = { whole: [], small: ["two_islands/baseline", "--no-draws"] };

/** Acts that the package finds to differ in the first runs of "shift great_raid:+6", seed 1. */
export const DIFFERING_ACTS = join(FOLDER, "differing.json");

export default async function written(): Promise<void> {
  const template = process.env["ALLIANCE_SIM_LAB_PAGE"] ?? (await built());
  process.env["ALLIANCE_SIM_LAB_PAGE"] = template; // for what tests start themselves
  mkdirSync(FOLDER, { recursive: true });
  await asked(["-c", DIFFERING, DIFFERING_ACTS]);
  for (const which of ["whole", "small"] as const) {
    const place = join(FOLDER, `${which}.html`);
    await asked(["-c", PROGRAM, "lab", ...SCENARIOS[which], "--export", place]);
  }
}

async function built(): Promise<string> {
  await build({ root: PAGE, logLevel: "warn" });
  return join(PAGE, "build", "index.html");
}

/** Run Python; what it says is told if it fails. */
function asked(words: string[]): Promise<void> {
  return new Promise((done, failed) => {
    const run = spawn(PYTHON, words, { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    run.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
    run.on("error", failed);
    run.on("close", (code) => {
      if (code === 0) done();
      else failed(new Error(`${PYTHON} ${words.join(" ")} ended with ${code}:\n${said}`));
    });
  });
}
