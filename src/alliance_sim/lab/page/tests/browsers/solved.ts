// What is asked in these tests, what `alliance_sim.lab.solution` says of it, and how the page writes it.
// Python works it out once, in no test's time: it takes minutes where much else runs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { counted, of100, share } from "../../src/parts/numbers";
import { environment, PYTHON } from "../e2e/python";
import type { Which } from "../e2e/served";
import type { Solved } from "../e2e/solved";
import { FOLDER } from "./found";

interface Asked {
  scenario: string | null;
  draws: boolean;
  juncture: string;
  title: string;
  link: string;
}
export const ASKED: Record<Which, Asked> = {
  whole: {
    scenario: null,
    draws: true,
    juncture: "nine_eleven",
    title: "Attacks of 11 September 2001",
    link: "v=1&edit=without+nine_eleven&outcome=rung%3E%3D8%402014&panel=answer",
  },
  small: {
    scenario: "two_islands/baseline",
    draws: false,
    juncture: "great_raid",
    title: "The great raid",
    link: "v=1&edit=without+great_raid&outcome=rung%3E%3D2%402010&noise=fresh&runs=300&panel=answer",
  },
};
export const KINDS = ["whole", "small"] as const;
const ANSWERS = join(FOLDER, "answers.json");

const PROGRAM = [
  "import json, sys",
  "from alliance_sim.lab import solution",
  "asked = json.load(sys.stdin)",
  "json.dump([solution(link, scenario, draws=draws) for link, scenario, draws in asked], sys.stdout)",
].join("\n");

/** Forget what was said before these tests. */
export default function forget(): void {
  rmSync(ANSWERS, { force: true });
}

/** Have Python say what the links of these tests show, unless it has. */
export function solve(): void {
  if (existsSync(ANSWERS)) return;
  const asked = KINDS.map((which) => {
    const { link, scenario, draws } = ASKED[which];
    return [`#${link}`, scenario, draws];
  });
  const run = spawnSync(PYTHON, ["-c", PROGRAM], {
    input: JSON.stringify(asked),
    env: environment({ ALLIANCE_SIM_QUIET: "1" }),
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(ANSWERS, run.stdout);
}

/** Return what Python said of the link of a page. */
export function answer(which: Which): Solved {
  const found = (JSON.parse(readFileSync(ANSWERS, "utf8")) as Solved[])[KINDS.indexOf(which)];
  if (found === undefined) throw new Error("Python left out a link");
  return found;
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
