// Sums in the order in which the package adds them, so that the last digit is the same, too.

const BLOCK = 128;
const LANES = 8;

/** Return the sum of numbers as NumPy adds them: in pairs of blocks, eight side by side. */
export function sumOf(values: ArrayLike<number>, first = 0, stop = values.length): number {
  const n = stop - first;
  const at = (place: number): number => values[first + place] ?? 0;
  if (n < LANES) {
    let total = n > 0 ? at(0) : 0;
    for (let place = 1; place < n; place += 1) total += at(place);
    return total;
  }
  if (n <= BLOCK) {
    const r = Array.from({ length: LANES }, (_, place) => at(place));
    let place = LANES;
    for (; place < n - (n % LANES); place += LANES) {
      for (let lane = 0; lane < LANES; lane += 1) r[lane] = (r[lane] ?? 0) + at(place + lane);
    }
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = r;
    let total = a + b + (c + d) + (e + f + (g + h));
    for (; place < n; place += 1) total += at(place);
    return total;
  }
  let half = Math.floor(n / 2);
  half -= half % LANES;
  return sumOf(values, first, first + half) + sumOf(values, first + half, stop);
}

export function meanOf(values: ArrayLike<number>): number {
  return sumOf(values) / values.length;
}

/** Return the variance of numbers, divided by how many there are. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  return meanOf(Float64Array.from(values, (value) => (value - mean) ** 2));
}

/** Return a quantile of sorted numbers, between two of them along a line as NumPy does. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const a = sorted[below] ?? NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  const rest = place - below;
  return rest >= 0.5 ? b - (b - a) * (1 - rest) : a + (b - a) * rest;
}

export function sortedOf(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}
