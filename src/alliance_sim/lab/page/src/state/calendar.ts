// Decimal years and days: see `alliance_sim.calendar`. Days themselves are those of the engine.
import { daysIn, decimalYear, monthsLater, type Day } from "../engine/days";
import { QUARTERS } from "./time";

const MONTHS = 12;

/** Return the day that begins nearest to a decimal year. */
export function dayOf(decimal: number): Day {
  const year = Math.floor(decimal);
  const months = (decimal - year) * MONTHS;
  const month = Math.floor(months + 1e-9) + 1;
  if (month > MONTHS) return { year: year + 1, month: 1, day: 1 };
  const day = Math.round(Math.max(months - month + 1, 0) * daysIn(year, month)) + 1;
  if (day <= daysIn(year, month)) return { year, month, day };
  return month === MONTHS
    ? { year: year + 1, month: 1, day: 1 }
    : { year, month: month + 1, day: 1 };
}

/** Return a decimal year some quarters on: the same day of the month, or the month's last. */
export function quartersOn(decimal: number, quarters: number): number {
  if (!Number.isInteger(quarters)) return decimal + quarters / QUARTERS;
  const later = monthsLater(dayOf(decimal), (MONTHS / QUARTERS) * quarters);
  return later === null ? decimal + quarters / QUARTERS : decimalYear(later);
}
