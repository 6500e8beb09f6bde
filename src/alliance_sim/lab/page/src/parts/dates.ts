// Dates in words: decimal years of the model, and days as the record codes them.
import { dayOf } from "../state/calendar";

const forms = new Map<string, Intl.DateTimeFormat>();

/** Return the form of a date in a language; made once, for it takes longer than to use it. */
function formOf(language: string, month: "short" | "long", day?: "numeric"): Intl.DateTimeFormat {
  const key = `${language} ${month} ${day}`;
  const found = forms.get(key);
  if (found !== undefined) return found;
  const parts: Intl.DateTimeFormatOptions = { year: "numeric", month, timeZone: "UTC" };
  const form = new Intl.DateTimeFormat(language, day === undefined ? parts : { ...parts, day });
  forms.set(key, form);
  return form;
}

/** Return month and year of a decimal year: "Sept 2001". */
export function monthText(decimal: number, language: string): string {
  const { year, month } = dayOf(decimal);
  return formOf(language, "short").format(Date.UTC(year, month - 1, 1));
}

/** Return a day as it was coded (YYYY, YYYY-MM, YYYY-MM-DD) in words, no more exact than that. */
export function codedDay(day: string, language: string): string {
  const [year = "", month, date] = day.split("-");
  if (month === undefined) return year;
  const moment = Date.UTC(Number(year), Number(month) - 1, Number(date ?? 1));
  if (Number.isNaN(moment)) return day;
  return formOf(language, "long", date === undefined ? undefined : "numeric").format(moment);
}

/** Return the years at which an axis has its marks: at most so many, at round years. */
export function yearTicks(from: number, until: number, most: number): number[] {
  const span = Math.max(until - from, 0.25);
  const every = [1, 2, 5, 10, 20, 50].find((step) => span / step <= most) ?? 100;
  const ticks: number[] = [];
  for (let year = Math.ceil(from / every) * every; year <= until; year += every) ticks.push(year);
  return ticks;
}
