// What stands where histories are still run: nothing where the question cannot be asked.
import type { Store } from "../state/store";

export function Waiting({ store, children }: { store: Store; children: string }) {
  return store.problems.value.length > 0 ? null : <p role="status">{children}</p>;
}
