// The answer as a reader sees it: tables with words of the reader's language.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Outcomes, Payload } from "../../src/contract";
import { effectOf } from "../../src/answer/answer";
import { AnswerPanel } from "../../src/panels/answer";
import { Store } from "../../src/state/store";
import { language, t, words } from "../../src/text";
import { madeModel, madePayload, madePicture } from "./made";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  void act(() => render(null, root));
  root.remove();
  language.value = "en";
});

async function show(payload: Payload, outcomes?: () => Promise<Outcomes>): Promise<void> {
  words.value = payload.relationship.words;
  const store = new Store(payload, ["answer"]);
  store.model.value = { ...madeModel(), ...(outcomes && { outcomes }) };
  store.picture.value = madePicture({ ...store.question.value, edits: ["without great_raid"] }, 12);
  await act(async () => render(<AnswerPanel store={store} />, root));
}

const steps = () =>
  [...root.querySelectorAll("table")]
    .filter((one) => one.querySelector("caption")?.textContent === t("answer.when.caption"))
    .flatMap((one) => [...one.querySelectorAll("tbody tr")])
    .map((row) => [...row.children].map(({ textContent }) => textContent));

test("formal steps are told with the month in both worlds and how many reach them", async () => {
  const payload = madePayload();
  await show(payload);
  expect(steps()).toHaveLength(4);
  expect(steps()[0]).toEqual(["1. Step 1", "1992-04", "1992-04", "0", "100 % → 100 %"]);
});

test("formal steps are called as the reader's language calls them", async () => {
  const payload = madePayload();
  const english = payload.relationship.words["en"]!;
  payload.relationship.words["ja"] = { ...english, names: { "rung.1": "第一段階の協定" } };
  language.value = "ja";
  await show(payload);
  expect(steps()[0]?.[0]).toBe("1. 第一段階の協定");
});

/** What was tried beforehand of the question that `show` puts, under two readings. */
function tried(effect: number) {
  const readings: Record<string, [number, number, number]> = {
    "series salience2": [effect, effect, effect],
    "reporting growing 2% a year": [effect, effect, effect],
  };
  return { edits: ["without great_raid"], outcome: "rung>=3@1998", effect, readings };
}

const told = () => root.textContent ?? "";

test("other readings of the record are shown where the package was asked the very question", async () => {
  const payload = madePayload();
  const question = { ...new Store(payload, ["answer"]).question.value };
  const asked = { ...question, edits: ["without great_raid"] };
  const { value } = effectOf(madePicture(asked, 12));
  const { theory, runs, seed } = question;
  const other = { sd_ratio: 0.5, bistable: 0, bits: 1 };
  const before = { theory, runs, seed, questions: [{ ...tried(value), ...other }] };
  await show({ ...payload, asked_before: before });
  expect(told()).toContain(t("answer.reading.caption"));
  expect(told()).toContain("more important acts alone");
  expect(told()).toContain("the longer ago, the fewer acts got on the list (2 % a year)");
  const another = { ...before, questions: [{ ...tried(value + 1e-9), ...other }] };
  for (const asked_before of [another, { ...before, runs: runs + 1 }, null]) {
    await show({ ...payload, asked_before });
    expect(told()).toContain(t("answer.coupling.caption"));
    expect(told()).not.toContain(t("answer.reading.caption"));
  }
});

test("a theory that is still being run is told neither as missing nor as left out", async () => {
  const payload = madePayload();
  const theories = ["RID", "R"].map((name) => ({ name, title: name, weight: 1, draws: 4 }));
  const { outcome, draw } = madePicture({ ...new Store(payload, []).question.value }, 12);
  const found: Outcomes = { ...outcome, draw: draw.map((_, history) => history % 4), anew: null };
  const waiting: (() => void)[] = [];
  let asked = 0;
  await show({ ...payload, theories }, () => {
    asked += 1; // pairs of new luck, and then the other theory
    return asked === 1
      ? Promise.resolve(found)
      : new Promise((go) => waiting.push(() => go(found)));
  });
  await act(async () => undefined);
  const none = [t("answer.weighing.one"), t("answer.assumed.missing", { theory: "R" })];
  expect(waiting).toHaveLength(1);
  expect(told()).toContain(t("answer.more_to_come"));
  for (const sentence of none) expect(told()).not.toContain(sentence);
  await act(async () => waiting[0]?.());
  expect(told()).toContain(t("answer.weighing.alike"));
  for (const sentence of none) expect(told()).not.toContain(sentence);
});
