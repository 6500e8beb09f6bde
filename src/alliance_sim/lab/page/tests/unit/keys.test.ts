// Texts and sources hold each other: a key that is asked for has a text, and a text is asked for.
import { expect, test } from "vitest";
import { WRITTEN, type Tree } from "../../src/text";

const sources = Object.values(
  import.meta.glob<string>("../../src/**/*.{ts,tsx}", {
    query: "?raw",
    import: "default",
    eager: true,
  }),
).join("\n");

function* keys(tree: Tree, before = ""): Generator<string> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") yield before + key;
    else yield* keys(value, `${before}${key}.`);
  }
}

const forms = /\.(zero|one|two|few|many|other)$/;
const texts = [...keys(WRITTEN["en"]?.text ?? {})];
const known = new Set([...texts, ...texts.map((key) => key.replace(forms, ""))]);
/** Every text in quotes that looks like a key, or like the end of one. */
const named = new Set(
  Array.from(sources.matchAll(/["`]([a-z_]+(?:\.\w+)+)["`]/g), ([, key]) => key ?? ""),
);
/** Keys that are put together, such as `answer.label.${name}`. */
const patterns = Array.from(
  sources.matchAll(/`((?:[\w.]|\$\{[^`{}]*\})+)/g),
  ([, text]) => text ?? "",
)
  .map((text) => text.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\.")))
  .filter((parts) => parts.length > 1 && parts.join("").includes("."))
  .map((parts) => new RegExp(`^${parts.join(`(?:[\\w -]+|${[...named].join("|")})`)}$`));

test("a key that is asked for by its whole name has a text", () => {
  const asked = Array.from(sources.matchAll(/\bt\(\s*"([^"]+)"/g), ([, key]) => key ?? "");
  expect(asked.length).toBeGreaterThan(300);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("a text is asked for, by its name or by a name that is put together", () => {
  const asked = (key: string) => named.has(key) || patterns.some((one) => one.test(key));
  const idle = texts.filter((key) => !asked(key) && !asked(key.replace(forms, "")));
  expect(idle).toEqual([]);
});
