// The chronicle and its matching against what the package says of the same runs; `acts.json` is made by
// tests/lab/test_page_acts.py of the package, which also holds it to what the package says now.
import { describe, expect, test } from "vitest";
import { decimalYear } from "../../src/engine/days";
import { eventsOf, startOf } from "../../src/engine/events";
import { asCoded, codedPlaces } from "../../src/parts/coded";
import { later, matched, type Pair } from "../../src/panels/two_worlds/matching";
import type { CodedPlace, Payload, RunEvent } from "../../src/contract";
import examples from "./data/acts.json";

interface Told {
  rows: number[][][];
  refused: Record<string, number[]>[];
}
const { members, kinds, items, rungs, state, alliance } = examples.names;
const names = {
  members: members.map((member) => ({ ...member, numbers: [] })),
  kinds,
  items,
  rungs,
  relationship: { name: "", colours: {}, words: { en: { state, alliance } } },
} as unknown as Payload;
const time = examples.time as [number, number, number];

function eventsIn(told: Told, run: number): RunEvent[] {
  const rows = told.rows[run] ?? [];
  const states = Object.entries(told.refused[run] ?? {}).map(([name, steps]) => {
    const values = new Float64Array((time[1] - time[0] + 1) * time[2]);
    for (const step of steps) values[step] = 1;
    return [name, values] as const;
  });
  return eventsOf(
    {
      time,
      rows: Float64Array.from(rows.flat()),
      told: rows.length,
      states: Object.fromEntries(states),
    },
    names,
  );
}

const short = ({ day, series, kind, salience, title }: RunEvent) => [
  day,
  series,
  kind,
  salience,
  title,
];
function told(pairs: Pair[]) {
  const words = { moved: "moved", another: "became another", gone: "gone", new: "new", same: "" };
  return pairs
    .filter(({ change }) => change !== "same")
    .map(({ change, factual, edited }) => [
      words[change],
      ...[factual?.day ?? "", edited?.day ?? ""],
      ...[factual?.title ?? "", edited?.title ?? ""],
    ]);
}

const runs = examples.differing.map((_, run) => run);

describe.each(runs)("run %i", (run) => {
  test.each(["factual", "edited"] as const)("its %s acts are the package's, in order", (world) => {
    const wanted = examples[world].acts[run];
    expect(wanted?.length).toBeGreaterThan(50);
    expect(eventsIn(examples[world], run).map(short)).toEqual(wanted);
  });

  test("acts that differ are the package's, in order", () => {
    const pairs = matched(eventsIn(examples.factual, run), eventsIn(examples.edited, run), names);
    expect(told(pairs)).toEqual(examples.differing[run]);
  });

  test("with acts on record told as they were coded, too", () => {
    const both = [eventsIn(examples.factual, run), eventsIn(examples.edited, run)] as const;
    const coded = codedPlaces(both[0], examples.recorded.places as CodedPlace[]);
    const [factual, edited] = [asCoded(both[0], coded), asCoded(both[1], coded)];
    expect(told(matched(factual, edited, names))).toEqual(examples.recorded.differing[run]);
    expect(factual.filter((event) => event.coded !== null).length).toBeGreaterThan(20);
  });
});

test("an act on record is the same in both worlds, whatever kind was drawn for it", () => {
  const counted = eventsIn(examples.factual, 0).find(({ what }) => what === "counted");
  if (counted === undefined) throw new Error("no act was counted");
  const { step, what, day } = counted;
  const coded = { step, what, which: 0, date: day, day, title: "" };
  const one = { ...counted, coded };
  expect(matched([one], [{ ...one, kind: "other" }], names)[0]?.change).toBe("same");
  const made = { ...counted, coded: null };
  expect(matched([made], [{ ...made, kind: "other" }], names)[0]?.change).toBe("another");
});

test("every act of both histories is in one pair", () => {
  const [one, other] = [eventsIn(examples.factual, 0), eventsIn(examples.edited, 0)];
  const pairs = matched(one, other, names);
  expect(new Set(pairs.flatMap(({ factual }) => factual ?? []))).toEqual(new Set(one));
  expect(new Set(pairs.flatMap(({ edited }) => edited ?? []))).toEqual(new Set(other));
});

test("a history is the same as itself, and nothing is matched with nothing", () => {
  const acts = eventsIn(examples.factual, 1);
  expect(new Set(matched(acts, acts, names).map(({ change }) => change))).toEqual(
    new Set(["same"]),
  );
  expect(matched(acts, [], names).map(({ change }) => change)).toEqual(acts.map(() => "gone"));
  expect(matched([], acts, names).map(({ change }) => change)).toEqual(acts.map(() => "new"));
});

test("a formal step that comes later has moved, by quarters", () => {
  const step = eventsIn(examples.factual, 0).find(({ what }) => what === "climbed");
  if (step === undefined) throw new Error("no rung was climbed");
  const [pair] = matched([step], [{ ...step, day: "2009-12-01", step: step.step + 6 }], names);
  expect(pair?.change).toBe("moved");
  expect(pair && later(pair)).toBe(6);
});

test("quarters begin on the first of a month, and days are parts of their month", () => {
  expect(new Date(startOf(time, 5)).toISOString().slice(0, 10)).toBe("2002-04-01");
  expect(new Date(startOf(time, 40)).toISOString().slice(0, 10)).toBe("2011-01-01");
  expect(decimalYear({ year: 2004, month: 2, day: 16 })).toBeCloseTo(2004 + (1 + 15 / 29) / 12, 12);
});

test("where a hold takes several steps at once, the lowest is named and the others are told of", () => {
  const steps = (time[1] - time[0] + 1) * time[2];
  const fallen = (from: number): string[] => {
    const rung = new Float64Array(steps).fill(0);
    rung.fill(from, 0, 8);
    const rows = Float64Array.from([8, 2, 1, 0.5, -1, 3, members.length + 2, 0]);
    return eventsOf({ time, rows, told: 1, states: { rung } }, names).map(({ title }) => title);
  };
  const first = rungs.find(({ rung }) => rung === 1)?.title;
  expect(fallen(1)).toEqual([`Lost: ${first}`]);
  expect(fallen(3)).toEqual([`Lost: ${first} and all above it`]);
});
