// Quantiles, beside those of a sorted array.
import { expect, test } from "vitest";
import { quantiles } from "../../src/engine/quantiles";

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

/** Return a quantile of sorted numbers, between two of them along a line. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  const rest = place - below;
  return rest >= 0.5 ? high - (high - low) * (1 - rest) : low + (high - low) * rest;
}

/** Return numbers from 0 to 1 that are the same in every run (Park and Miller). */
function* luck(seed: number): Generator<number, never> {
  for (let state = seed; ;) yield (state = (state * 48271) % 2147483647) / 2147483647;
}

const KINDS: Record<string, (uniform: number) => number> = {
  "levels from 0 to 1": (u) => u,
  rungs: (u) => Math.floor(12 * u),
  "one number": () => -0.25,
  "mostly zeros": (u) => (u < 0.8 ? 0 : u - 0.8),
  "numbers that lie close but for one": (u) => (u > 0.999 ? 1e9 : 1e-9 * u),
  "all that a number can be": (u) => (u - 0.5) * 1.7e308,
  "numbers too small to be divided by": (u) => Math.floor(9 * u) * 5e-324,
};

test.each(Object.keys(KINDS))("quantiles of %s are those of sorted ones", (kind) => {
  const next = luck(kind.length);
  for (const many of [1, 2, 7, 64, 300, 1200, 1201]) {
    for (let turn = 0; turn < 10; turn += 1) {
      const values = Float64Array.from({ length: many }, () => KINDS[kind]!(next.next().value));
      const sorted = values.slice().sort();
      const wanted = SHARES.map((share) => quantileOf(sorted, share));
      expect(quantiles(values, SHARES)).toEqual(wanted);
    }
  }
});

test("quantiles leave numbers where they are", () => {
  const values = Float64Array.of(3, 1, 2);
  expect(quantiles(values, [0.5])).toEqual([2]);
  expect([...values]).toEqual([3, 1, 2]);
});
