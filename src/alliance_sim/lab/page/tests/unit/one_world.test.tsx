// A single history: what is weighed, where everybody stands, how one walks, and the panel itself.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Model, OneRun, Payload, RunEvent } from "../../src/contract";
import { BLOCKS, mostMoved, reach, TERMS, weighings } from "../../src/panels/one_world/blocks";
import { OneWorld } from "../../src/panels/one_world";
import { inLines, layoutOf, wideness } from "../../src/panels/one_world/layout";
import { nextStep, quarterText } from "../../src/panels/one_world/walk";
import { TwoWorlds } from "../../src/panels/two_worlds";
import { isFormal } from "../../src/parts/acts";
import { nextTurned } from "../../src/parts/histories";
import { Store } from "../../src/state/store";
import { words } from "../../src/text";
import examples from "./data/acts.json";
import { FIRST, madeModel, madePayload, madePicture, STEPS } from "./made";

const DOMAINS = ["political", "operations", "equipment"] as const;

function event(step: number, more: Partial<RunEvent>): RunEvent {
  const year = FIRST + Math.floor(step / 4);
  return {
    date: FIRST + step / 4,
    day: `${year}-0${(step % 4) * 3 + 1}-15`.replace("-010-", "-10-"),
    step,
    what: "counted",
    which: 0,
    series: "political",
    kind: "visit",
    salience: 1,
    who: ["both"],
    months: 0,
    order: 0,
    coded: null,
    title: "Visit, started by both sides",
    ...more,
  };
}

/** A history in which a shared threat grows, and the hills refuse the second step. */
function madeRun(history: number, world: "factual" | "edited"): OneRun {
  const row = (at: (step: number) => number) =>
    Float64Array.from({ length: STEPS }, (_, k) => at(k));
  const first = (value: (step: number) => number) => row((k) => (k === 0 ? Number.NaN : value(k)));
  const grow = world === "factual" ? 0.1 : 0.05;
  const terms = (["state", "alliance"] as const).flatMap((side) =>
    DOMAINS.flatMap((domain) =>
      TERMS.map((term) => ({
        side,
        domain,
        term,
        values: first((k) => {
          if (term === "floor") return -2;
          if (term === "common_threat" && side === "state" && domain === "political")
            return grow * k;
          return term === "slow" ? -0.01 : 0;
        }),
      })),
    ),
  );
  const willing = ["state", "alliance"].flatMap((side) =>
    DOMAINS.map((d) => `willing_${side}_${d}`),
  );
  const states = Object.fromEntries(
    [
      ...DOMAINS.map((domain) => `level_${domain}`),
      ...willing,
      ...["rung", "perceived_state_raiders", "perceived_alliance_raiders", "hostility_raiders"],
    ].map((name) => [name, row((k) => (name === "rung" ? (k > 10 ? 1 : 0) : k / STEPS))]),
  );
  const events = [
    event(5, {}),
    event(11, { what: "climbed", which: 1, title: "Step 1", kind: "agreement" }),
    ...(world === "factual" ? [event(13, { series: "operations" })] : []),
    event(20, {
      what: "rung refused",
      which: 2,
      who: ["hills"],
      title: "Blocked by Hills: Step 2",
    }),
  ];
  return {
    history,
    world,
    states,
    events,
    terms,
    members: [{ name: "hills", weight: row((k) => (k > 3 ? 1 : 0)), ratios: [row(() => 0.5)] }],
    refusals: [
      {
        step: 20,
        what: "rung",
        which: 2,
        members: [{ name: "hills", term: "reluctance", ratio: -0.5, demand: 0.25, luck: 0.1 }],
      },
    ],
  };
}

