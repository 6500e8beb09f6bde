// The page shows the package's numbers: for each link all of those that `alliance_sim.lab.solution`
// tells. Python answers in one process, line by line, while the browser does.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { counted, of100, share } from "../../src/parts/numbers";
import english from "../../src/text/en.json" with { type: "json" };
import { expect, test, type Which } from "./fixtures";
import { environment, PYTHON } from "./python";
import type { Chance, Solved } from "./solved";

const PROGRAM = [
  "import json, sys",
  "from alliance_sim.lab import solution",
  "for link, scenario, draws in json.load(sys.stdin):",
  "    print(json.dumps(solution(link, scenario, draws=draws)), flush=True)",
].join("\n");
const { answer: words } = english;

/** What is told besides where the history that happened is kept. */
interface SolvedTwins extends Solved {
  couplings: Record<string, { effect: Chance; necessity: number | null }> & {
    coupling_free: { fact: number; edited: number; bounds: Record<"necessity", [number, number]> };
  };
  theories: ({ theory: string; weight: number } & Record<"fact" | "edited" | "effect", Chance>)[];
  label: keyof typeof words.label.means;
  reasons: string[];
  readings: Record<string, Chance>;
  card: { check: string; verdict: keyof typeof words.card.verdicts; words: string }[];
  assumed: string[];
  sentence: string;
}

/** Python at work; what it says of each link comes when it is there. */
class Solver {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers: Promise<Solved>[];

  constructor(asked: readonly (readonly [string, string | null, boolean])[]) {
    const env = environment({ ALLIANCE_SIM_QUIET: "1" });
    this.#process = spawn(PYTHON, ["-c", PROGRAM], { env, stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    this.#process.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
    const lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    let before: Promise<unknown> = Promise.resolve();
    this.#answers = asked.map(([link]) => {
      const next = before.then(async () => {
        const line = await lines.next();
        if (line.done === true) throw new Error(`Python ended before ${link}:\n${said}`);
        return JSON.parse(line.value) as Solved;
      });
      before = next;
      next.catch(() => undefined); // told where the answer is asked for
      return next;
    });
    this.#process.stdin.end(JSON.stringify(asked));
  }

  async answer(place: number): Promise<Solved> {
    const found = await this.#answers[place];
    if (found === undefined) throw new Error("there is no such link");
    return found;
  }

  end(): void {
    this.#process.kill();
  }
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
  ["strength great_raid:0.25", "member hills:offset=0.5", "hold rung=1@2003Q2..2005"],
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
const LATE = "rung>=8@2014";
// Each theory is asked, each kind of edit and each way to make a yes or no of a state, with two seeds
// that take turns; in several sets of re-runs questions are asked below.
const TWINS = [
  twins("R", [1, 5], "passed_tokyo_office>=1@2025", "council weighted_majority"),
  twins("RD", [1, 5], LATE, "shift nine_eleven:+16", "shift abe_second_government:+16"),
  twins(
    "RID",
    [1, 3],
    "level_operations>0.5@2012",
    "set levels.pace=1.5",
    "leader koizumi=none",
    "shift isaf:2005-03-01:stays",
    "member canada:offset=0.7",
    "without nine_eleven",
  ),
  twins("D", [1, 3], "rung>=10@2020", "council leader", "member france:offset=0.5"),
  twins("RI", [1, 5], "rung>=10@2023", ...without("crimea_2014", "ukraine_2022", "isaf")),
  twins(
    "ID",
    [1, 5],
    "max(level_equipment>0.4)@2003..2018",
    "leader abe_second_government=drawn",
    "keep transfer_principles",
  ),
  twins(
    "N",
    [1, 3],
    "min(level_political)@2013..2020>0.45",
    "without cold_war_ends",
    "strength taepodong_1998:2",
    "strength crimea_2014:0",
  ),
  twins("I", [1, 5], LATE, "hold rung=3@2009Q2..2011", "without nine_eleven", "keep isaf"),
  twins(
    "RID",
    [1, 5],
    "sum(count_operations)@2001..2012>=20",
    "hold level_operations=0.1@2003..2010",
    "motive leverage=on",
  ),
];

