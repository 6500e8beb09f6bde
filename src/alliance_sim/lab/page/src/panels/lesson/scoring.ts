// Scores of forecasts that can be right or wrong, see the method, section F.2. A forecast is a share
// of 1; what happened is 0 or 1.

/** Return the Brier score of one forecast: 0 is best, 1 worst, 0.25 whoever says one half. */
export function brier(forecast: number, happened: boolean): number {
  const off = forecast - (happened ? 1 : 0);
  return off * off;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Return the standard deviation of all values that there are. */
export function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/**
 * Return what a forecast is expected to cost where only a model's share is known, in two parts: what
 * is the forecaster's own, and what nobody could have avoided.
 */
export function expected(forecast: number, share: number): { own: number; left: number } {
  return { own: (forecast - share) ** 2, left: share * (1 - share) };
}

/** Return how much better a score is than another that is no good: 1 perfect, 0 the same. */
export function skill(score: number, other: number): number | null {
  return other > 0 ? 1 - score / other : null;
}

export interface Bin {
  low: number;
  high: number;
  count: number;
  /** Mean of the forecasts in the bin, and the share of them that came about. */
  said: number;
  came: number;
}

/** Return how often what was said with some number came about, in five bins; empty ones left out. */
export function calibration(pairs: readonly { said: number; came: boolean }[], bins = 5): Bin[] {
  const found: Bin[] = [];
  for (let place = 0; place < bins; place += 1) {
    const [low, high] = [place / bins, (place + 1) / bins];
    const last = place === bins - 1;
    const inside = pairs.filter(({ said }) => said >= low && (said < high || last));
    if (inside.length === 0) continue;
    found.push({
      low,
      high,
      count: inside.length,
      said: mean(inside.map(({ said }) => said)),
      came: mean(inside.map(({ came }) => (came ? 1 : 0))),
    });
  }
  return found;
}
