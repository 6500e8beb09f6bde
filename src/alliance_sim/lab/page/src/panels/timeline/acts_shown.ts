// Which coded act is pointed at, and how the reader goes from one to the next.
import { signal, type Signal } from "@preact/signals";
import type { Act, Payload } from "../../contract";
import { SERIES } from "../../parts/acts";

export interface ActsShown {
  /** All acts of the record, by date. */
  acts: readonly Act[];
  /** The act that takes the focus when the reader comes by keyboard. */
  stop: Signal<number>;
  /** The act that is told now; null if none. */
  told: Signal<number | null>;
  /** Brings a date into what is looked at. */
  reveal: (date: number) => void;
}

export function actsShown(payload: Payload, reveal: (date: number) => void): ActsShown {
  const acts = [...(payload.record?.acts ?? [])].sort((one, other) => one.date - other.date);
  return { acts, stop: signal(0), told: signal<number | null>(null), reveal };
}

/** Return the place of the act that a key leads to from another; null if the key leads nowhere. */
export function nextAct(acts: readonly Act[], now: number, key: string): number | null {
  switch (key) {
    case "ArrowRight":
      return Math.min(now + 1, acts.length - 1);
    case "ArrowLeft":
      return Math.max(now - 1, 0);
    case "Home":
      return 0;
    case "End":
      return acts.length - 1;
    case "ArrowUp":
    case "ArrowDown":
      return inOtherSeries(acts, now, key === "ArrowDown" ? 1 : -1);
    default:
      return null;
  }
}

/** Return the act of the next series down (or up) that is nearest in time. */
function inOtherSeries(acts: readonly Act[], now: number, by: number): number {
  const here = acts[now];
  if (here === undefined) return now;
  for (let row = SERIES.indexOf(here.series) + by; row >= 0 && row < SERIES.length; row += by) {
    const near = nearestAct(acts, (act) => act.series === SERIES[row], here.date);
    if (near !== null) return near;
  }
  return now;
}

/** Return the place of the act nearest in time among some; null if there is none. */
export function nearestAct(
  acts: readonly Act[],
  among: (act: Act) => boolean,
  date: number,
): number | null {
  let found: number | null = null;
  let least = Infinity;
  acts.forEach((act, place) => {
    const away = Math.abs(act.date - date);
    if (among(act) && away < least) [found, least] = [place, away];
  });
  return found;
}
