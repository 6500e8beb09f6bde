// Numbers over draws, as `counterfactual/estimates.py` has them: the interval of a yes or no is over
// draws, of what the mean of all re-runs of each would be; how few re-runs scatter is taken out.
import { betaQuantiles } from "./beta";
import { quantiles } from "../engine/quantiles";
import { meanOf, sumOf, varianceOf } from "./sums";

const LOW = 0.05;
const HIGH = 0.95;
/** Difference in probability below which none is told. */
export const LEAST = 0.005;

const LIKELY = 64;
const KINDS = [-1, 0, 1] as const;
const ALL_BETWEEN = 0.999;

/** A probability and the middle 90 % of it over draws; no interval where there are no draws. */
export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** Return means over the histories of each draw that has any. */
export function byDraw(values: ArrayLike<number>, draw: Int32Array): number[] {
  const draws = drawsOf(draw);
  const sums = new Array<number>(draws).fill(0);
  const counts = new Array<number>(draws).fill(0);
  for (let history = 0; history < values.length; history += 1) {
    const own = draw[history] ?? 0;
    sums[own] = (sums[own] ?? 0) + (values[history] ?? 0);
    counts[own] = (counts[own] ?? 0) + 1;
  }
  return sums.map((sum, own) => sum / (counts[own] ?? 0)).filter((mean) => !Number.isNaN(mean));
}

export function drawsOf(draw: Int32Array): number {
  let most = -1;
  for (const own of draw) most = Math.max(most, own);
  return most + 1;
}

/** Return the mean alone, while more histories are to come or where they have no draws. */
export function meanAlone(values: ArrayLike<number>): Estimate {
  return { value: meanOf(values), low: null, high: null };
}

/** Return the mean of an outcome or of a difference, with the interval of its likely values. */
export function estimateOf(values: ArrayLike<number>, spread: Float64Array): Estimate {
  const [low = NaN, high = NaN] = quantiles(spread, [LOW, HIGH]);
  return { value: meanOf(values), low, high };
}

/** Return equally likely values of what the mean of all re-runs of each draw may be. */
export function likely(values: ArrayLike<number>, draw: Int32Array): Float64Array {
  const counts = countsOf(values, draw).filter((one) => sumOf(one) > 0);
  const shares = counts.map((one) => one.map((count) => count / sumOf(one)));
  const mean = KINDS.map((_, kind) => meanOf(shares.map((one) => one[kind] ?? 0)));
  const all = sumOf(mean.map((share) => share * (1 - share)));
  const several = counts.map((one) => sumOf(one) > 1);
  if (all === 0 || !several.includes(true)) {
    return Float64Array.from(shares, ([down = 0, , up = 0]) => up - down);
  }
  const within = KINDS.map((_, kind) => {
    const own = shares.flatMap((one, place) => {
      const share = one[kind] ?? 0;
      return several[place] ? (share * (1 - share)) / (sumOf(counts[place] ?? []) - 1) : [];
    });
    return meanOf(own);
  });
  const spread = KINDS.map((_, kind) => varianceOf(shares.map((one) => one[kind] ?? 0)));
  const overDraws = (sumOf(spread) * counts.length) / Math.max(counts.length - 1, 1);
  const share = (overDraws - sumOf(within)) / all;
  const between = Math.min(Math.max(share, 1 - ALL_BETWEEN), ALL_BETWEEN);
  const known = new Map<string, Float64Array>();
  const found = new Float64Array(counts.length * LIKELY);
  counts.forEach((one, place) => {
    const key = one.join();
    const shapes = one.map((count, kind) => count + (1 / between - 1) * (mean[kind] ?? 0));
    const its = known.get(key) ?? meansOf(shapes);
    known.set(key, its);
    found.set(its, place * LIKELY);
  });
  return found;
}

/** Return by draw how many of its histories are −1, 0 and 1. */
function countsOf(values: ArrayLike<number>, draw: Int32Array): number[][] {
  const counts = Array.from({ length: drawsOf(draw) }, () => [0, 0, 0]);
  for (let history = 0; history < values.length; history += 1) {
    const own = counts[draw[history] ?? 0];
    const kind = (values[history] ?? 0) + 1;
    if (own !== undefined) own[kind] = (own[kind] ?? 0) + 1;
  }
  return counts;
}

const EVEN = Array.from({ length: LIKELY }, (_, place) => (place + 0.5) / LIKELY);
/** The same shares in the order of their bits turned round, so that two of them go with each other. */
const TURNED = EVEN.map((_, place) => {
  let turned = 0;
  for (let k = 0; 2 ** k < LIKELY; k += 1) turned += (((place >> k) & 1) * LIKELY) / 2 ** (k + 1);
  return turned;
});

/** Return equally likely means of a draw, from the shapes of its Dirichlet distribution. */
function meansOf([down = 0, same = 0, up = 0]: number[]): Float64Array {
  const some = down + up;
  const either = some > 0 && same > 0 ? betaQuantiles(some, same, EVEN) : null;
  const upwards = up > 0 && down > 0 ? betaQuantiles(up, down, EVEN) : null;
  return Float64Array.from(EVEN, (_, place) => {
    const changed = some <= 0 ? 0 : (either?.[place] ?? 1);
    const way = up <= 0 ? 0 : (upwards?.[TURNED[place] ?? 0] ?? 1);
    return changed * (2 * way - 1);
  });
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
