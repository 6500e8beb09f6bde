// Numbers are rounded in one place, as the package does, and written in the reader's language.
import { afterEach, expect, test } from "vitest";
import { counted, fixed, of100, percent, share, short } from "../../src/parts/numbers";
import { language } from "../../src/text";

afterEach(() => {
  language.value = "en";
});

test("a half goes to the even digit", () => {
  expect([0.125, 0.375, 2.5, 3.5].map((value) => fixed(value, value < 1 ? 2 : 0))).toEqual([
    ...["0.12", "0.38", "2", "4"],
  ]);
  expect([0.125, 0.135, 0.005].map(of100)).toEqual([12, 14, 0]);
  expect(share(0.125)).toBe("0.12");
  expect([-0.125, 0.004, 0.5].map(counted)).toEqual(["−12", "0", "+50"]);
});

test("three digits that matter are those of Python's .3g", () => {
  const told = ["0", "1.23e−05", "0.000123", "1.12", "−1.12", "−9.88e+06", "1e+05", "100"];
  const given = [0, 1.234565e-5, 1.234565e-4, 1.125, -1.125, -9881074.5, 99999.95, 99.95];
  expect(given.map(short)).toEqual(told);
});

test("a share in percent never passes for more than it is", () => {
  expect([0.799, 0.9999, 1, 0, 0.29].map(percent)).toEqual([
    "79 %",
    "99 %",
    "100 %",
    "0 %",
    "29 %",
  ]);
  expect(percent(null)).toBe("–");
});

test("a share of less than one percent is said in the reader's language", () => {
  expect(percent(0.004)).toBe("under 1 %");
  language.value = "ja";
  expect(percent(0.004)).toBe("1 % 未満");
});
