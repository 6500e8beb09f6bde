// Every language says everything, with the same names filled in.
import { describe, expect, test } from "vitest";
import { keyOf } from "../../src/panels/about/model";
import equations from "../../src/panels/about/equations.json";
import { LANGUAGES, WRITTEN, missing, said } from "../../src/text";

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

describe("languages that are written in part", () => {
  test("can be chosen once they say everything, and not before", () => {
    expect(Object.keys(LANGUAGES)).toEqual(["en", "ja"]);
    for (const [code, { text }] of Object.entries(WRITTEN)) {
      expect(Object.hasOwn(LANGUAGES, code)).toBe(missing(text).length === 0);
    }
    expect(missing({}, { a: { one: "1", other: "2" }, b: "3" })).toEqual(["a.other", "b"]);
  });

  test.each(Object.keys(WRITTEN))(
    "%s has the frame of the page, and no text of its own",
    (code) => {
      const text = WRITTEN[code]?.text ?? {};
      const found = flat(text);
      expect(found.filter(([key]) => own(key) && !english.has(key))).toEqual([]);
      for (const [key, told] of found) expect(filled(told)).toEqual(filled(english.get(key) ?? ""));
      const frame = missing(text).filter((key) =>
        /^(page|payload|link)\.|^[^.]+\.title$/.test(key),
      );
      expect(frame.filter((key) => !/^(controls|ready)\./.test(key))).toEqual([]);
    },
  );
});

describe("words in equations", () => {
  const words = [...JSON.stringify(equations.parts).matchAll(/<mtext[^>]*>([^<]*)<\/mtext>/g)]
    .map(([, text = ""]) => text)
    .filter((text) => /[a-z]/i.test(text.replaceAll(/&[^;]*;/g, "")));

  test("are said in every language", () => {
    expect(words.length).toBeGreaterThan(20);
    for (const code of Object.keys(LANGUAGES)) {
      expect(
        words.filter((one) => said(code, `about.equation.${keyOf(one)}`) === undefined),
      ).toEqual([]);
    }
  });

  test("are in English those that stand in them, and no others are kept", () => {
    const plain = (text: string) => text.replaceAll("&#x000A0;", " ").trim();
    for (const one of words) expect(said("en", `about.equation.${keyOf(one)}`)).toBe(plain(one));
    const kept = [...english.keys()].filter((key) => key.startsWith("about.equation."));
    expect(new Set(kept)).toEqual(new Set(words.map((one) => `about.equation.${keyOf(one)}`)));
  });
});
