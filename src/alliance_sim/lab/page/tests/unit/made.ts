// A small made relationship and pictures of it, the same on every call, for tests of what is shown.
import type { Fan, Juncture, Kept, Model, Payload, Picture, Question } from "../../src/contract";
import { KEPT } from "../../src/contract";

export const FIRST = 1990;
export const STEPS = 40;

function juncture(name: string, date: number, more: Partial<Juncture> = {}): Juncture {
  return {
    name,
    title: name.replaceAll("_", " "),
    kind: "event",
    date,
    end: null,
    range: [FIRST, FIRST + STEPS / 4 - 0.01],
    follows: [],
    source: "made",
    description: `What ${name} is.`,
    ...more,
  };
}

export function madePayload(): Payload {
  const colour = { light: "#005a8c", dark: "#6db8e8" };
  return {
    format: "alliance-sim lab",
    version: 1,
    program: "alliance-sim 0",
    relationship: {
      name: "two_islands",
      words: {
        en: {
          title: "Two islands",
          state: "The island",
          alliance: "The league",
          domains: { political: "Talks", operations: "Patrols", equipment: "Ships" },
          names: {},
        },
      },
      colours: { political: colour, operations: colour, equipment: colour, institution: colour },
    },
    scenario: {
      name: "two_islands/baseline",
      title: "Two islands",
      digest: "0123456789abcdef",
      description: "Made.",
    },
    frame: { time: [FIRST, FIRST + STEPS / 4 - 1, 4] },
    periods: [
      {
        ...{ name: "calm", title: "Calm", from: 1990, until: 1995 },
        ...{ steps: [0, 20], years: [1990, 1994] },
      },
      {
        ...{ name: "storm", title: "Storm", from: 1995, until: 2000 },
        ...{ steps: [20, 40], years: [1995, 1999] },
      },
    ],
    rungs: [1, 2, 3, 4].map((rung) => ({
      rung,
      title: `Step ${rung}`,
      domain: "political",
      kind: "agreement",
      salience: 2,
    })),
    junctures: [
      juncture("great_raid", 1995.25),
      juncture("joint_patrol", 1996.5, { kind: "mission", end: 1998.5, follows: ["great_raid"] }),
      juncture("ports_act", 1996.75, { kind: "law", follows: ["joint_patrol"] }),
      juncture("admiral_rules", 1997, { kind: "leader", end: 1999 }),
    ],
    leaders: [
      {
        name: "admiral_rules",
        title: "Admiral",
        juncture: "admiral_rules",
        replacements: [{ name: "none", title: "nobody" }],
      },
      {
        name: "captain",
        title: "Captain",
        juncture: null,
        replacements: [
          { name: "none", title: "nobody" },
          { name: "admiral_rules", title: "Admiral" },
        ],
      },
    ],
    members: [
      {
        name: "hills",
        title: "Hills",
        numbers: [{ path: "offset", title: "offset", value: 0.2, low: -1, high: 1, unit: "1" }],
      },
    ],
    threats: [{ name: "raiders", title: "Raiders" }],
    councils: [
      { name: "consensus", title: "consensus" },
      { name: "leader", title: "leader" },
    ],
    motives: [{ name: "leverage", title: "leverage", path: "motives.leverage", value: 0 }],
    theories: [{ name: "RID", title: "all blocks", weight: 1, draws: 4 }],
    states: KEPT.map((name) => ({
      name,
      title: name,
      unit: "1",
      low: 0,
      high: name === "rung" ? 4 : 1,
    })),
    holds: [
      { name: "rung", low: 0, high: 4, whole: true },
      { name: "level_operations", low: 0, high: 1, whole: false },
    ],
    outcomes: [{ text: "rung>=3@1998", title: "step 3 by 1998" }],
    numbers: [
      {
        path: "levels.pace",
        title: "pace",
        kind: "fitted",
        source: "made",
        value: 1,
        low: 0,
        high: 2,
        unit: "1",
      },
      {
        path: "member.hills.offset",
        title: "Hills: offset",
        kind: "assumed",
        source: "made",
        value: 0.2,
        low: -1,
        high: 1,
        unit: "1",
      },
      {
        path: "motives.leverage",
        title: "leverage",
        kind: "assumed",
        source: "made",
        value: 0,
        low: 0,
        high: 2,
        unit: "1",
      },
      {
        path: "council.rule",
        title: "rule",
        kind: "assumed",
        source: "made",
        value: "consensus",
        low: null,
        high: null,
        unit: "",
      },
    ],
    record: {
      edition: "1",
      acts: [
        act(1995.1, "1995-02", "political", "First talk"),
        act(1995.6, "1995-08-11", "operations", "A patrol"),
        act(1997.2, "1997", "political", "Another talk"),
      ],
      rungs: [{ date: 1996.5, rung: 1, title: "Step 1", source: "made" }],
      claims: [],
    },
    draws: {},
    editable: {
      junctures: { great_raid: {}, joint_patrol: {}, ports_act: {}, admiral_rules: {} },
    },
    asked_before: null,
    curves: [],
    known: null,
    headlines: [],
    lesson: null,
    language: "en",
    start: "",
  } as unknown as Payload;
}

