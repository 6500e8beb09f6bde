// Which acts of a history and its twin are the same, gone, new, moved or became another: the rule of the
// package's `comparison.acts`, step by step, so that the page and the table `acts` of a what-if agree.
import type { Payload, RunEvent } from "../../contract";
import { AGREEMENT } from "../../engine/events";

export const CHANGES = ["same", "moved", "another", "gone", "new"] as const;
export type Change = (typeof CHANGES)[number];

export interface Pair {
  change: Change;
  factual: RunEvent | null;
  edited: RunEvent | null;
}

type Key = (event: RunEvent) => string | null;

/** Return all acts of two histories in pairs, by the factual date where there is one. */
export function matched(
  factual: readonly RunEvent[],
  edited: readonly RunEvent[],
  names: Pick<Payload, "rungs" | "items">,
): Pair[] {
  const known = new Set([...names.rungs, ...names.items].map(({ title }) => title));
  const ways: [Change, Key][] = [
    [
      "same",
      // What was coded has its own title and day; the kind is made up, in each world anew.
      ({ day, series, kind, title, months, coded }) =>
        [day, series, coded === null ? kind : "", title, months].join("\n"),
    ],
    ["moved", ({ title }) => (known.has(title) || title.startsWith(AGREEMENT) ? title : null)],
    ["another", ({ day, series }) => `${day}\n${series}`],
  ];
  let [before, after] = [[...factual], [...edited]];
  const pairs: Pair[] = [];
  for (const [change, key] of ways) {
    const waiting = new Map<string, RunEvent[]>();
    for (const act of after) {
      const found = key(act);
      if (found !== null) waiting.set(found, [...(waiting.get(found) ?? []), act]);
    }
    const taken = new Set<RunEvent>();
    before = before.filter((act) => {
      const found = key(act);
      const twin = found === null ? undefined : waiting.get(found)?.shift();
      if (twin === undefined) return true;
      taken.add(twin);
      pairs.push({ change, factual: act, edited: twin });
      return false;
    });
    after = after.filter((act) => !taken.has(act));
  }
  pairs.push(...before.map((act): Pair => ({ change: "gone", factual: act, edited: null })));
  pairs.push(...after.map((act): Pair => ({ change: "new", factual: null, edited: act })));
  const day = ({ factual: one, edited: other }: Pair) => (one ?? other)?.day ?? "";
  return pairs
    .map((pair) => ({ pair, day: day(pair) }))
    .sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0))
    .map(({ pair }) => pair);
}

/** By how many steps an act came later; below 0 earlier, 0 for one that is in one history only. */
export function later({ factual, edited }: Pair): number {
  return factual === null || edited === null ? 0 : edited.step - factual.step;
}
