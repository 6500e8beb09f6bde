// What is held in which quarter, as the engine is told.
import { expect, test } from "vitest";
import type { Engine } from "../../../engine.mjs";
import { advanceHeld, type Held } from "../../src/engine/holding";

const FOLD = 5; // numbers of a fold

function held(value: number, first: number, last: number, row = 3): Held {
  return { text: "", state: "level_operations", row, value, first, last };
}

/** Return by quarter which rows were held at which values as its states were put in place. */
function toldBy(holds: Held[], last: number): Record<number, [number[], number[]]> {
  const now: Record<string, number[]> = {};
  const told: Record<number, [number[], number[]]> = {};
  const engine: Partial<Engine> = {
    advance: () => undefined,
    floats: () => new Float64Array(1),
    whole: () => new BigInt64Array(FOLD),
    replace: (name: string, _: readonly number[], values: ArrayLike<number>) => {
      now[name] = Array.from(values);
    },
    call: (_: string, { step }: Record<string, number>) => {
      told[step as number] = [now["held.rows"] ?? [], now["held.values"] ?? []];
    },
  } as Partial<Engine>;
  advanceHeld(engine as Engine, holds, 0, last, 1);
  return told;
}

test("adjoining windows of one state hold each its own value", () => {
  const told = toldBy([held(0.1, 1, 3), held(0.9, 3, 5)], 8);
  expect(told).toEqual({
    1: [[3], [0.1]],
    2: [[3], [0.1]],
    3: [[3], [0.9]],
    4: [[3], [0.9]],
  });
});

test("what is held in a quarter is held together, whenever each began", () => {
  const told = toldBy([held(0.1, 1, 3), held(2, 2, 4, 7)], 8);
  expect(told).toEqual({
    1: [[3], [0.1]],
    2: [
      [3, 7],
      [0.1, 2],
    ],
    3: [[7], [2]],
  });
});