describe("what is weighed", () => {
  const run = madeRun(0, "factual");

  test("blocks hold each term of the package once", () => {
    expect([...TERMS].sort()).toEqual([...examples.terms].sort());
    expect(new Set(TERMS).size).toBe(TERMS.length);
  });

  test("blocks of a side and a domain add up to its ratio", () => {
    const found = weighings(run, 12);
    expect(found.map(({ side, domain }) => `${side} ${domain}`)).toHaveLength(6);
    for (const { blocks, terms, ratio } of found) {
      expect(Object.values(blocks).reduce((sum, value) => sum + value)).toBeCloseTo(ratio, 12);
      expect(Object.values(terms).reduce((sum, value) => sum + value)).toBeCloseTo(ratio, 12);
    }
    expect(found[0]?.ratio).toBeCloseTo(-2 + 1.2 - 0.01, 12);
    expect(found[0]?.alone).toBe(12 / STEPS);
    expect(BLOCKS).toHaveLength(Object.keys(found[0]?.blocks ?? {}).length);
  });

  test("nobody weighs anything in the first quarter, which is given", () => {
    expect(weighings(run, 0)).toEqual([]);
  });

  test("bars of any quarter fit on one scale", () => {
    const { low, high } = reach(run);
    expect(low).toBeCloseTo(-2.01, 12);
    expect(high).toBeCloseTo(0.1 * (STEPS - 1), 12);
  });

  test("the decision that moved most is told with the term that moved it", () => {
    const moved = mostMoved(run, 8, 12);
    expect(moved).toMatchObject({ side: "state", domain: "political", term: "common_threat" });
    expect(moved?.by).toBeCloseTo(0.4, 12);
    expect(mostMoved(run, 8, 8)).toBeNull();
    expect(mostMoved(run, 0, 8)).toBeNull();
  });
});

describe("where everybody stands", () => {
  test.each([
    [300, 1, 1],
    [366, 10, 5],
    [700, 10, 5],
    [1100, 12, 8],
    [500, 3, 0],
  ])(
    "at %i pixels %i members and %i threats are apart, and on the drawing",
    (width, many, threats) => {
      const layout = layoutOf(width, many, threats);
      const { box } = layout;
      for (const { x, y } of layout.members) {
        expect(x - layout.memberRadius).toBeGreaterThan(box.x);
        expect(x + layout.memberRadius).toBeLessThan(box.x + box.width);
        expect(y + layout.memberRadius).toBeLessThan(box.y + box.height);
      }
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      const nodes = [...layout.members, ...layout.threats, layout.state];
      for (const [k, one] of nodes.entries()) {
        expect(one.x).toBeGreaterThan(0);
        expect(one.x).toBeLessThan(width);
        expect(one.y).toBeGreaterThan(0);
        expect(one.y).toBeLessThan(layout.height);
        for (const other of nodes.slice(0, k)) {
          expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(24);
        }
      }
      for (const { from, until } of layout.lines) expect(until - from).toBeGreaterThan(60);
    },
  );

  test("labels are broken between words, and Japanese between letters", () => {
    expect(inLines("Soviet Union, then Russia", 14)).toEqual(["Soviet Union,", "then Russia"]);
    expect(inLines("ソビエト連邦、のちのロシア", 14).every((line) => wideness(line) <= 14)).toBe(
      true,
    );
    expect(inLines("one two three four five", 5, 2)).toEqual(["one", "two …"]);
    expect(inLines("unbreakable", 5)).toEqual(["unbreakable"]);
  });
});

describe("walking", () => {
  const run = madeRun(0, "factual");

  test("the next act and the next formal step are found both ways, and none beyond the last", () => {
    expect(nextStep(run, 5, 1)).toBe(11);
    expect(nextStep(run, 12, 1, isFormal)).toBe(20);
    expect(nextStep(run, 12, -1)).toBe(11);
    expect(nextStep(run, 20, 1)).toBeNull();
    expect(nextStep(run, 11, -1, isFormal)).toBeNull();
  });

  test("a quarter is told by its months", () => {
    expect(quarterText(madeModel(), 2, "en").replace(/\s/g, " ")).toBe("Jul – Sep 1990");
  });

  test("the next history in which the outcome changes is looked for around the end", () => {
    const outcome = { factual: [1, 1, 0, 1], edited: [0, 1, 0, 1] };
    expect(nextTurned(outcome, 2)).toBe(0);
    expect(nextTurned(outcome, 0)).toBe(0);
    expect(nextTurned({ factual: [1, 0], edited: [1, 0] }, 0)).toBeNull();
    expect(nextTurned({ factual: [], edited: [] }, 0)).toBeNull();
  });
});

