// The years of a run and its steps, which need not be quarters: a scenario has 1, 2, 4 or 12 a year.
import type { Payload, Year } from "../contract";

/** Quarters in a year: what edits and readers count time in, whatever a step is. */
export const QUARTERS = 4;

/** Return first and last year of a run, and how many steps a year has. */
export function timeOf(payload: Payload): readonly [first: number, last: number, perYear: number] {
  return payload.frame.time;
}

/** Return the date at which a step begins. */
export function yearOf(step: number, payload: Payload): Year {
  const [first, , perYear] = timeOf(payload);
  return first + step / perYear;
}

/** Return how many quarters some steps take, to two places. */
export function inQuarters(steps: number, payload: Payload): number {
  const [, , perYear] = timeOf(payload);
  return Math.round((100 * steps * QUARTERS) / perYear) / 100;
}

/** Return where a date lies among the steps, with its fraction. */
export function stepAt(year: Year, payload: Payload): number {
  const [first, , perYear] = timeOf(payload);
  return (year - first) * perYear;
}
