// Histories whose states are no finite numbers.
import { expect, test } from "vitest";
import type { Engine } from "../../../engine.mjs";
import { refuseFailed } from "../../src/engine/failing";
import { Past } from "../../src/engine/past";

const LANES = 4;

/** An engine that has brought lanes: by lane the quarter in which it failed, and its outcome. */
function engineOf(failed: number[], outcomes: number[]): Engine {
  const whole: Record<string, BigInt64Array> = {
    "kept.failures": BigInt64Array.from([...failed, 1, 1, 1, 1], BigInt),
    "asked.runs": BigInt64Array.from([64, 65, 66, 67], BigInt),
  };
  return {
    frame: { lanes: LANES, time: [1950, 2025, 4], states: ["rung", "level_political"] },
    whole: (name: string) => whole[name],
    floats: () => Float64Array.from(outcomes),
  } as unknown as Engine;
}

test("a history that failed is told with its state and quarter, and not shown as one without", () => {
  expect(() => refuseFailed(engineOf([-1, 206, -1, -1], [1, NaN, 0, 1]), 3)).toThrow(
    "history 66 failed: level_political is not finite in 2001Q3",
  );
  expect(() => refuseFailed(engineOf([-1, -1, -1, -1], [1, NaN, 0, 1]), 3)).toThrow(
    "history 66 failed: its outcome is no finite number",
  );
});

test("histories that did not fail, and lanes that nobody asked for, are no reason to refuse", () => {
  expect(() => refuseFailed(engineOf([-1, -1, -1, 0], [1, 0, 0, NaN]), 3)).not.toThrow();
});

test("outcomes of histories of which one failed are refused", () => {
  const fold = { how: 0, divideBy: 1, passes: "", mark: 0 };
  const outcomes = (failed: number[]) =>
    Past.prototype.outcomes.call({ engine: engineOf(failed, [1, 0, 1, 0]), fold } as never, LANES);
  expect([...outcomes([-1, -1, -1, -1])]).toEqual([1, 0, 1, 0]);
  expect(() => outcomes([-1, -1, 12, -1])).toThrow("history 67 failed");
});
