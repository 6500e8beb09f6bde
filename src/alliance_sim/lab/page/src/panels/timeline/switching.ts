// Switching a juncture off and on again.
import { put, restored } from "../../state/edits";
import type { Store } from "../../state/store";

/** Return the edits with a juncture that happens, or that does not. */
export function switched(store: Store, name: string, on: boolean): string[] {
  const { payload } = store;
  const { edits } = store.question.value;
  if (!on) return put(edits, `without ${name}`, payload);
  return restored(edits, name, payload);
}