describe("panels", () => {
  const [two, turned] = [Uint8Array.of(0, 0), Uint8Array.of(0, 1)];
  let place: HTMLElement;
  let store: Store;

  beforeEach(async () => {
    const payload: Payload = { ...madePayload(), kinds: [], items: [] };
    payload.kinds = [{ name: "visit", domain: "political", title: "<script>alert(1)</script>" }];
    words.value = payload.relationship.words;
    store = new Store(payload, ["timeline", "one_world", "two_worlds"]);
    const one: Model["one"] = async (_, history, world) => madeRun(history, world);
    store.model.value = { ...madeModel(), one };
    store.picture.value = madePicture(store.question.value, null);
    place = document.body.appendChild(document.createElement("div"));
  });
  afterEach(() => {
    render(null, place);
    place.remove();
  });

  const click = (text: string) =>
    act(() => {
      const found = [...place.querySelectorAll("button")].find((one) => one.textContent === text);
      if (found === undefined) throw new Error(`no button ${text}`);
      found.click();
    });
  const show = async (View: typeof OneWorld) => {
    await act(async () => render(<View store={store} />, place));
    await act(async () => undefined); // the history comes in
  };

  test("one world begins with the first formal step, and goes to the next", async () => {
    await show(OneWorld);
    expect(place.querySelector("input[type=range]")?.getAttribute("aria-valuetext")).toContain(
      "1992",
    );
    expect(place.querySelectorAll(".one-world-act")).toHaveLength(2);
    await click("Formal step →");
    expect(place.querySelectorAll(".one-world-act")).toHaveLength(4);
    expect(place.querySelectorAll(".one-world-no")).toHaveLength(1);
    expect(place.textContent).toContain("Hills said no. What tipped it: its most reluctant state.");
    await click("← Act");
    expect(place.querySelectorAll(".one-world-no")).toHaveLength(0);
  });

  test("an act on record is told as it was coded in both worlds, whatever else its quarter has", async () => {
    const record = { edition: "1", acts: [], rungs: [], claims: [] };
    const coded = {
      step: 5,
      what: "counted",
      which: 0,
      date: "1991-05-20",
      day: "1991-05",
    } as const;
    const places = [{ ...coded, title: "First talk" }];
    Object.assign(store.payload, { record: { ...record, places } });
    const before = event(5, { day: "1991-04-02", order: 1 }); // comes with the change, a day earlier
    const one: Model["one"] = async (_, history, world) => {
      const run = madeRun(history, world);
      return world === "factual" ? run : { ...run, events: [before, ...run.events] };
    };
    store.model.value = { ...madeModel(), one };
    store.change({ edits: ["without great_raid"], noise: "posterior" });
    await show(OneWorld);
    const acts = () =>
      [...place.querySelectorAll(".one-world-act")].map((act) => [
        act.querySelector("time")?.dateTime,
        act.querySelector(".one-world-what")?.textContent,
      ]);
    const made = "<script>alert(1)</script>, started by both sides";
    expect(acts()).toEqual([
      ["1992-10-15", "Step 1 (simulated, not on record)"],
      ["1991-05", "First talk"],
    ]);
    await click("With your changes");
    await act(async () => undefined);
    expect(acts()).toEqual([
      ["1992-10-15", "Step 1"],
      ["1991-05", "First talk"],
      ["1991-04-02", made],
    ]);
    // What is said above the acts is so of these, too.
    expect(place.textContent).toContain("Acts on record that come about here, too,");
    expect(place.textContent).not.toContain("their days, kinds and titles are made up");
  });

  test("a title that holds a script is shown as text", async () => {
    await show(OneWorld);
    expect(place.querySelector("script")).toBeNull();
    expect(place.textContent).toContain("<script>alert(1)</script>, started by both sides");
  });

  test("another history is asked for, and one that does not exist is not", async () => {
    await show(OneWorld);
    await click("Another one");
    await act(async () => undefined);
    expect(place.textContent).toContain("This is history 2 (As it was).");
    const input = place.querySelector<HTMLInputElement>("input[type=number]");
    if (input === null) throw new Error("no input");
    input.value = "999999";
    await act(() => void input.dispatchEvent(new Event("change", { bubbles: true })));
    expect(input.value).toBe("2");
  });

  test("whether the outcome comes about is told of the history that is shown, once all are in", async () => {
    const picture = madePicture(store.question.value, 12);
    picture.outcome.edited[6] = 1; // the only one of eight that is turned
    store.picture.value = { ...picture, done: 2, outcome: { factual: two, edited: turned } };
    await show(OneWorld);
    const told = () => place.querySelector(".one-world-choice + p")?.textContent;
    expect(told()).toBe(""); // the second that came in may be any of the eight
    await act(async () => void (store.picture.value = picture));
    expect(told()).toContain("step 3 by 1998");
    await click("One in which the outcome changes");
    await act(async () => undefined);
    expect(place.textContent).toContain("This is history 7 (As it was).");
    // Of fewer histories the last stands in for one that is not among them.
    const few = { ...picture, of: 2, done: 2, outcome: { factual: two, edited: turned } };
    await act(async () => void (store.picture.value = few));
    await act(async () => undefined);
    expect(place.textContent).toContain("This is history 2 (As it was).");
    expect(place.querySelector<HTMLInputElement>("input[type=number]")?.value).toBe("2");
  });

  test("a history that cannot be shown is told", async () => {
    const one = () => Promise.reject(new Error("the worker is gone"));
    store.model.value = { ...madeModel(), one };
    await show(OneWorld);
    expect(place.querySelector("[role=alert]")?.textContent).toContain("the worker is gone");
  });

  test("two worlds say what is gone, and show what is the same on demand", async () => {
    store.change({ edits: ["without great_raid"] });
    await show(TwoWorlds);
    expect(place.querySelector(".two-worlds-summary")?.textContent).toContain(
      "3 acts are the same in both. With your changes: 1 gone, 0 new",
    );
    expect(place.querySelectorAll(".two-worlds-pair")).toHaveLength(1);
    const same = [...place.querySelectorAll(".two-worlds-filters label")].find((one) =>
      one.textContent?.includes("same"),
    );
    await act(() => same?.querySelector("input")?.click());
    expect(place.querySelectorAll(".two-worlds-pair")).toHaveLength(4);
  });

  test("counts of both worlds hang together by luck or act by act, as the reader says", async () => {
    const asked: (string | undefined)[] = [];
    const one: Model["one"] = async (_, history, world, counts) => {
      asked.push(`${world} ${counts}`);
      return madeRun(history, world);
    };
    store.model.value = { ...madeModel(), one };
    await show(TwoWorlds);
    expect(place.querySelector(".two-worlds-coupling")).toBeNull(); // nothing is edited
    await act(() => store.change({ edits: ["without great_raid"] }));
    const [, thinning] = place.querySelectorAll<HTMLInputElement>(".two-worlds-coupling input");
    await act(() => thinning?.click());
    expect(asked.at(-1)).toBe("edited thinning");
    expect(asked).toContain("edited quantile");
    expect(asked).not.toContain("factual thinning");
    await act(() => store.change({ noise: "fresh" }));
    expect(place.querySelector(".two-worlds-coupling")).toBeNull(); // the package has none there
    expect(asked.at(-1)).toBe("edited quantile");
  });

  test("two worlds are those of one question, whichever comes in first", async () => {
    await act(() => store.change({ edits: ["without great_raid"] }));
    await show(TwoWorlds);
    const waiting: (() => void)[] = [];
    const one: Model["one"] = async (question, history, world) => {
      if (world === "edited" && question.seed === 2)
        await new Promise<void>((go) => waiting.push(go));
      return madeRun(history, world);
    };
    await act(() => void (store.model.value = { ...madeModel(), one }));
    expect(place.querySelector(".two-worlds-summary")).not.toBeNull();
    await act(() => store.change({ seed: 2 }));
    await act(async () => undefined); // the history as it was comes in
    expect(waiting).toHaveLength(1);
    expect(place.querySelector(".two-worlds-summary")).toBeNull(); // one world is of the seed before
    await act(async () => waiting[0]?.());
    await act(async () => undefined);
    expect(place.querySelector(".two-worlds-summary")).not.toBeNull();
  });

  test("two worlds with nothing edited say so", async () => {
    await show(TwoWorlds);
    expect(place.querySelector(".two-worlds-summary")?.textContent).toContain(
      "changed nothing yet",
    );
  });
});
