// An outcome's text in its parts, whoever wrote it.
import { expect, test } from "vitest";
import { outcomeTitle, stateOf } from "../../src/answer/words";
import { partsOf, readMark, signalOf } from "../../src/outcome_text";
import { madePayload } from "./made";

test("an outcome is taken apart, with spaces or without", () => {
  for (const text of ["rung>=8@2014Q2", "  rung >= 8  @ 2014Q2 "]) {
    const { fold, signal, when, passes } = partsOf(text);
    expect([fold, when?.trim(), passes]).toEqual([null, "2014Q2", ""]);
    expect(signalOf(signal)).toEqual({ state: "rung", compare: ">=", threshold: "8" });
  }
  expect(partsOf("mean( level_political ) @2001..2012 > .5 ")).toEqual({
    ...{ text: "mean( level_political ) @2001..2012 > .5", fold: "mean" },
    ...{ signal: "level_political", when: "2001..2012 ", passes: ">", mark: ".5" },
  });
  expect(partsOf("max(rung>=8)").when).toBeNull();
  for (const text of ["", "@2014", "a b", "(rung)", "rung>=", "rung)>=8"]) {
    expect(signalOf(partsOf(text).signal)).toBeNull();
    expect(stateOf(text)).toBe("");
  }
});

test("numbers of an outcome are written in digits, and finite", () => {
  expect([".5", "+2", "-1e3"].map(readMark)).toEqual([0.5, 2, -1000]);
  expect(Object.is(readMark("-0"), 0)).toBe(true);
  expect(["", "0x10", "1e999", "Infinity", "eight"].map(readMark)).toEqual(Array(5).fill(null));
});

test("a hostile one as long as a link can hold is shown as it is, at once", () => {
  const payload = madePayload();
  const hostile = [`a${" ".repeat(7_990)}(`, `a(b)${"<".repeat(7_990)}`, "a(".repeat(4_000)];
  const begin = performance.now();
  for (const text of hostile) expect(outcomeTitle(text, payload)).toBe(text);
  expect(performance.now() - begin).toBeLessThan(100);
});
