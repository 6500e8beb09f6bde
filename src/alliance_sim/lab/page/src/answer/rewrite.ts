// What edits rewrite of history, in bits, as `counterfactual/edit_cost.py` has it, of edits that need
// no draws: what comes once in the years of the run is taken to come at that rate.
import type { Payload } from "../contract";
import { monthsLater, ordinal, readDay, type Day } from "../engine/days";
import type { Editable } from "../engine/drafts";
import { stripped } from "../engine/letters";
import { said } from "../state/edits";
import { timeOf } from "../state/time";
import { lastDay } from "./words";

export const GREEN = 7;
export const AMBER = 14;
const DAYS = 365.25;

/** Return the bits; null where the page does not work them out. */
export function rewriteBits(
  edits: readonly string[],
  outcome: string,
  payload: Payload,
): number | null {
  const until = lastDay(outcome, payload);
  if (until === null || edits.length === 0) return null;
  const [begin, end] = timeOf(payload);
  let [years, uneven] = [0, 0];
  for (const edit of edits) {
    const { kind = "", about = "", says = "" } = said(edit) ?? {};
    if (kind === "council") {
      uneven += 1;
      continue;
    }
    const when = stripped(says.split(":", 1)[0] ?? "");
    const found = payload.junctures.find(({ name }) => name === about);
    const day = readDay(found?.day ?? "");
    if (found === undefined || day === null) return null;
    if (kind === "without") {
      if (payload.leaders.some(({ juncture }) => juncture === found.name)) return null;
      const first = ordinal({ year: begin, month: 1, day: 1 });
      years += Math.max(0, until - Math.max(ordinal(day), first)) / DAYS;
    } else if (kind === "shift") {
      const now = shifted(day, when);
      if (now === null) return null;
      years += Math.abs(ordinal(now) - ordinal(day)) / DAYS;
    } else {
      return null;
    }
  }
  const rate = 1 / (end + 1 - begin);
  const choice = Math.log2(Math.max(1, described(payload))) * (edits.length - 1);
  return 0 - Math.log2(Math.exp(-years * rate) * 0.5 ** uneven) + choice;
}

/** Return how many junctures there are, those that never happen among them. */
function described({ editable }: Payload): number {
  return Object.keys((editable as Editable).junctures).length;
}

/** Return the day so many quarters later, or the day that is named; null if neither is said. */
function shifted(day: Day, by: string): Day | null {
  return /^[+-]?\d+$/.test(by) ? monthsLater(day, 3 * Number(by)) : readDay(by);
}
