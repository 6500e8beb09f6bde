// The focus goes on to what follows when what was pressed is gone.
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lesson as LessonData, Model, OneRun, Outcomes, Payload } from "../../src/contract";
import { GuessPanel } from "../../src/panels/guess";
import { Lesson } from "../../src/panels/lesson";
import { forget, step, view } from "../../src/panels/lesson/state";
import { EditsNow } from "../../src/panels/timeline/controls/edits_now";
import { JunctureLine } from "../../src/panels/timeline/juncture_card";
import { reach } from "../../src/state/edits";
import { Store } from "../../src/state/store";
import { t, words } from "../../src/text";
import { fireEvent, render } from "./lesson_render";
import { madeModel, madePayload } from "./made";

const ASKED = { edits: ["without great_raid"], outcome: "rung>=2@1999" };
const KINDS = ["predict", "reveal", "curves", "run", "compare"] as const;
const LESSON: LessonData = {
  name: "generic",
  known: 1995,
  known_day: "1994-12-31",
  minutes: 50,
  steps: KINDS.map((kind) => ({ kind, minutes: 10 })),
  words: [],
  items: [
    {
      ...{ name: "rung_2", by: "1996-12-31", rung: 2, series: null, outcome: "rung>=2@1996" },
      ...{ happened: true, acts: [] },
    },
  ],
  suggestions: [{ name: "great_raid", ...ASKED }],
  curve: { ...ASKED, world: "fact" },
  belief: null,
  texts: {},
};

const settled = () => act(() => new Promise((go) => setTimeout(go)));
/** What has the focus, by its text; null where it fell to the page. */
const focused = () =>
  document.activeElement === document.body ? null : document.activeElement?.textContent;

/** Press a button as a key does: it has the focus. */
async function press(button: Element | undefined): Promise<void> {
  if (!(button instanceof HTMLElement)) throw new Error("there is nothing to press");
  button.focus();
  fireEvent.click(button);
  await settled();
}

describe("in a lesson", () => {
  let page: ReturnType<typeof render>;
  const model = { ...madeModel(), outcomes: () => new Promise<Outcomes>(() => undefined) };

  beforeEach(() => {
    forget(LESSON);
    view.value = "steps";
    const years = [{ year: 1998, fact: 0, fact_low: 0, fact_high: 0, edited: 0, low: 0, high: 0 }];
    const curves = [{ ...ASKED, decided: 1999, years }];
    const payload = { ...madePayload(), lessons: [LESSON], curves } as Payload;
    words.value = payload.relationship.words;
    const store = new Store(payload, ["lesson"]);
    store.model.value = model;
    page = render(<Lesson store={store} />);
  });

  afterEach(() => page.end());

  const at = (kind: (typeof KINDS)[number]) => page.after(() => (step.value = KINDS.indexOf(kind)));
  const gate = () => page.all(".lesson-gate button")[0];

  test("it goes to what came of the statements", async () => {
    at("reveal");
    await press(gate());
    expect(focused()).toBe(t("lesson.reveal.came"));
  });

  test("it goes to both curves", async () => {
    at("curves");
    page.all("input[type=number]").forEach((one) => fireEvent.input(one, "40"));
    fireEvent.click(page.all("input[name=lesson-half]")[0]);
    await press(gate());
    expect(focused()).toBe(t("lesson.curves.both"));
  });

  test("it goes to what the model says, and stays on a choice that leads to it", async () => {
    at("run");
    const [replaced] = page.all("textarea");
    page.after(() => {
      (replaced as HTMLTextAreaElement).value = "Nobody.";
      replaced?.dispatchEvent(new Event("input", { bubbles: true }));
    });
    fireEvent.click(page.all("input[name=lesson-sign]")[0]);
    fireEvent.input(page.all("input[type=number]")[0], "40");
    await press(gate());
    expect(focused()).toBe(t("lesson.run.told"));
    at("predict");
    at("run");
    expect(focused()).not.toBe(t("lesson.run.told"));
  });

  test("it stays on the button while theories are run, which are run once", async () => {
    at("compare");
    const button = page.all("button.main")[0];
    await press(button);
    expect(button?.getAttribute("aria-disabled")).toBe("true");
    expect(button?.hasAttribute("disabled")).toBe(false);
    expect(document.activeElement).toBe(button);
  });

  test("it goes to the heading of the step once answers are brought back", async () => {
    at("predict");
    fireEvent.input(page.all("input[type=number]")[0], "63");
    at("predict");
    page.after(() => forget(LESSON));
    await press(page.all(".lesson-note button")[0]);
    expect(focused()).toBe(t("lesson.generic.predict.title"));
  });
});

describe("among the changes", () => {
  const EDITS = ["without great_raid", "council leader", "set levels.pace = 2"];

  test("it goes to the next one, from the last to the one before, and then to what is said of none", async () => {
    const store = new Store(madePayload(), ["timeline"]);
    store.change({ edits: EDITS });
    const page = render(<EditsNow store={store} />);
    const code = () => document.activeElement?.closest("li")?.querySelector("code")?.textContent;
    await press(page.all("button")[1]);
    expect(code()).toBe(EDITS[2]);
    await press(page.all("button")[1]);
    expect(code()).toBe(EDITS[0]);
    await press(page.all("button")[0]);
    expect(focused()).toBe(t("controls.nothing"));
    page.after(() => store.undo());
    expect(page.all("button")).toHaveLength(1);
    page.end();
  });
});

test("it stays on a button that has come to its end, which then does nothing", async () => {
  const store = new Store(madePayload(), ["timeline"]);
  const [raid] = store.payload.junctures;
  const [, most] = reach(raid!);
  store.change({ edits: [`shift great_raid:+${most - 1}`] });
  const page = render(<JunctureLine store={store} juncture={raid!} />);
  const later = page.all("button").at(-1);
  await press(later);
  const { edits } = store.question.value;
  expect(edits).toEqual([`shift great_raid:+${most}`]);
  expect([later?.getAttribute("aria-disabled"), later?.hasAttribute("disabled")]).toEqual([
    "true",
    false,
  ]);
  await press(later);
  expect(store.question.value.edits).toBe(edits);
  expect(document.activeElement).toBe(later);
  page.end();
});

describe("in the game", () => {
  test("it goes to what is told, and with another round to the beginning", async () => {
    const coded = { date: 1995.5, day: "1995", series: "political", kind: "visit", salience: 2 };
    const acts = [{ ...coded, initiator: "both", title: "", source: "" }];
    const record = { edition: "1", acts, rungs: [], claims: [] };
    const kinds = [{ name: "visit", domain: "political", title: "Visit" }];
    const payload = { ...madePayload(), record, kinds } as unknown as Payload;
    words.value = payload.relationship.words;
    const store = new Store(payload, ["guess"]);
    store.model.value = {
      one: async () => ({ events: [] }) as unknown as OneRun,
    } as never as Model;
    const page = render(<GuessPanel store={store} />);
    await settled();
    fireEvent.click(page.all("input[name=guess-history]")[0]);
    await press(page.all(".guess-sure button")[0]);
    expect(document.activeElement?.tagName).toBe("H3");
    expect(focused()).toMatch(/is the record/);
    await press(page.all(".guess-revealed button")[0]);
    expect(focused()).toBe(t("guess.title"));
    page.end();
  });
});
