// The page shows the package's numbers: for each link those of `alliance_sim.lab.solution`.
import { spawnSync } from "node:child_process";
import { counted, of100, share } from "../../src/parts/numbers";
import { expect, test, type Which } from "./fixtures";
import { environment, PYTHON } from "./python";

const PROGRAM = [
  "import json, sys",
  "from alliance_sim.lab import solution",
  "asked = json.load(sys.stdin)",
  "json.dump([solution(link, scenario, draws=draws) for link, scenario, draws in asked], sys.stdout)",
].join("\n");

interface Chance {
  probability: number;
}
interface Solved {
  fact: Chance;
  edited: Chance;
  effect: Chance;
  necessity: { given_history: number | null; ensemble: number | null };
  sufficiency: number | null;
  both: number;
  bounds: Record<"PN" | "PS" | "PNS", [number, number]>;
  sentence?: string;
}

/** Return what Python says of links, all in one go. */
function solved(asked: [string, string | null, boolean][]): Solved[] {
  const run = spawnSync(PYTHON, ["-c", PROGRAM], {
    input: JSON.stringify(asked),
    env: environment({ ALLIANCE_SIM_QUIET: "1" }),
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as Solved[];
}

function link(given: Record<string, string | number>, edits: string[]): string {
  const said = new URLSearchParams({ v: "1" });
  for (const edit of edits) said.append("edit", edit);
  for (const [key, value] of Object.entries(given)) said.set(key, String(value));
  return `${said.toString()}&panel=answer`;
}

const EDITS = [
  ["without great_raid"],
  ["shift joint_patrol:+8", "council weighted_majority"],
  ["leader admiral=none", "set levels.pace=3"],
  ["strength great_raid:0.25", "member hills:offset=0.5"],
  ["council leader", "motive leverage=on", "keep ports_act", "without great_raid"],
];
const OUTCOMES = ["rung>=2@2010", "level_operations>0.5@2010", "level_equipment>0.4@2009Q2"];
const FRESH = EDITS.flatMap((edits, k) =>
  ["RID", "RI", "D", "N"].map((theory, j) =>
    link(
      {
        outcome: OUTCOMES[(k + j) % OUTCOMES.length] ?? "",
        theory,
        noise: "fresh",
        runs: 90 + 37 * k,
        seed: 10 ** j,
      },
      edits,
    ),
  ),
);
const TWINS = [
  link({ outcome: "rung>=8@2014", runs: 1, seed: 5 }, ["without nine_eleven"]),
  link({ outcome: "level_equipment>0.5@2016", theory: "ID", runs: 2 }, [
    "shift abe_second_government:+16",
  ]),
];

async function held(page: import("@playwright/test").Page, told: Solved): Promise<void> {
  const rows = page.locator(".answer-numbers").first().locator("tbody tr");
  await expect(page.locator(".answer-icons figcaption strong")).toHaveText(
    [told.fact, told.edited].map(({ probability }) => String(of100(probability))),
  );
  await expect(page.locator(".answer-effect strong")).toContainText(
    counted(told.effect.probability),
  );
  const given = told.necessity.given_history;
  const first = given === null ? [] : [[share(given), share(null), share(null)]];
  const wanted = [
    ...first,
    [share(told.necessity.ensemble), ...told.bounds.PN.map(share)],
    [share(told.sufficiency), ...told.bounds.PS.map(share)],
    [share(told.both), ...told.bounds.PNS.map(share)],
  ];
  await expect(rows).toHaveCount(wanted.length, { timeout: 60_000 });
  for (const [k, cells] of wanted.entries()) {
    await expect(rows.nth(k).locator("td")).toHaveText(cells);
  }
}

async function compared(
  lab: import("./fixtures").Lab,
  which: Which,
  links: string[],
  answers: Solved[],
): Promise<void> {
  await lab.start(which);
  for (const [k, text] of links.entries()) {
    await test.step(text, async () => {
      await lab.ask(which, text);
      const told = answers[k];
      if (told === undefined) throw new Error("Python left out a link");
      await held(lab.page, told);
      if (told.sentence === undefined) return;
      const words = await lab.page.locator(".answer-told").innerText();
      expect(told.sentence.startsWith(words)).toBe(true);
    });
  }
}

test("pairs with fresh noise are those of the package, for twenty links", async ({ lab }) => {
  test.setTimeout(240_000);
  const answers = solved(FRESH.map((text) => [`#${text}`, "two_islands/baseline", false]));
  await compared(lab, "small", FRESH, answers);
});

test("twins of the history that happened are those of the package", async ({ lab }) => {
  test.setTimeout(480_000);
  const answers = solved(TWINS.map((text) => [`#${text}`, null, true]));
  await compared(lab, "whole", TWINS, answers);
});
