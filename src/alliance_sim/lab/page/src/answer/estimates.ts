// Numbers over draws, as `counterfactual/estimates.py` has them.
import { meanOf, quantileOf, sortedOf } from "./sums";

export const LOW = 0.05;
export const HIGH = 0.95;

/** A probability and the middle 90 % of it over draws; no interval where there are no draws. */
export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** Return means over the histories of each draw: history set * draws + draw has that draw. */
export function byDraw(values: ArrayLike<number>, draw: Int32Array): number[] {
  const draws = drawsOf(draw);
  const sums = new Array<number>(draws).fill(0);
  const counts = new Array<number>(draws).fill(0);
  for (let history = 0; history < values.length; history += 1) {
    const own = draw[history] ?? 0;
    sums[own] = (sums[own] ?? 0) + (values[history] ?? 0);
    counts[own] = (counts[own] ?? 0) + 1;
  }
  return sums.map((sum, own) => sum / (counts[own] ?? 0));
}

export function drawsOf(draw: Int32Array): number {
  let most = -1;
  for (const own of draw) most = Math.max(most, own);
  return most + 1;
}

/** Return the mean over draws, with its interval. */
export function estimateOf(drawn: readonly number[]): Estimate {
  const sorted = sortedOf(drawn);
  return { value: meanOf(drawn), low: quantileOf(sorted, LOW), high: quantileOf(sorted, HIGH) };
}

/** Return edited minus factual, history by history. */
export function differences(factual: ArrayLike<number>, edited: ArrayLike<number>): Float64Array {
  return Float64Array.from(factual, (value, history) => (edited[history] ?? 0) - value);
}

/** Return of the histories with the outcome the share whose twin is without it; null if none has. */
export function necessityOf(factual: Uint8Array, edited: Uint8Array): number | null {
  let having = 0;
  let lost = 0;
  for (let history = 0; history < factual.length; history += 1) {
    if (factual[history] !== 1) continue;
    having += 1;
    if (edited[history] === 0) lost += 1;
  }
  return having === 0 ? null : lost / having;
}
