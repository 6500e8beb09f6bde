import { expect, test } from "vitest";
import { ofPosterior, ofRuns, shared } from "../../src/engine/parts";

const numbers = (parts: ReturnType<typeof ofRuns>): number[] =>
  parts.flatMap((part) => [...part.numbers]).sort((one, other) => one - other);

test.each([
  [300, 4],
  [60, 1],
  [64, 3],
  [129, 2],
])("all histories of %i draws with %i sets are brought, each once", (draws, sets) => {
  const every = ofPosterior(draws, sets, 64);
  const wanted = Array.from({ length: draws * sets }, (_, k) => k);
  expect(numbers(every)).toEqual(wanted);
  for (const of of [1, 2, 3, 4]) {
    const each = Array.from({ length: of }, (_, mine) => shared(every, mine, of));
    expect(numbers(each.flat())).toEqual(wanted);
    const sizes = each.map((parts) => parts.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(sets);
  }
});

test("parts with the same draws follow each other, so that their world is filled in once", () => {
  for (const mine of [0, 1]) {
    const blocks = shared(ofPosterior(300, 4, 64), mine, 2).map(({ block }) => block);
    const changes = blocks.filter((block, k) => k > 0 && block !== blocks[k - 1]).length;
    expect(changes).toBe(new Set(blocks).size - 1);
  }
});

test("two workers have as much to do", () => {
  const sizes = [0, 1].map((mine) => shared(ofPosterior(300, 4, 64), mine, 2).length);
  expect(sizes).toEqual([10, 10]);
});

test("runs with fresh noise go round", () => {
  const every = ofRuns(null, 200, 64);
  expect([0, 1].map((mine) => numbers(shared(every, mine, 2)).length)).toEqual([128, 72]);
});
