// Outcomes and edits in words, beside what the package calls them.
import { beforeAll, expect, test } from "vitest";
import { editInWords, outcomeTitle } from "../../src/answer/words";
import type { Payload } from "../../src/contract";
import { LANGUAGES, language, words } from "../../src/text";
import data from "./data/words.json";
import { frameOf, smallPayload } from "./payload";

interface Told {
  payload: Partial<Payload> & { time: [number, number, number] };
  outcomes: Record<string, string>;
  edits: Record<string, string>;
}

const told = data as unknown as Told;
const payload = smallPayload({ ...told.payload, frame: frameOf(...told.payload.time) });

beforeAll(() => {
  language.value = "en";
  words.value = payload.relationship.words;
});

test.each(Object.entries(told.outcomes))("the outcome %s, letter by letter", (text, title) => {
  expect(outcomeTitle(text, payload)).toBe(title);
});

test.each(Object.entries(told.edits))("the edit %s, letter by letter", (text, words) => {
  expect(editInWords(text, payload)).toBe(words);
});

test("a theory is told by the letters that it has, in whatever order", () => {
  expect(editInWords("theory DIR", payload)).toBe("under theory RID");
});

test("what cannot be read is shown as it is", () => {
  const strange = ["rung>=8", "rung>=8@1949", "rung=>8@2014", "rung>=x@2014", "rung>=8@2001..2014"];
  for (const text of strange) expect(outcomeTitle(text, payload)).toBe(text);
  expect(editInWords("undo everything", payload)).toBe("undo everything");
});

test("every language says all of it in words of its own", () => {
  for (const code of Object.keys(LANGUAGES)) {
    language.value = code;
    const found = [
      ...Object.keys(told.outcomes).map((text) => outcomeTitle(text, payload)),
      ...Object.keys(told.edits).map((text) => editInWords(text, payload)),
    ];
    for (const text of found) expect(text).not.toMatch(/answer\.|\{\w+\}|undefined|NaN/);
  }
  language.value = "en";
});
