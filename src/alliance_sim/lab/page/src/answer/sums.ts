// Sums in the order in which the package adds them, so that the last digit is the same, too.

const BLOCK = 128;
const LANES = 8;

/** Return the sum of numbers as NumPy adds them: in pairs of blocks, eight side by side. */
export function sumOf(values: ArrayLike<number>, first = 0, stop = values.length): number {
  const n = stop - first;
  if (n < LANES) {
    let total = n > 0 ? (values[first] ?? 0) : 0;
    for (let at = first + 1; at < stop; at += 1) total += values[at] ?? 0;
    return total;
  }
  if (n <= BLOCK) {
    const r = new Float64Array(LANES);
    for (let lane = 0; lane < LANES; lane += 1) r[lane] = values[first + lane] ?? 0;
    let at = first + LANES;
    for (const end = stop - (n % LANES); at < end; at += LANES) {
      for (let lane = 0; lane < LANES; lane += 1) {
        r[lane] = (r[lane] as number) + (values[at + lane] ?? 0);
      }
    }
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = r;
    let total = a + b + (c + d) + (e + f + (g + h));
    for (; at < stop; at += 1) total += values[at] ?? 0;
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
  const apart = new Float64Array(values.length);
  for (let place = 0; place < apart.length; place += 1) {
    apart[place] = ((values[place] ?? 0) - mean) ** 2;
  }
  return meanOf(apart);
}
