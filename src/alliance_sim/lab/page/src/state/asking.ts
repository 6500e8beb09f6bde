// Asking something else: what cannot be asked is told to whoever asked it, and nothing is changed.
import { signal } from "@preact/signals";
import type { Question } from "../contract";
import { unlinkable } from "./link";
import type { Store } from "./store";

/** Why the last change was not made; [] once something else is asked, in whatever way. */
export const refused = signal<string[]>([]);

/** Ask; return what stands against it, in which case nothing is changed. */
export function ask(store: Store, change: Partial<Question>): string[] {
  const problems = against(store, { ...store.question.value, ...change });
  refused.value = problems;
  if (problems.length === 0) store.change(change);
  return problems;
}

/** End a drag: what was dragged to is kept if it can be asked, or else what stood before. */
export function settle(store: Store, before: string[]): void {
  const problems = against(store, store.question.value);
  const edits = problems.length === 0 ? store.question.value.edits : before;
  if (problems.length > 0) store.change({ edits }, true);
  store.change({ edits });
  refused.value = problems;
}

/** Return what stands against a question: what no link could hold, and what the model says of it. */
function against(store: Store, question: Question): string[] {
  const most = unlinkable(question, store.payload, store.panels);
  return most.length > 0 ? most : (store.model.value?.problems(question) ?? []);
}
