// Dates in words: decimal years of the model, and days as the record codes them.
import { decimalYear } from "../state/edits";

const MONTHS = 12;

/** Return the moment of a decimal year, to the day, in milliseconds. */
export function momentOf(year: number): number {
  const whole = Math.floor(year);
  const [begin, next] = [Date.UTC(whole, 0, 1), Date.UTC(whole + 1, 0, 1)];
  const days = Math.round(((year - whole) * (next - begin)) / 86_400_000);
  return begin + days * 86_400_000;
}

/** Return a decimal year some quarters on: the same day of the month, three months a quarter. */
export function quartersOn(year: number, quarters: number): number {
  if (!Number.isInteger(quarters)) return year + quarters / 4;
  const from = new Date(momentOf(year));
  const month = from.getUTCFullYear() * MONTHS + from.getUTCMonth() + 3 * quarters;
  const last = new Date(Date.UTC(Math.floor(month / MONTHS), (month % MONTHS) + 1, 0));
  const day = Math.min(from.getUTCDate(), last.getUTCDate());
  return decimalYear(Date.UTC(Math.floor(month / MONTHS), month % MONTHS, day));
}

function written(moment: number, language: string, month: "short" | "long"): string {
  const form = { year: "numeric", month, timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, form).format(moment);
}

/** Return month and year of a decimal year: "Sept 2001". */
export function monthText(year: number, language: string): string {
  return written(momentOf(year), language, "short");
}

/** Return a day as it was coded (YYYY, YYYY-MM, YYYY-MM-DD) in words, no more exact than that. */
export function codedDay(day: string, language: string): string {
  const [year = "", month, date] = day.split("-");
  if (month === undefined) return year;
  const moment = Date.UTC(Number(year), Number(month) - 1, Number(date ?? 1));
  if (Number.isNaN(moment)) return day;
  if (date === undefined) return written(moment, language, "long");
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
