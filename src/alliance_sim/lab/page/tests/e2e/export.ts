// Builds the page and has Python write what the tests open: the whole page with its draws, and a
// small one of a made relationship.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";

const PAGE = resolve(import.meta.dirname, "..", "..");
const SOURCES = resolve(PAGE, "..", "..", "..");
const FOLDER = join(PAGE, "build", "pages");
const PROGRAM = "from alliance_sim.cli import main; main()";

/** Addresses of the pages that are written, by name. */
export const PAGES = {
  whole: pathToFileURL(join(FOLDER, "whole.html")).href,
  small: pathToFileURL(join(FOLDER, "small.html")).href,
};

export default async function written(): Promise<void> {
  const template = process.env["ALLIANCE_SIM_LAB_PAGE"] ?? (await built());
  mkdirSync(FOLDER, { recursive: true });
  await exported([], "whole.html", template);
  await exported(["two_islands/baseline", "--no-draws"], "small.html", template);
}

async function built(): Promise<string> {
  await build({ root: PAGE, logLevel: "warn" });
  return join(PAGE, "build", "index.html");
}

function exported(asked: string[], name: string, template: string): Promise<void> {
  const python = process.env["ALLIANCE_SIM_PYTHON"] ?? "python3";
  const paths = [SOURCES, process.env["PYTHONPATH"] ?? ""].filter((path) => path !== "");
  const env = {
    ...process.env,
    PYTHONPATH: paths.join(delimiter),
    ALLIANCE_SIM_LAB_PAGE: template,
  };
  const words = ["-c", PROGRAM, "lab", ...asked, "--export", join(FOLDER, name)];
  return new Promise((done, failed) => {
    const run = spawn(python, words, { env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    run.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
    run.on("error", failed);
    run.on("close", (code) => {
      if (code === 0) done();
      else failed(new Error(`${python} ${words.join(" ")} ended with ${code}:\n${said}`));
    });
  });
}
