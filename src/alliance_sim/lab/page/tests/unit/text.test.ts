// Every language says everything, with the same names filled in.
import { describe, expect, test } from "vitest";
import { LANGUAGES } from "../../src/text";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[before + key, value]] : flat(value, `${before}${key}.`),
  );
}

const english = new Map(flat(LANGUAGES["en"]?.text ?? {}));
const others = Object.keys(LANGUAGES).filter((code) => code !== "en");
/** Keys of plurals are those of a language's own forms; "other" is there in each. */
const own = (key: string) => !/\.(zero|one|two|few|many)$/.test(key);
const filled = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe.each(others)("%s", (code) => {
  const texts = new Map(flat(LANGUAGES[code]?.text ?? {}));

  test("has the texts of the English page, and no others", () => {
    expect([...texts.keys()].filter(own).sort()).toEqual([...english.keys()].filter(own).sort());
  });

  test("fills in the same", () => {
    for (const [key, text] of texts) {
      expect([key, filled(text)]).toEqual([key, filled(english.get(key) ?? "")]);
    }
  });
});
