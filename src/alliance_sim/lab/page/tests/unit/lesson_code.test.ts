// Codes of a class: what goes in comes out, and whatever else is pasted is refused with its reason.
import { describe, expect, test } from "vitest";
import { MOST_LETTERS, decode, encode, readClass } from "../../src/panels/lesson/code";
import { brier, calibration, expected, mean, skill, spread } from "../../src/panels/lesson/scoring";

const ANSWERS = {
  forecasts: [0, 100, 63, null, 7],
  belief: [40, null] as [number | null, number | null],
  lot: 1023,
};
const CODE = encode("was_it_abe", ANSWERS);
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

describe("a code", () => {
  test("holds the numbers and no more than twenty letters", () => {
    expect(decode(CODE, "was_it_abe", 5)).toEqual(ANSWERS);
    expect(CODE.replaceAll("-", "").length).toBeLessThanOrEqual(20);
  });

  test("may be typed with small letters, spaces, and the letters that are misread", () => {
    const typed = CODE.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    expect(decode(typed, "was_it_abe", 5)).toEqual(ANSWERS);
  });

  test("is refused when any one letter is another, or two neighbours changed places", () => {
    const plain = CODE.replaceAll("-", "");
    for (let at = 0; at < plain.length; at += 1) {
      for (const letter of LETTERS) {
        if (letter === plain[at]) continue;
        const wrong = plain.slice(0, at) + letter + plain.slice(at + 1);
        expect(decode(wrong, "was_it_abe", 5)).toBe("check");
      }
      if (at === 0 || plain[at] === plain[at - 1]) continue;
      const turned = plain.slice(0, at - 1) + plain[at] + plain[at - 1] + plain.slice(at + 1);
      expect(decode(turned, "was_it_abe", 5)).toBe("check");
    }
  });

  test("of another lesson or with other items is told apart", () => {
    expect(decode(CODE, "who_blocked_the_office", 5)).toBe("lesson");
    expect(decode(CODE, "was_it_abe", 4)).toBe("count");
  });

  test.each([
    ["", "empty"],
    ["---", "empty"],
    ["A", "check"],
    ["<script>alert(1)</script>", "letters"],
    ["__proto__", "letters"],
    ["NaN", "check"],
    ["日本語", "letters"],
    ["1".repeat(1000), "long"],
    ["= 1+1", "letters"],
  ])("%j is refused", (text, problem) => {
    expect(decode(text, "was_it_abe", 5)).toBe(problem);
  });

  test("of random letters is never read as numbers above 100", () => {
    let state = 1;
    for (let tried = 0; tried < 5000; tried += 1) {
      let text = "";
      for (let at = 0; at < 18; at += 1) {
        state = (state * 48271) % 2147483647;
        text += LETTERS[state % 32];
      }
      const found = decode(text, "was_it_abe", 5);
      if (typeof found === "string") continue;
      expect(found.forecasts.every((one) => one === null || one <= 100)).toBe(true);
    }
  });
});

describe("a class", () => {
  test("is read line by line, and each bad line says why", () => {
    const other = encode("was_it_abe", { ...ANSWERS, lot: 5 });
    const told = readClass(`${CODE}\r\n\n  ${other}\n${CODE}\nnonsense!\n`, "was_it_abe", 5);
    expect(told.read.map(({ line }) => line)).toEqual([1, 3]);
    expect(told.refused).toEqual([
      { line: 4, shown: CODE, problem: "twice", before: 1 },
      { line: 5, shown: "nonsense!", problem: "letters" },
    ]);
    expect(told.cut).toBe(false);
  });

  test("may be copied from a chat, with names, times, quotes and other dashes around the codes", () => {
    const [second, third] = [5, 6].map((lot) => encode("was_it_abe", { ...ANSWERS, lot }));
    const chat = [
      `[2026-11-29 10:42] Ana: ${CODE}`,
      `“${second}”, ${third?.replaceAll("-", "–").toLowerCase()}.`,
      `my code is ${CODE.slice(0, -1)}`,
      `Ana: ${CODE}`,
    ].join("\n");
    const told = readClass(chat, "was_it_abe", 5);
    expect(told.read.map(({ line, answers }) => [line, answers.lot])).toEqual([
      [1, 1023],
      [2, 5],
      [2, 6],
    ]);
    expect(told.refused).toEqual([
      { line: 3, shown: CODE.slice(0, -1), problem: "check" },
      { line: 4, shown: CODE, problem: "twice", before: 1 },
    ]);
  });

  test("that is huge is cut and said to be", () => {
    const told = readClass(`${CODE}\n`.repeat(5000), "was_it_abe", 5);
    expect(told.cut).toBe(true);
    expect(told.read.length).toBe(1);
    expect(told.refused.length).toBe(199);
    expect(readClass("x".repeat(10 * MOST_LETTERS), "was_it_abe", 5).refused[0]?.problem).toBe(
      "long",
    );
  });
});

describe("scores", () => {
  test("are those of the method", () => {
    expect(brier(0.5, true)).toBe(0.25);
    expect(brier(1, false)).toBe(1);
    const { own, left } = expected(0.9, 0.63);
    expect(own).toBeCloseTo(0.0729, 10);
    expect(left).toBeCloseTo(0.2331, 10);
    expect(skill(0.1, 0.2)).toBe(0.5);
    expect(skill(0.1, 0)).toBeNull();
    expect(mean([1, 2, 3])).toBe(2);
    expect(spread([1, 3])).toBe(1);
  });

  test("count what was said and what came in bins, the last with both ends", () => {
    const bins = calibration([
      { said: 1, came: true },
      { said: 0.85, came: false },
      { said: 0, came: false },
    ]);
    expect(bins).toEqual([
      { low: 0, high: 0.2, count: 1, said: 0, came: 0 },
      { low: 0.8, high: 1, count: 2, said: 0.925, came: 0.5 },
    ]);
  });
});
