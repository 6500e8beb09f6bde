// The game: what is shown of record and runs, what gives a history away, and how a guess is scored.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { Act, Model, OneRun, Payload, Question, RunEvent } from "../../src/contract";
import { GuessPanel } from "../../src/panels/guess";
import {
  brier,
  byYear,
  featuresOf,
  recordTold,
  runTold,
  stretchesOf,
  tracesOf,
  yearsBetween,
} from "../../src/panels/guess/chronology";
import { deal, gameOf, guessed } from "../../src/panels/guess/rounds";
import { Store } from "../../src/state/store";
import { words } from "../../src/text";
import { frameOf, smallPayload } from "./payload";

function coded(date: number, change: Partial<Act> = {}): Act {
  const usual = { series: "political", kind: "visit", salience: 2, initiator: "both" } as const;
  return { date, day: String(date), title: "", source: "", ...usual, ...change };
}

function event(date: number, change: Partial<RunEvent> = {}): RunEvent {
  const usual = { what: "counted", which: 0, series: "political", kind: "visit" } as const;
  return {
    date,
    day: "",
    step: 0,
    salience: 2,
    who: [],
    months: 0,
    order: 0,
    coded: null,
    title: "",
    ...usual,
    ...change,
  };
}

const YEARS = [1950, 1989] as const;
const payload: Payload = smallPayload({
  frame: frameOf(1950, 1989, 4),
  kinds: [{ name: "visit", domain: "political", title: "Visit" }],
  record: {
    edition: "islands@1",
    acts: [
      coded(1980.5),
      coded(1980.7),
      coded(1970.2, { salience: 1 }),
      coded(1991),
      coded(1985, { kind: "suspension" }),
    ],
    rungs: [],
    claims: [],
  },
});

test("the record is told in the form of a run: acts of weight, of kinds that runs have too", () => {
  expect(recordTold(payload)?.map(({ date }) => date)).toEqual([1980.5, 1980.7]);
  expect(recordTold(smallPayload())).toBeNull();
});

test("a run is told by its counted acts and formal steps, by date", () => {
  const events = [
    event(1960, { what: "climbed" }),
    event(1955),
    event(1956, { salience: 1 }),
    event(1957, { what: "rung refused" }),
  ];
  expect(runTold({ events } as OneRun).map(({ date }) => date)).toEqual([1955, 1960]);
});

test("what lies farthest outside of simulated histories comes first", () => {
  const record = featuresOf(recordTold(payload) ?? [], YEARS);
  const runs = [
    [1955, 1960.5, 1988],
    [1956, 1970, 1971, 1972],
  ].map((dates) =>
    featuresOf(runTold({ events: dates.map((date) => event(date)) } as OneRun), YEARS),
  );
  expect(record).toMatchObject({ total: 2, first: 1980, busiest: 2, quiet: 0, late: 2 });
  const traces = tracesOf(record, runs);
  expect(traces[0]).toEqual({
    feature: "first",
    record: 1980,
    low: 1955,
    high: 1956,
    outside: true,
  });
  expect(traces.find(({ feature }) => feature === "equipment")?.outside).toBe(false);
});

test("a guess scores best if it is sure and right, worst if it is sure and wrong", () => {
  expect(brier(1, 1, 1)).toBe(0);
  expect(brier(1, 1, 0)).toBe(2);
  expect(brier(0, 1 / 3, 2)).toBeCloseTo(2 / 3, 12);
  expect(brier(0, 0.9, 0)).toBeLessThan(brier(0, 0.6, 0));
});

test("acts of one kind in one year are counted together", () => {
  const [year] = byYear(recordTold(payload) ?? []);
  expect([year?.year, year?.kinds.length, year?.kinds[0]?.[1]]).toEqual([1980, 1, 2]);
});

afterEach(() => act(() => render(null, document.body)));

async function shown(of: Payload, asked: Question[] = []): Promise<Store> {
  words.value = {
    en: {
      title: "Two islands",
      state: "Reefland",
      alliance: "Pact",
      domains: { political: "politics", operations: "operations", equipment: "equipment" },
      names: {},
    },
  };
  const store = new Store(of, ["guess"]);
  store.model.value = {
    one: async (question: Question, history: number) => {
      asked.push(question);
      return { events: [event(1955 + history), event(1960)] } as OneRun;
    },
  } as Partial<Model> as Model;
  await act(() => render(<GuessPanel store={store} />, document.body));
  await act(() => new Promise((settled) => setTimeout(settled)));
  return store;
}

test("without a record the panel says why there is no game", async () => {
  await shown(smallPayload());
  expect(document.body.textContent).toContain("holds no record");
});

