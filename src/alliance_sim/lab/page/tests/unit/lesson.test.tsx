// Lesson mode as a student goes through it, on a made relationship without lessons of its own.
import { fireEvent, render } from "./lesson_render";
import { beforeEach, describe, expect, test } from "vitest";
import type { Lesson as LessonData } from "../../src/contract";
import { Lesson } from "../../src/panels/lesson";
import { decode } from "../../src/panels/lesson/code";
import { BEST } from "../../src/panels/lesson/tasks";
import { chosen, forget, step, view } from "../../src/panels/lesson/state";
import { Store } from "../../src/state/store";
import { language, words } from "../../src/text";
import { madePayload } from "./made";

const LESSON: LessonData = {
  name: "generic",
  known: 1995,
  known_day: "1994-12-31",
  minutes: 50,
  steps: [
    { kind: "before", minutes: 5 },
    { kind: "predict", minutes: 7 },
    { kind: "reveal", minutes: 36 },
    { kind: "exit", minutes: 2 },
  ],
  words: [],
  items: [
    {
      name: "rung_2",
      by: "1996-12-31",
      rung: 2,
      series: null,
      outcome: "rung>=2@1996",
      happened: true,
      acts: [{ date: 1996.2, day: "1996-03", title: "<b>Step</b>", source: "made" }],
    },
    {
      name: "more_political",
      by: "1999-12-31",
      rung: null,
      series: ["political", "operations"],
      counts: [3, 5],
      outcome: null,
      happened: false,
      acts: [],
    },
  ],
  suggestions: [{ name: "great_raid", edits: ["without great_raid"], outcome: "rung>=2@1999" }],
  curve: null,
  belief: { edits: ["without great_raid"], outcome: "rung>=2@1999" },
  texts: {},
};

function opened(change: Partial<LessonData> = {}) {
  const payload = { ...madePayload(), lessons: [{ ...LESSON, ...change }] };
  words.value = payload.relationship.words;
  return render(<Lesson store={new Store(payload, ["lesson"])} />);
}

beforeEach(() => {
  forget(LESSON);
  view.value = "steps";
  chosen.value = null;
  language.value = "en";
});

describe("a lesson", () => {
  test("shows no outcome before the reveal, and closes the numbers with it", () => {
    const page = opened();
    for (const at of [0, 1, 2]) {
      page.after(() => (step.value = at));
      expect(page.text()).not.toContain("Yes.");
      expect(page.text()).not.toContain("<b>Step</b>");
    }
    page.after(() => (step.value = 1));
    fireEvent.input(page.all("input[type=number]")[0], "63");
    fireEvent.input(page.all("input[type=number]")[1], "250");
    expect(page.text()).toContain("You have given 2 of 2 numbers.");
    page.after(() => (step.value = 2));
    fireEvent.click(page.all(".lesson-gate button")[0]);
    expect(page.text()).toContain("You said 0.63. The gap is 0.37. The gap times itself is 0.14");
    expect(page.text()).toContain("You said 1.00. Your score: 1.00.");
    expect(page.text()).toContain("on average: 0.57");
    expect(page.text()).toContain("<b>Step</b>");
    expect(page.all("b")).toEqual([]);
    page.after(() => (step.value = 1));
    expect(page.all("input[type=number]").every((one) => one.hasAttribute("disabled"))).toBe(true);
  });

  test("gives a code that holds the numbers, and says how far somebody moved", () => {
    const page = opened();
    page.after(() => (step.value = 1));
    page.all("input[type=number]").forEach((one, at) => fireEvent.input(one, String(20 + at)));
    page.after(() => (step.value = 3));
    fireEvent.input(page.all("input[type=number]")[0], "90");
    expect(page.text()).toContain("You said 22 before, and 90 now: 68 up.");
    const code = page.all("output")[0]?.textContent ?? "";
    const read = decode(code, "generic", 2);
    expect(typeof read === "string" ? read : [read.forecasts, read.belief]).toEqual([
      [20, 21],
      [22, 90],
    ]);
  });

  test("explains the words of a step under it alone, in the reader's language or in English", () => {
    const told = {
      title: "Raid",
      question: "?",
      summary: "A raid.",
      unread: null,
      words: { raid: { term: "raid", text: "An attack by <ships>." } },
      causes: [],
      steps: {},
      items: {},
      suggestions: {},
      belief: "?",
    };
    const page = opened({
      words: [{ name: "raid", steps: ["before"] }],
      items: [],
      texts: { en: { ...told, steps: { before: { title: "Raid", text: "Read.", notes: [] } } } },
    });
    language.value = "ja";
    expect(page.all(".lesson-words dt").map((one) => one.textContent)).toEqual(["raid"]);
    expect(page.text()).toContain("An attack by <ships>.");
    page.after(() => (step.value = 1));
    expect(page.all(".lesson-words")).toEqual([]);
  });

  test("without a list of real events says so, and goes on", () => {
    const page = opened({ items: [], belief: null, suggestions: [] });
    page.after(() => (step.value = 1));
    expect(page.text()).toContain("There is no list of real events");
  });

  test("has a plan that adds up, tasks with every answer explained, and no homework here", () => {
    const page = opened();
    page.after(() => (view.value = "teacher"));
    expect(page.text()).toContain("Minute 0 of 50");
    expect(page.text()).toContain("48–50");
    page.after(() => (view.value = "tasks"));
    expect(page.all(".lesson-task").length).toBe(13);
    expect(Object.keys(BEST).length).toBe(13);
    const first = page.all(".lesson-task")[0];
    const answers = [...(first?.querySelectorAll("input") ?? [])];
    const told = answers.map((one) => {
      fireEvent.click(one);
      return page.all(".lesson-task [role=status]")[0]?.textContent ?? "";
    });
    expect(new Set(told).size).toBe(3);
    expect(told.filter((one) => one.startsWith("Good.")).length).toBe(1);
    page.after(() => (view.value = "homework"));
    expect(page.text()).toContain("written without the made world");
  });
});