/** Asked of the package beforehand: the re-runs and the seed that a page begins with. */
const BEFORE = [
  twins("RID", [4, 1], "passed_tokyo_office>=1@2025", "council weighted_majority"),
  twins("RID", [4, 1], LATE, "without nine_eleven"),
];

function without(...names: string[]): string[] {
  return names.map((name) => `without ${name}`);
}

function twins(theory: string, [runs, seed]: [number, number], outcome: string, ...e: string[]) {
  return link({ outcome, theory, noise: "posterior", runs, seed }, e);
}

/** What the answer's panel shows, as far as the package tells it. */
interface Shown {
  icons: string[];
  effect: string;
  tables: string[][][];
  twins: null | {
    sentence: string;
    futures: string;
    label: string;
    reasons: string[];
    card: string[][];
    assumed: string[];
  };
}

function shown(page: import("@playwright/test").Page): Promise<Shown> {
  return page.evaluate(() => {
    const all = (selector: string) => [...document.querySelectorAll(`.answer ${selector}`)];
    const text = (node: Element | null | undefined) =>
      (node?.textContent ?? "").replace(/\s+/g, " ").trim();
    const rows = (table: Element) =>
      [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map(text));
    const [effect, span] = [all(".answer-effect strong")[0], all(".answer-effect span")[0]];
    const tables = all(".answer-scroll table.answer-numbers").map(rows);
    const label = all(".answer-label")[0];
    return {
      icons: all(".answer-icons figcaption strong").map(text),
      effect: `${text(effect)}; ${text(span)}`,
      tables,
      twins:
        label === undefined
          ? null
          : {
              sentence: `${text(all(".answer-told")[0])} ${text(all(".answer-fixed")[0])}`,
              futures: text(all(".answer-scroll + .answer-soft")[1]),
              label: text(label),
              reasons: all(".answer-trust li").map(text).sort(),
              card: all(".answer-check").map((check) => {
                const verdict = text(check.querySelector(".answer-verdict"));
                const asks = text(check.querySelector("dd em"));
                const name = text(check.querySelector("dt")).slice(verdict.length).trim();
                return [name, verdict, text(check.querySelector("dd")).slice(asks.length).trim()];
              }),
              assumed: all(".answer-assumed li").map(text),
            },
    };
  });
}

function interval({ probability, low, high }: Chance): string {
  return `${counted(probability)} (${counted(low)} to ${counted(high)})`;
}

function needed(told: Solved, given: boolean): string[][] {
  const { PN, PS, PNS } = told.bounds;
  const { needed: heads } = words;
  const history = [heads.given, share(told.necessity.given_history), share(null), share(null)];
  return [
    ...(given ? [history] : []),
    [heads.PN, share(told.necessity.ensemble), ...PN.map(share)],
    [heads.PS, share(told.sufficiency), ...PS.map(share)],
    [heads.PNS, share(told.both), ...PNS.map(share)],
  ];
}

