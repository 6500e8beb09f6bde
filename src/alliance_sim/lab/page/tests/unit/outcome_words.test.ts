// An outcome's text in its parts, whoever wrote it.
import { expect, test } from "vitest";
import { outcomeTitle, readOutcome } from "../../src/answer/words";
import { madePayload } from "./made";

test("an outcome is taken apart, with spaces or without", () => {
  for (const text of ["rung>=8@2014Q2", "  rung >= 8  @ 2014Q2 "]) {
    expect(readOutcome(text)).toMatchObject({
      ...{ state: "rung", compare: ">=", threshold: 8 },
      ...{ fold: "at", when: "2014Q2", passes: "" },
    });
  }
  expect(readOutcome("mean( level_political ) @2001..2012 > .5")).toMatchObject({
    ...{ state: "level_political", compare: "", fold: "mean" },
    ...{ when: "2001..2012", passes: ">", mark: 0.5 },
  });
  for (const text of ["", "@2014", "a b", "(rung)", "rung>=", "rung)>=8"]) {
    expect(readOutcome(text)).toBeNull();
  }
});

test("a hostile one as long as a link can hold is shown as it is, at once", () => {
  const payload = madePayload();
  const hostile = [`a${" ".repeat(7_990)}(`, `a(b)${"<".repeat(7_990)}`, "a(".repeat(4_000)];
  const begin = performance.now();
  for (const text of hostile) expect(outcomeTitle(text, payload)).toBe(text);
  expect(performance.now() - begin).toBeLessThan(100);
});