test("a round shows three histories with new luck and no edits, and reveals after the answer", async () => {
  const asked: Question[] = [];
  const store = await shown(payload, asked);
  expect(document.querySelectorAll(".guess-card")).toHaveLength(3);
  expect(asked.every(({ edits, noise }) => edits.length === 0 && noise === "fresh")).toBe(true);
  expect(document.body.textContent).not.toContain("this is the record");
  const { round, past } = gameOf(store);
  const real = round.value?.real ?? -1;
  const choices = document.querySelectorAll<HTMLInputElement>("input[name=guess-history]");
  expect(document.querySelector(".guess-sure")?.textContent).toContain("First choose one");
  await act(() => choices[real]?.click());
  expect(document.querySelector(".guess-sure")?.textContent).not.toContain("First choose one");
  await act(() => document.querySelector<HTMLButtonElement>(".guess-sure button")?.click());
  expect(document.querySelector(".guess-card.real")?.textContent).toContain("this is the record");
  expect(past.value).toHaveLength(1);
  expect(past.value[0]?.right).toBe(true);
  expect(document.querySelector(".guess-score")?.textContent).toContain("1 of 1 right");
});

const many = [
  ...Array.from({ length: 12 }, (_, act) => coded(1960 + act)),
  ...Array.from({ length: 40 }, (_, act) => coded(1972 + act / 4)),
];
const dense = smallPayload({ ...payload, record: { ...payload.record!, acts: many } });

test("the record is cut into stretches of some years and acts, and no year is lost", () => {
  const told = recordTold(dense) ?? [];
  expect(stretchesOf(told, dense)).toEqual([
    [1950, 1969], // ten acts, one a year, from 1960 on
    [1970, 1973],
    [1974, 1977],
    [1978, 1989], // of 1982 to 1989 there is nothing to guess by itself
  ]);
  expect(stretchesOf(recordTold(payload) ?? [], payload)).toEqual([[1950, 1989]]);
});

test("each round shows other years until none are left, and then no longer counts", async () => {
  const store = await shown(dense);
  const game = gameOf(store);
  const rounds = [];
  for (let round = 0; round < 5; round += 1) {
    const now = game.round.value;
    rounds.push(now);
    const [first = 0, last = 0] = now?.years ?? [];
    const dates = [...(now?.shown ?? []), ...(now?.simulated ?? [])].flat().map((act) => act.date);
    expect(dates.every((date) => date >= first && date < last + 1)).toBe(true);
    expect(now?.shown[now.real]?.length).toBeGreaterThanOrEqual(10);
    await act(() => guessed(game, 0, 0.6));
    if (round < 4) await act(() => deal(store, game));
  }
  const years = rounds.map((round) => round?.years[0]);
  expect(years.slice(0, 4).sort()).toEqual([1950, 1970, 1974, 1978]);
  expect(rounds.map((round) => [round?.known, round?.more])).toEqual([
    ...[1, 2, 3].map(() => [false, true]),
    [false, false],
    [true, false],
  ]);
  expect(game.past.value).toHaveLength(4);
});

test("that another round shows years which are known is said before it is begun", async () => {
  const store = await shown(payload); // too few acts to be cut
  expect(document.body.textContent).toContain("1950 to 1989: which of these happened?");
  expect(document.body.textContent).not.toContain("rounds shows other years");
  await act(() => guessed(gameOf(store), 0, 0.6));
  expect(document.body.textContent).toContain("no longer counts");
  const other = await shown(dense);
  expect(document.body.textContent).toContain("Each of 4 rounds shows other years.");
  const [from, until] = gameOf(other).round.value?.years ?? [];
  const marked = [...(document.querySelector(".guess-axis")?.children ?? [])];
  expect([marked[0]?.textContent, marked.at(-1)?.textContent]).toEqual([`${from}`, `${until}`]);
  await act(() => guessed(gameOf(other), 0, 0.6));
  expect(document.body.textContent).not.toContain("no longer counts");
});

test("a strip is marked at round years between its first and its last", () => {
  expect(yearsBetween(1950, 2025)).toEqual([1975, 2000]);
  expect(yearsBetween(2000, 2015)).toEqual([2005, 2010]);
  expect(yearsBetween(2000, 2003)).toEqual([2001, 2002]);
});

test("of rounds that are dealt at once the last is shown, whichever ends first", async () => {
  const store = new Store(payload, ["guess"]);
  const empty = { events: [] as RunEvent[] } as OneRun;
  const ends: ((how: OneRun | Error) => void)[] = [];
  store.model.value = {
    one: (_: Question, history: number) =>
      new Promise((go, fail) => {
        if (history > 0) go(empty);
        else ends.push((how) => (how instanceof Error ? fail(how) : go(how)));
      }),
  } as Partial<Model> as Model;
  const game = gameOf(store);
  const dealt = [deal(store, game), deal(store, game), deal(store, game)];
  ends[2]?.(empty);
  await dealt[2];
  const round = game.round.value;
  expect(round).not.toBeNull();
  ends[0]?.(empty);
  ends[1]?.(new Error("worker 1 stopped"));
  await Promise.all(dealt);
  expect(game.round.value).toBe(round);
  expect(game.problem.value).toBeNull();
});
