// The later steps of a lesson: theories, the sentence, the code, and the homework.
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Lesson as LessonData, Model, Outcomes, Payload, Question } from "../../src/contract";
import { Lesson } from "../../src/panels/lesson";
import { chosen, forget, step, view } from "../../src/panels/lesson/state";
import { Store } from "../../src/state/store";
import { language, words } from "../../src/text";
import { fireEvent, render } from "./lesson_render";
import { madeModel, madePayload } from "./made";

const ASKED = { edits: ["without great_raid"], outcome: "rung>=2@1999" };
const LESSON: LessonData = {
  name: "generic",
  known: 1995,
  known_day: "1994-12-31",
  minutes: 50,
  steps: (["predict", "run", "compare", "claim", "exit"] as const).map((kind) => ({
    kind,
    minutes: 10,
  })),
  words: [],
  items: [],
  suggestions: [{ name: "great_raid", ...ASKED }],
  curve: null,
  belief: ASKED,
  texts: {},
};
const [RUN, COMPARE, CLAIM, EXIT] = [1, 2, 3, 4];
/** Of eight histories, how many have the outcome under each theory: as it was, and changed. */
const SAID: Record<string, [number, number]> = { RID: [8, 6], R: [8, 4], I: [8, 7], D: [8, 6] };

function outcomesOf({ theory }: Question) {
  const [fact, edited] = SAID[theory] ?? [0, 0];
  const of = (n: number) => Float64Array.from({ length: 8 }, (_, at) => (at < n ? 1 : 0));
  return { factual: of(fact), edited: of(edited) };
}

function opened(change: Partial<Model> = {}, payload: Partial<Payload> = {}) {
  const theories = Object.keys(SAID).map((name) => ({ name, title: name, weight: 1, draws: 4 }));
  const whole = { ...madePayload(), lessons: [LESSON], theories, ...payload } as Payload;
  words.value = whole.relationship.words;
  const store = new Store(whole, ["lesson"]);
  store.model.value = {
    ...madeModel(),
    outcomes: async (question: Question) => outcomesOf(question),
    ...change,
  } as Model;
  return { store, page: render(<Lesson store={store} />) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  forget(LESSON);
  view.value = "steps";
  chosen.value = null;
  language.value = "en";
});

describe("the card", () => {
  test("offers three directions", () => {
    const { page } = opened();
    page.after(() => (step.value = RUN));
    const told = page.all(".lesson-choice.row label").map((one) => one.textContent?.trim());
    expect(told).toEqual(["less likely", "the same", "more likely"]);
  });
});

describe("theories", () => {
  test("are told in a sentence each, and what they said stands beside the sentence to write", async () => {
    const { page, store } = opened();
    page.after(() => (step.value = CLAIM));
    expect(page.text()).toContain("your result in step 5");
    page.after(() => (step.value = COMPARE));
    expect(page.text()).toContain("both sides fear the same danger");
    fireEvent.click(page.all("button.main")[0]);
    await settled();
    page.after(() => undefined);
    const cells = page.all("tbody tr").map((row) => row.textContent);
    expect(cells).toEqual(["all of them together10075−25", "R10050−50", "I10088−12", "D10075−25"]);
    expect(page.text()).toContain("All these theories point the same way.");
    page.after(() => (step.value = CLAIM));
    expect(page.text()).toContain("in 100 of 100 histories; with your change, in 75.");
    expect(page.text()).toContain("The theories go from 50 to 88.");
    page.after(() => store.change({ seed: 7 }, false));
    expect(page.text()).toContain("your result in step 5"); // of another question
  });

  test("that are run again meanwhile are told once each", async () => {
    const waiting: (() => void)[] = [];
    const { page } = opened({
      outcomes: (question: Question) =>
        new Promise((go) => {
          waiting.push(() => go(outcomesOf(question) as unknown as Outcomes));
        }),
    });
    page.after(() => (step.value = COMPARE));
    fireEvent.click(page.all("button.main")[0]);
    page.after(() => (step.value = CLAIM));
    page.after(() => (step.value = COMPARE));
    fireEvent.click(page.all("button.main")[0]);
    expect(waiting).toHaveLength(2);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await settled();
    }
    page.after(() => undefined);
    const cells = page.all("tbody tr").map((row) => row.textContent);
    expect(cells).toEqual(["all of them together10075−25", "R10050−50", "I10088−12", "D10075−25"]);
    expect(page.text()).toContain("All these theories point the same way.");
  });

  test("that fail say why, and can be run again", async () => {
    const { page } = opened({ outcomes: () => Promise.reject(new Error("a worker died")) });
    page.after(() => (step.value = COMPARE));
    fireEvent.click(page.all("button.main")[0]);
    await settled();
    page.after(() => undefined);
    expect(page.all(".lesson-problem")[0]?.textContent).toBe("a worker died");
    expect(page.all("button.main")[0]?.hasAttribute("disabled")).toBe(false);
  });
});

describe("the code", () => {
  test("says that the second number is missing, and what to do where copying is refused", async () => {
    const refused = vi.fn(() => Promise.reject(new Error("no")));
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: refused } });
    const { page } = opened();
    page.after(() => (step.value = EXIT));
    expect(page.text()).toContain("Your second number is not in it yet");
    fireEvent.input(page.all("input[type=number]")[0], "40");
    expect(page.text()).not.toContain("Your second number is not in it yet");
    fireEvent.click(page.all(".lesson-code button")[0]);
    await settled();
    page.after(() => undefined);
    expect(refused).toHaveBeenCalledOnce();
    expect(page.text()).toContain("copy it by hand");
    vi.unstubAllGlobals();
  });
});

describe("homework", () => {
  const truth = {
    titles: { en: "Made" },
    story: { en: "Two <b>towns</b>." },
    told: {},
    years: [2001, 2003],
    acts: [{ date: 2001.5, day: "2001-07-02", series: "political", salience: 1, title: "Visit" }],
    turns: [
      { day: "2001-02-01", kind: "juncture", title: { en: "Raid", ja: "襲撃" } },
      { day: "2002-03-01", kind: "rung", title: { en: "Council" } },
    ],
    levels: { rung: [0, 1, 2], level_operations: [0.1, 0.2, 0.3] },
    free: 400,
    questions: [
      {
        name: "raid",
        edits: ["without raid"],
        outcome: "rung>=2@2003",
        title: { en: "No raid. A council?" },
        fact: 1,
        edited: 0,
        share: 0.625,
        drawn: "rung",
        levels: { rung: [0, 0, 1], level_operations: [0.1, 0.1, 0.1] },
      },
    ],
  };

  test("tells who is who and what came, and draws what is asked about", () => {
    const known = { title: "Made", frame: null, truth };
    const { page } = opened({}, { known } as unknown as Partial<Payload>);
    page.after(() => (view.value = "homework"));
    expect(page.text()).toContain("Two <b>towns</b>.");
    expect(page.text()).toContain("formal step: Council");
    page.after(() => (language.value = "ja"));
    expect(page.text()).toContain("襲撃");
    page.after(() => (language.value = "en"));
    fireEvent.input(page.all(".lesson-card input[type=number]")[0], "30");
    fireEvent.click(page.all(".lesson-card button")[0]);
    expect(page.text()).toContain("With other luck it was yes in 62 of 100 (400 histories");
    expect(page.text()).toContain("Steps reached, at the end of each year.");
    const marks = page.all(".lesson-drawing .axis text").map((one) => one.textContent);
    expect(marks).toEqual(["0", "1", "2"]);
    expect(page.all(".lesson-drawing polyline").length).toBe(2);
  });
});
