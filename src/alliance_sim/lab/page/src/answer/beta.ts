// The beta distribution, as far as intervals need it: its distribution function and its quantiles.

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];
const HALF_LOG_TWO_PI = 0.91893853320467274178;
const TINY = 1e-300;
const NEAR = 1e-16;
const MOST = 300;

/** Return the logarithm of the gamma function of a positive number (Lanczos). */
export function logGamma(z: number): number {
  if (z < 0.5) return logGamma(z + 1) - Math.log(z);
  const x = z - 1;
  const [first = 0, ...rest] = LANCZOS;
  const sum = rest.reduce((so_far, term, place) => so_far + term / (x + place + 1), first);
  const t = x + 7.5;
  return HALF_LOG_TWO_PI + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Return the numbers below which ascending shares of a beta distribution lie, to about 1e-13. */
export function betaQuantiles(a: number, b: number, shares: readonly number[]): number[] {
  const known = logBeta(a, b);
  let before = 0;
  return shares.map((share) => (before = quantile(a, b, share, known, before)));
}

function quantile(a: number, b: number, share: number, known: number, least: number): number {
  if (share <= 0 || share >= 1) return share <= 0 ? 0 : 1;
  let [low, high] = [least, 1];
  let x = least > 0 ? least : a / (a + b);
  for (let turn = 0; turn < MOST && high - low > NEAR; turn += 1) {
    const [logX, logRest] = [Math.log(x), Math.log1p(-x)];
    const off = shareBelow(a, b, x, a * logX + b * logRest - known) - share;
    if (off === 0) return x;
    if (off > 0) high = x;
    else low = x;
    const step = off / Math.exp((a - 1) * logX + (b - 1) * logRest - known);
    const next = x - step;
    // Newton's step where it stays between; else, and now and then anyway, the middle.
    const inside = next > low && next < high && turn % 6 !== 5;
    if (inside && Math.abs(step) < NEAR + 4e-16 * x) return next;
    x = inside ? next : (low + high) / 2;
  }
  return x;
}

/** The share that lies below x, with the logarithm of x^a (1-x)^b over the beta function. */
function shareBelow(a: number, b: number, x: number, log: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const front = Math.exp(log);
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(a, b, x)) / a
    : 1 - (front * fraction(b, a, 1 - x)) / b;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function fraction(a: number, b: number, x: number): number {
  const some = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / some(1 - ((a + b) * x) / (a + 1));
  let found = d;
  for (let m = 1; m <= MOST; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / some(1 + even * d);
    c = some(1 + even / c);
    found *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / some(1 + odd * d);
    c = some(1 + odd / c);
    const turn = d * c;
    found *= turn;
    if (Math.abs(turn - 1) < 1e-16) break;
  }
  return found;
}
