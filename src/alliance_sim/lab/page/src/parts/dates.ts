// Dates in words: decimal years of the model, and days as the record codes them.
import { dayOf } from "../state/calendar";

function written(year: number, month: number, language: string, how: "short" | "long"): string {
  const form = { year: "numeric", month: how, timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, form).format(Date.UTC(year, month - 1, 1));
}

/** Return month and year of a decimal year: "Sept 2001". */
export function monthText(decimal: number, language: string): string {
  const { year, month } = dayOf(decimal);
  return written(year, month, language, "short");
}

/** Return a day as it was coded (YYYY, YYYY-MM, YYYY-MM-DD) in words, no more exact than that. */
export function codedDay(day: string, language: string): string {
  const [year = "", month, date] = day.split("-");
  if (month === undefined) return year;
  const moment = Date.UTC(Number(year), Number(month) - 1, Number(date ?? 1));
  if (Number.isNaN(moment)) return day;
  if (date === undefined) return written(Number(year), Number(month), language, "long");
  const form = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, form).format(moment);
}

/** Return the years at which an axis has its marks: at most so many, at round years. */
export function yearTicks(from: number, until: number, most: number): number[] {
  const span = Math.max(until - from, 0.25);
  const every = [1, 2, 5, 10, 20, 50].find((step) => span / step <= most) ?? 100;
  const ticks: number[] = [];
  for (let year = Math.ceil(from / every) * every; year <= until; year += every) ticks.push(year);
  return ticks;
}
