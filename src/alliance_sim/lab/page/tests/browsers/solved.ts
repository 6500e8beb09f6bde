// What `alliance_sim.lab.solution` says of links, and how the page writes it.
import { spawnSync } from "node:child_process";
import { counted, of100, share } from "../../src/parts/numbers";
import { environment, PYTHON } from "../e2e/python";
import type { Solved } from "../e2e/solved";

const PROGRAM = [
  "import json, sys",
  "from alliance_sim.lab import solution",
  "asked = json.load(sys.stdin)",
  "json.dump([solution(link, scenario, draws=draws) for link, scenario, draws in asked], sys.stdout)",
].join("\n");

/** Return what Python says of links, all in one go. */
export function solved(asked: [string, string | null, boolean][]): Solved[] {
  const run = spawnSync(PYTHON, ["-c", PROGRAM], {
    input: JSON.stringify(asked),
    env: environment({ ALLIANCE_SIM_QUIET: "1" }),
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as Solved[];
}

/** Return what the answer panel shows of it: counts of 100, the difference, rows of the table. */
export function written(told: Solved): { counts: string[]; effect: string; rows: string[][] } {
  const given = told.necessity.given_history;
  const first = given === null ? [] : [[share(given), share(null), share(null)]];
  return {
    counts: [told.fact, told.edited].map(({ probability }) => String(of100(probability))),
    effect: counted(told.effect.probability),
    rows: [
      ...first,
      [share(told.necessity.ensemble), ...told.bounds.PN.map(share)],
      [share(told.sufficiency), ...told.bounds.PS.map(share)],
      [share(told.both), ...told.bounds.PNS.map(share)],
    ],
  };
}
