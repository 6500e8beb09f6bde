// What edits rewrite of history, in bits, as `counterfactual/edit_cost.py` has it, of edits that need
// no draws: what comes once in the years of the run is taken to come at that rate.
import type { Payload } from "../contract";
import { timeOf } from "../state/time";
import { dayNumber, lastDay } from "./words";

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
    const [kind = "", rest = ""] = [edit.split(" ")[0], edit.slice(edit.indexOf(" ") + 1)];
    if (kind === "council") {
      uneven += 1;
      continue;
    }
    const found = payload.junctures.find(({ name }) => name === rest.split(":")[0]);
    const day = dayOf(found?.day);
    if (found === undefined || day === null) return null;
    if (kind === "without") {
      if (payload.leaders.some(({ juncture }) => juncture === found.name)) return null;
      years += Math.max(0, until - Math.max(day, dayNumber(begin, 1, 1))) / DAYS;
    } else if (kind === "shift") {
      const now = shifted(found.day ?? "", rest.split(":")[1] ?? "");
      if (now === null) return null;
      years += Math.abs(now - day) / DAYS;
    } else {
      return null;
    }
  }
  const rate = 1 / (end + 1 - begin);
  const choice = Math.log2(Math.max(1, payload.junctures.length)) * (edits.length - 1);
  return 0 - Math.log2(Math.exp(-years * rate) * 0.5 ** uneven) + choice;
}

function dayOf(text: string | undefined): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "");
  return found === null ? null : dayNumber(Number(found[1]), Number(found[2]), Number(found[3]));
}

/** Return the day so many quarters later, the last of its month where that has no such day. */
function shifted(day: string, by: string): number | null {
  if (!/^[+-]?\d+$/.test(by)) return dayOf(by);
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const later = month + 3 * Number(by);
  const last = new Date(Date.UTC(year, later, 0)).getUTCDate();
  return dayNumber(year, later, Math.min(date, last));
}
