// The one place that rounds. Numbers are written as the package writes them: see `glossary.py` for
// decimals and shares, `counterfactual/answer.py` for re-runs of 100. A half goes to the even digit.

import { general } from "../engine/days";
import { t } from "../text";

export const MISSING = "–";
const WHOLE_UNITS = ["formal step", "agreements", "yes or no"];
const EACH_STEP = " a quarter";
const DIGITS = 100; // as many as a browser writes: every double that is told here is exact in them

/** Return a number with so many places after the point, as Python's format does. */
export function fixed(value: number, places: number): string {
  if (Math.abs(value) >= 1e21) return String(value);
  const text = value.toFixed(places);
  const exact = value.toFixed(Math.min(DIGITS, places + 60));
  const rest = exact.slice(exact.indexOf(".") + 1 + places);
  if (!/^50*$/.test(rest)) return text;
  const cut = exact.slice(0, exact.length - rest.length).replace(/\.$/, "");
  const even = Number(cut.replace(/[.-]/g, "").slice(-1)) % 2 === 0;
  return even ? cut : text;
}

/** Return a whole number next to a number, a half to the even one. */
export function rounded(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** Return a probability as how many of 100. */
export function of100(probability: number): number {
  return rounded(100 * probability);
}

/** Return a difference of probabilities as how many of 100 more or fewer: "+5", "−12", "0". */
export function counted(difference: number): string {
  const count = of100(difference);
  if (count === 0) return "0";
  return count > 0 ? `+${count}` : `−${-count}`;
}

/** Return a share with two places: "0.27"; a dash for none. */
export function share(value: number | null): string {
  return value === null || Number.isNaN(value) ? MISSING : fixed(value, 2);
}

/** Return a share in percent, rounded down so that 79.9 does not pass for 80. */
export function percent(value: number | null): string {
  if (value === null || Number.isNaN(value)) return MISSING;
  if (value > 0 && value * 100 < 1 - 1e-9) return t("numbers.under", { percent: 1 });
  return `${fixed(Math.floor(value * 100 + 1e-9), 0)} %`;
}

/** Return a share in whole percent, to the nearest: "63 %". */
export function percentClose(value: number): string {
  return `${fixed(value * 100, 0)} %`;
}

/** Return a number of a state: "0.311", "11" formal steps, "9.5" between two. */
export function decimal(value: number | null, unit = "1", places = 3): string {
  if (value === null || Number.isNaN(value)) return MISSING;
  const whole = WHOLE_UNITS.includes(unit) || unit.endsWith(EACH_STEP);
  const text = whole ? fixed(value, 1).replace(/\.0$/, "") : fixed(value, places);
  return text.replace("-", "−");
}

/** Return a difference with its sign: "+0.004", "−2", "0.000". */
export function signed(value: number | null, unit = "1", places = 3): string {
  const text = decimal(value, unit, places);
  if (!/[1-9]/.test(text)) return text.replace(/^−/, "");
  return text.startsWith("−") ? text : `+${text}`;
}

/** Return a number as it was given, with a true minus sign: "-0.907" as "−0.907". */
export function plain(value: number): string {
  return String(value).replace("-", "−");
}

/** Return a number in three digits that matter, as Python's ".3g" does. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  return general(value, 3).replaceAll("-", "−");
}
