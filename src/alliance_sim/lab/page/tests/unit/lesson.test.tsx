// Lesson mode as a student goes through it, on a made relationship without lessons of its own.
import { fireEvent, render } from "./lesson_render";
import { beforeEach, describe, expect, test } from "vitest";
import type { Lesson as LessonData, Payload } from "../../src/contract";
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

function opened(change: Partial<LessonData> = {}, held: Partial<Payload> = {}) {
  const payload = { ...madePayload(), lessons: [{ ...LESSON, ...change }], ...held };
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
    expect(page.text()).toContain("You have given 2 of 3 numbers.");
    page.after(() => (step.value = 2));
    fireEvent.click(page.all(".lesson-gate button")[0]);
    expect(page.text()).toContain("You said 63 of 100, which counts as 0.63.");
    expect(page.text()).toContain("1 − 0.63 = 0.37. The gap times itself: 0.37 × 0.37 = 0.14.");
    expect(page.text()).toContain("You said 100 of 100. Your score: 1.00.");
    expect(page.text()).toContain("on average: 0.57");
    expect(page.text()).toContain("<b>Step</b>");
    expect(page.all("b")).toEqual([]);
    page.after(() => (step.value = 1));
    expect(page.all("input[type=number]").every((one) => one.hasAttribute("disabled"))).toBe(true);
  });

  test("takes a number back once its field is empty, and a tap on the middle for 50", () => {
    const page = opened();
    page.after(() => (step.value = 1));
    const [first] = page.all("input[type=number]");
    for (const typed of ["7", "70", "7", ""]) fireEvent.input(first, typed);
    expect(page.text()).toContain("You have given 0 of 3 numbers.");
    fireEvent.input(first, "7.5");
    expect((first as HTMLInputElement).value).toBe("7.5");
    page.after(() => first?.dispatchEvent(new Event("blur")));
    expect((first as HTMLInputElement).value).toBe("8");
    fireEvent.click(page.all("input[type=range]")[1]);
    expect((page.all("input[type=number]")[1] as HTMLInputElement).value).toBe("50");
    expect(page.text()).toContain("You have given 2 of 3 numbers.");
  });

  test("gives answers back that were cleared, and asks before a page with answers is left", () => {
    const page = opened();
    const leave = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(leave()).toBe(false);
    page.after(() => (step.value = 1));
    fireEvent.input(page.all("input[type=number]")[0], "63");
    expect(leave()).toBe(true);
    fireEvent.click(page.all(".lesson-forget")[0]);
    expect(step.value).toBe(0);
    expect(leave()).toBe(false);
    fireEvent.click(page.all(".lesson-note button")[0]);
    expect(step.value).toBe(1);
    expect((page.all("input[type=number]")[0] as HTMLInputElement).value).toBe("63");
    expect(page.text()).not.toContain("Your answers are cleared.");
  });

  test("keeps the card of each what-if while others are looked at", () => {
    const suggestions = ["one", "two"].map((name) => ({ ...LESSON.suggestions[0]!, name }));
    const page = opened({ suggestions, steps: [{ kind: "run", minutes: 50 }] });
    fireEvent.input(page.all("input[type=number]")[0], "63");
    fireEvent.click(page.all("input[name=lesson-sign]")[2]);
    fireEvent.click(page.all("input[name=lesson-suggestion]")[1]);
    expect((page.all("input[type=number]")[0] as HTMLInputElement).value).toBe("");
    fireEvent.click(page.all("input[name=lesson-suggestion]")[0]);
    expect((page.all("input[type=number]")[0] as HTMLInputElement).value).toBe("63");
    expect((page.all("input[name=lesson-sign]")[2] as HTMLInputElement).checked).toBe(true);
  });

  test("compares a curve with the model's only once a half and five numbers are given", () => {
    const asked = { edits: ["without great_raid"], outcome: "rung>=2@1999" };
    const years = [1983, 1991, 1995, 1997, 1998].map((year, at) => {
      const [fact, edited] = [at / 10, at / 20];
      return { year, fact, fact_low: fact, fact_high: fact, edited, low: edited, high: edited };
    });
    const curves = [{ ...asked, decided: 1999, years }] as unknown as Payload["curves"];
    const page = opened(
      { curve: { ...asked, world: "fact" }, steps: [{ kind: "curves", minutes: 50 }] },
      { curves },
    );
    const button = () => page.all(".lesson-gate button")[0] as HTMLButtonElement;
    page.all("input[type=number]").forEach((one) => fireEvent.input(one, "40"));
    expect(button().disabled).toBe(true);
    fireEvent.click(page.all("input[name=lesson-half]")[1]);
    expect(button().disabled).toBe(false);
    fireEvent.click(button());
    expect(page.text()).toContain("it then does not come in time");
    fireEvent.input(page.all("input[type=number]").at(-1), "75");
    expect(page.text()).toContain("together 115");
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
    expect(page.text()).toContain("There is no list of what really happened");
  });

  test("tells whoever writes on paper nothing of what only a screen has", () => {
    const page = opened();
    page.after(() => (step.value = 1));
    expect(page.text()).toContain("Move the slider");
    page.after(() => (view.value = "sheets"));
    const paper = () => page.all(".lesson-paper").map((one) => one.textContent ?? "");
    expect(paper()[0]).toContain("Write a number for each statement");
    expect(paper()[0]).toContain("The last line is a what-if");
    expect(paper().join(" ")).not.toMatch(/slider|type the number|the page|click|press/i);
    expect(page.all(".lesson-paper button, .lesson-paper input")).toEqual([]);
    const plain = opened({ belief: null });
    expect(plain.text()).not.toContain("The last line is a what-if");
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
