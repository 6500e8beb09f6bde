// Texts as Python has them.
import { expect, test } from "vitest";
import { lettersOf, quoted, shown, stripped } from "../../src/engine/letters";

test("space is what Python takes for it", () => {
  expect(stripped("\x1c\x85 \u3000\na b\x1f\t")).toBe("a b");
  expect(stripped("\ufeffa\u200b")).toBe("\ufeffa\u200b");
  expect(stripped(" \u2028 ")).toBe("");
});

test("what cannot be seen is written as Python writes it", () => {
  const told: [string, string][] = [
    ["a b", "'a b'"],
    ["it's", '"it\'s"'],
    ["'\"\\", "'\\'\"\\\\'"],
    ["\n\r\t\x00\x1b\x85\xa0\xad", "'\\n\\r\\t\\x00\\x1b\\x85\\xa0\\xad'"],
    ["\u2028\u202e\ufeff\ud800", "'\\u2028\\u202e\\ufeff\\ud800'"],
    ["é日\u{1f600}\u{e0001}", "'é日\u{1f600}\\U000e0001'"],
  ];
  for (const [text, words] of told) expect(quoted(text)).toBe(words);
});

test("of a long text the beginning is shown, in letters and not in halves of them", () => {
  expect(shown("ab", 4)).toBe("'ab'");
  expect(shown("abc", 4)).toBe("'abc...");
  expect(shown("\u{1f600}\u{1f600}\u{1f600}", 3)).toBe("'\u{1f600}\u{1f600}...");
  expect(lettersOf("\u{1f600}a")).toBe(2);
});