/** What the panel has to show, in the order of its parts. */
function wanted(told: Solved): Shown {
  const { fact, edited, effect } = told;
  const icons = [fact, edited].map(({ probability }) => String(of100(probability)));
  const value = words.effect.value.replace("{value}", counted(effect.probability));
  if (!("sentence" in told)) {
    const none = `${value}; ${words.effect.none}`;
    return { icons, effect: none, tables: [needed(told, false)], twins: null };
  }
  const { couplings, theories, label, reasons, card, assumed, sentence } = told as SolvedTwins;
  const { coupling_free: free, ...tied } = couplings;
  const [low, high] = free.bounds.necessity;
  const span = words.effect.interval
    .replace("{low}", counted(effect.low))
    .replace("{high}", counted(effect.high));
  return {
    icons,
    effect: `${value}; ${span}`,
    tables: [
      needed(told, true),
      Object.entries(tied).map(([name, one]) => [
        words.coupling[name as "quantile"],
        interval(one.effect),
        share(one.necessity),
      ]),
      theories.map((one) => [
        one.theory,
        share(one.weight),
        String(of100(one.fact.probability)),
        String(of100(one.edited.probability)),
        interval(one.effect),
      ]),
    ],
    twins: {
      sentence,
      futures: `${of100(free.fact)} and ${of100(free.edited)} of 100; ${share(low)} to ${share(high)}`,
      label: words.label[label],
      reasons: [...reasons].sort(),
      card: card.map(({ check, verdict, words: why }) => [
        words.card.name[check as "clarity"],
        `${SIGNS[verdict]} ${words.card.verdicts[verdict]}`,
        why,
      ]),
      assumed,
    },
  };
}

const SIGNS = { pass: "✓", warn: "!", refuse: "✕", "not available": "–" };
// How the panel tells of both worlds by themselves; what is edited stands between the last two.
const FUTURES =
  /comes about in (\d+) of 100 histories as it was and in (\d+) of 100 .*needed in (\S+) to (\S+) of/;

/** Only what the package tells of: three tables, and of the futures their numbers. */
function compared({ tables, twins: more, ...rest }: Shown): Shown {
  const kept = tables.slice(0, more === null ? 1 : 3);
  if (more === null) return { ...rest, tables: kept, twins: null };
  const [, before, after, low, high] = FUTURES.exec(more.futures) ?? [];
  const futures = `${before} and ${after} of 100; ${low} to ${high}`;
  return { ...rest, tables: kept, twins: { ...more, futures } };
}

let solver: Solver;
const ASKED = [
  ...FRESH.map((text) => [`#${text}`, "two_islands/baseline", false] as const),
  ...BEFORE.map((text) => [`#${text}`, null, true] as const),
  ...TWINS.map((text) => [`#${text}`, null, true] as const),
];

test.beforeAll(() => {
  solver = new Solver(ASKED);
});

test.afterAll(() => {
  solver.end();
});

async function held(
  lab: import("./fixtures").Lab,
  which: Which,
  links: string[],
  first: number,
): Promise<void> {
  await lab.start(which);
  for (const [k, text] of links.entries()) {
    await test.step(text, async () => {
      const [told] = await Promise.all([solver.answer(first + k), lab.ask(which, text)]);
      await expect(async () => {
        expect(compared(await shown(lab.page))).toEqual(wanted(told));
      }).toPass({ intervals: [100, 200, 400], timeout: 60_000 });
    });
  }
}

test("pairs with fresh noise are those of the package, for twenty links", async ({ lab }) => {
  test.setTimeout(240_000);
  await held(lab, "small", FRESH, 0);
});

test("twins of the history that happened are the package's, for nine links", async ({ lab }) => {
  test.setTimeout(600_000);
  await held(lab, "whole", TWINS, FRESH.length + BEFORE.length);
});

test("the label is that of whatif where the package was asked beforehand", async ({ lab }) => {
  test.setTimeout(300_000);
  await held(lab, "whole", BEFORE, FRESH.length);
  const labels = [];
  for (const place of BEFORE.keys()) {
    const told = (await solver.answer(FRESH.length + place)) as SolvedTwins;
    labels.push(told.label);
    expect(Object.keys(told.readings)).toHaveLength(7);
  }
  expect(labels).toEqual(["robust", "silent"]);
  const rows = (await shown(lab.page)).tables.find((table) => table.length === 7) ?? [];
  const last = (await solver.answer(FRESH.length + 1)) as SolvedTwins;
  expect(rows.map(([, effect]) => effect)).toEqual(Object.values(last.readings).map(interval));
});
