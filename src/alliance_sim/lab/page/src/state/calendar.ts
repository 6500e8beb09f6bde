// Decimal years as the package has them: months are equal twelfths of a year, days equal parts of
// their month. See `alliance_sim.calendar.decimal_year`.

import { QUARTERS } from "./time";

const MONTHS = 12;

export interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function decimalYear({ year, month, day }: Day): number {
  return year + (month - 1 + (day - 1) / daysIn(year, month)) / MONTHS;
}

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

/** Return a day as written, YYYY-MM-DD; null if it is none. */
export function dayWritten(text: string): Day | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (found === null) return null;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const there = month >= 1 && month <= MONTHS && day >= 1 && day <= daysIn(year, month);
  return there ? { year, month, day } : null;
}

/** Return a decimal year some quarters on: the same day of the month, or the month's last. */
export function quartersOn(decimal: number, quarters: number): number {
  if (!Number.isInteger(quarters)) return decimal + quarters / QUARTERS;
  const from = dayOf(decimal);
  const months = from.year * MONTHS + from.month - 1 + (MONTHS / QUARTERS) * quarters;
  const [year, month] = [Math.floor(months / MONTHS), (months % MONTHS) + 1];
  return decimalYear({ year, month, day: Math.min(from.day, daysIn(year, month)) });
}
