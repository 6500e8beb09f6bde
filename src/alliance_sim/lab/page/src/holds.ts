// States held at a value over a window of time, as `scenario/holds.py` reads and writes them.

import { readNumber } from "./engine/days";
import { stripped } from "./engine/letters";

/** The edit `hold STATE=VALUE@FROM..TO`, taken apart. */
export interface Hold {
  state: string;
  value: number;
  /** "2003..2010", or one moment alone; years, quarters or days. */
  window: string;
}

/** Return what stands behind the word `hold`, taken apart; null if it is not written so. */
export function readHold(rest: string): Hold | null {
  const [state, after] = parted(rest, "=");
  const [written, window] = parted(after, "@");
  const value = readNumber(written);
  const ends = window.split("..").map((end) => stripped(end));
  if (state === "" || value === null || ends.length > 2 || ends.includes("")) return null;
  const one = ends.length === 2 && ends[0] === ends[1];
  return { state, value: value + 0, window: one ? (ends[0] ?? "") : ends.join("..") };
}

function parted(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0
    ? [stripped(text), ""]
    : [stripped(text.slice(0, at)), stripped(text.slice(at + 1))];
}

/** Return the edit that makes a hold, in its plainest form. */
export function holdText({ state, value, window }: Hold): string {
  return `hold ${state}=${plain(value)}@${window}`;
}

/** Return holds in the order in which a scenario keeps them. */
export function inOrder<H extends Hold>(holds: readonly H[]): H[] {
  const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...holds].sort((a, b) => before(a.state, b.state) || before(a.window, b.window));
}

/** Return the holds among edits, in the order in which a scenario keeps them. */
export function holdsIn(edits: readonly string[]): Hold[] {
  const found = edits.flatMap((edit) => {
    const text = stripped(edit);
    const hold = text.startsWith("hold ") ? readHold(text.slice("hold".length)) : null;
    return hold === null ? [] : [hold];
  });
  return inOrder(found);
}

/** Return a number as Python writes it, a whole one without its point. */
export function plain(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return String(value);
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}
