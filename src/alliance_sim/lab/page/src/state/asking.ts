// Asking something else: what cannot be asked is told to whoever asked it, and nothing is changed.
import { signal } from "@preact/signals";
import type { Question } from "../contract";
import type { Store } from "./store";

/** Why the last change was not made; [] once one was. */
export const refused = signal<string[]>([]);

/** Ask; return what stands against it, in which case nothing is changed. */
export function ask(store: Store, change: Partial<Question>): string[] {
  const problems = store.model.value?.problems({ ...store.question.value, ...change }) ?? [];
  refused.value = problems;
  if (problems.length === 0) store.change(change);
  return problems;
}

/** End a drag: what was dragged to is kept if it can be asked, or else what stood before. */
export function settle(store: Store, before: string[]): void {
  const problems = store.model.value?.problems(store.question.value) ?? [];
  refused.value = problems;
  const edits = problems.length === 0 ? store.question.value.edits : before;
  if (problems.length > 0) store.change({ edits }, true);
  store.change({ edits });
}
