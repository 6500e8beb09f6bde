// What is asked is put to the model, and how long answers take is noted where browsers keep such
// times (performance.measure: "first picture", "whole picture"), for the benchmark and the curious.
import { effect } from "@preact/signals";
import { startModel } from "../engine/pool";
import type { Model, Question } from "../contract";
import { t } from "../text";
import { same, worded, type Store } from "./store";

const FIRST = "first picture";
const WHOLE = "whole picture";

/** Start the model, and ask it whatever the store asks from then on. */
export async function run(store: Store): Promise<void> {
  try {
    store.model.value = await startModel(store.payload);
  } catch (error) {
    store.problems.value = [t("page.failed", { why: worded(error) })];
    store.failed.value = true;
    return;
  }
  let last: Question | null = null;
  effect(() => {
    const model = store.model.value;
    const question = store.question.value;
    if (model === null || (last !== null && same(last, question))) return;
    last = question;
    const wanted = () => last === question; // what comes later of another question is not shown
    asked(store, model, question, wanted).catch((error: unknown) => {
      if (wanted()) store.problems.value = [worded(error)];
    });
  });
}

/** Put a question to the model, and show what comes of it; what cannot be asked is told. */
async function asked(
  store: Store,
  model: Model,
  question: Question,
  wanted: () => boolean,
): Promise<void> {
  const problems = model.problems(question);
  store.problems.value = problems;
  if (problems.length > 0) {
    if (!store.dragging) store.picture.value = null; // it answers another question
    return;
  }
  const began = performance.now();
  let painted = false;
  await model.ask(question, (picture) => {
    if (!wanted()) return;
    store.picture.value = picture;
    if (!painted) noteOncePainted(FIRST, began);
    painted = true;
    if (picture.done === picture.of) noteOncePainted(WHOLE, began);
  });
}

/** Note the time since something was asked, after the frame that shows it; only the last is kept. */
function noteOncePainted(name: string, began: number): void {
  requestAnimationFrame(() => {
    setTimeout(() => {
      performance.clearMeasures(name);
      performance.measure(name, { start: began, end: performance.now() });
    });
  });
}
