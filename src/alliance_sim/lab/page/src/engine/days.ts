// Days, numbers in words, and where a day lies on the axis of quarters: as `calendar.py` has them.

export interface Day {
  year: number;
  month: number;
  day: number;
}

const FIRST_YEAR = 1;
const LAST_YEAR = 9998;
const MONTHS = 12;
const EXACT = 60; // digits after which a number that ends in a half of its last has only zeros
const HALVES = { 3: /^(-?\d\.\d(\d))50*e/, 6: /^(-?\d\.\d{4}(\d))50*e/ };

export const daysIn = (year: number, month: number): number => {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
};

/** Return a day written as 2001-09-11, null if it is none. */
export function readDay(text: string): Day | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (found === null) return null;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  if (year < 1 || month < 1 || month > MONTHS || day < 1 || day > daysIn(year, month)) return null;
  return { year, month, day };
}

/** Whether a text is written as a day that the calendar does not have, such as 2003-02-30. */
export const isNoDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && readDay(text) === null;

export function writeDay({ year, month, day }: Day): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** Return why a day cannot stand in a scenario, null if it can. */
export function dayProblem(day: Day): string | null {
  if (day.year >= FIRST_YEAR && day.year <= LAST_YEAR) return null;
  return `is ${writeDay(day)}, must lie in the years ${FIRST_YEAR} to ${LAST_YEAR}`;
}

/** Return how many days lie before a day, from a day long ago. */
export function ordinal({ year, month, day }: Day): number {
  const before = year - 1;
  let days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100);
  days += Math.floor(before / 400);
  for (let m = 1; m < month; m += 1) days += daysIn(year, m);
  return days + day;
}

/** Return the day that many days later, null outside of the years of days. */
export function later(from: Day, days: number): Day | null {
  const wanted = ordinal(from) + days;
  if (wanted < 1) return null;
  let year = Math.max(1, Math.floor(wanted / 366));
  while (ordinal({ year: year + 1, month: 1, day: 1 }) <= wanted) year += 1;
  if (year > LAST_YEAR) return null;
  let month = 1;
  while (month < MONTHS && ordinal({ year, month: month + 1, day: 1 }) <= wanted) month += 1;
  return { year, month, day: wanted - ordinal({ year, month, day: 1 }) + 1 };
}

/** Return the day some months later, on the last day of a month that is too short; or null. */
export function monthsLater(from: Day, months: number): Day | null {
  const count = from.year * MONTHS + from.month - 1 + months;
  const year = Math.floor(count / MONTHS);
  if (year < FIRST_YEAR || year > LAST_YEAR) return null;
  const month = (count % MONTHS) + 1;
  return { year, month, day: Math.min(from.day, daysIn(year, month)) };
}

/** Return a day as decimal year: months are equal twelfths, days equal parts of their month. */
export function decimalYear({ year, month, day }: Day): number {
  return year + (month - 1 + (day - 1) / daysIn(year, month)) / MONTHS;
}

/** Return where a day lies on the axis of steps, with its fraction, as `Calendar.position`. */
export function position(day: Day, [first, , perYear]: readonly [number, number, number]): number {
  const into = day.month - 1 + (day.day - 1) / daysIn(day.year, day.month);
  return (day.year - first + into / MONTHS) * perYear;
}

/** Return a number in a text as files write it, null if it is written in no plain way. */
export function readNumber(text: string): number | null {
  return /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)
    ? Number(text)
    : null;
}

/** Return a number with so many digits, as `%g` writes it; a half goes to the even digit. */
export function general(value: number, many: 3 | 6 = 6): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : value < 0 ? "-inf" : "nan";
  if (value === 0) return "0";
  const exact = value.toExponential(EXACT);
  const [, kept = "", last = ""] = HALVES[many].exec(exact) ?? [];
  const half = kept !== "" && Number(last) % 2 === 0;
  const [digits = "", power = "0"] = (
    half ? kept + exact.slice(exact.indexOf("e")) : value.toExponential(many - 1)
  ).split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= many) {
    const sign = exponent < 0 ? "-" : "+";
    return `${digits.replace(/\.?0+$/, "")}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = Number(`${digits}e${power}`).toFixed(Math.max(0, many - 1 - exponent));
  return plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain;
}
