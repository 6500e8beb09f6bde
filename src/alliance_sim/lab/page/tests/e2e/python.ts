// The package's Python, with the sources of this checkout before those of any that is installed.
import { delimiter, resolve } from "node:path";

const SOURCES = resolve(import.meta.dirname, "..", "..", "..", "..", "..");

export const PYTHON = process.env["ALLIANCE_SIM_PYTHON"] ?? "python3";
/** What Python is given to do for `alliance-sim`. */
export const PROGRAM = "from alliance_sim.cli import main; main()";

/** Return the variables under which Python runs. */
export function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const paths = [SOURCES, process.env["PYTHONPATH"] ?? ""].filter((path) => path !== "");
  return { ...process.env, PYTHONPATH: paths.join(delimiter), ...more };
}
