// What edits rewrite of history, in bits; see `counterfactual/edit_cost.py`.
import { expect, test } from "vitest";
import { rewriteBits } from "../../src/answer/rewrite";
import { madePayload } from "./made";

const payload = madePayload(); // of ten years, with four junctures
const [raid, patrol] = payload.junctures;
raid!.day = "1995-04-01";
patrol!.day = "1996-11-30";
const bits = (edits: string[], outcome = "rung>=3@1996H1") => rewriteBits(edits, outcome, payload);

test("a removal costs what its absence is worth until the last day that the outcome looks at", () => {
  const days = 456; // from 1 April 1995 to 30 June 1996
  expect(bits(["without great_raid"])).toBeCloseTo(days / 365.25 / 10 / Math.LN2, 12);
});

test("a time is the same in whatever parts of a year it is written", () => {
  const at = (when: string) => bits(["without great_raid"], `rung>=3@${when}`);
  expect([at("1996h1"), at("1996Q2"), at("1996M6")]).toEqual(Array(3).fill(at("1996H1")));
  expect([at("1996Q4"), at("1996H2"), at("1995..1996")]).toEqual(Array(3).fill(at("1996")));
  expect(bits(["without great_raid"], "first(rung>=3)")).toBe(at("1999"));
  expect([at("1996Q5"), at("1996H0"), at("soon")]).toEqual([null, null, null]);
});

test("a move costs the days between, the last of a month where it has no such day", () => {
  const moved = (by: string) => bits([`shift joint_patrol:${by}`], "rung>=3@1999");
  expect(moved("+1")).toBeCloseTo(90 / 365.25 / 10 / Math.LN2, 12); // to 28 February 1997
  expect(moved("1997-02-28")).toBe(moved("+1"));
  expect(moved("soon")).toBeNull();
  expect(bits(["  shift  joint_patrol = +1 : stays"], "rung>=3@1999")).toBe(moved("+1"));
});

test("a rule costs a coin's throw, and several edits which of the junctures they are", () => {
  expect(bits(["council leader"])).toBeCloseTo(1, 12);
  expect(bits(["council leader", "without great_raid"])).toBeCloseTo(
    1 + 456 / 365.25 / 10 / Math.LN2 + 2,
    12,
  );
  const more = madePayload();
  const { junctures } = more.editable as { junctures: object };
  more.editable = { junctures: { ...junctures, never: {}, nowhere: {}, nobody: {}, naught: {} } };
  const both = ["council leader", "council consensus"];
  expect(rewriteBits(both, "rung>=3@1999", more)).toBeCloseTo(2 + 3, 12); // absent ones count, too
  expect(bits(["set levels.pace=2"])).toBeNull();
  expect(bits([])).toBeNull();
});