function act(date: number, day: string, series: string, title: string) {
  return {
    date,
    day,
    series,
    kind: "visit",
    salience: 2,
    initiator: "both",
    title,
    source: "made",
  };
}

/** A fan whose middle is given; bands lie 0.1 and 0.05 beside it. */
export function fanOf(middle: (step: number) => number, steps = STEPS): Fan {
  const at = (beside: number) => Float64Array.from({ length: steps }, (_, k) => middle(k) + beside);
  return { low: at(-0.1), lower: at(-0.05), middle: at(0), upper: at(0.05), high: at(0.1) };
}

export function madePicture(question: Question, touched: number | null): Picture {
  const rise = (step: number) => 0.2 + (0.5 * step) / STEPS;
  const bend = (step: number) => rise(step) - (touched !== null && step >= touched ? 0.15 : 0);
  const fans = Object.fromEntries(
    KEPT.map((state) => [
      state,
      state === "rung"
        ? {
            factual: fanOf((k) => Math.floor(k / 10)),
            edited: fanOf((k) => Math.floor(k / 20)),
            difference: fanOf((k) => Math.floor(k / 20) - Math.floor(k / 10)),
          }
        : {
            factual: fanOf(rise),
            edited: fanOf(state === "level_operations" ? bend : rise),
            difference: fanOf((k) => (state === "level_operations" ? bend(k) - rise(k) : 0)),
          },
    ]),
  ) as Record<Kept, { factual: Fan; edited: Fan; difference: Fan }>;
  const shares = () =>
    Float64Array.from({ length: 4 * STEPS }, (_, at) => {
      const [rung, step] = [Math.floor(at / STEPS), at % STEPS];
      return Math.min(1, Math.max(0, step / STEPS - rung * 0.2) * 2);
    });
  return {
    question,
    done: 8,
    of: 8,
    steps: STEPS,
    fans,
    ladder: { factual: shares(), edited: shares() },
    touched,
    outcome: { factual: new Uint8Array(8), edited: new Uint8Array(8) },
    draw: new Int32Array(8).fill(-1),
    milliseconds: 1,
  } as Picture;
}

/** A model that answers at once, and refuses what a test says. */
export function madeModel(refuses: (question: Question) => string[] = () => []): Model {
  return {
    program: "made",
    simd: true,
    steps: STEPS,
    year: (step: number) => FIRST + step / 4,
    problems: refuses,
    couplings: [],
    outcomes: async () => null,
    ask: async (question: Question, paint: (picture: Picture) => void) => {
      const picture = madePicture(question, question.edits.length > 0 ? 12 : null);
      paint(picture);
      return picture;
    },
  } as unknown as Model;
}
