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
/** Keys that are put together, such as `answer.label.${name}`: what stands around the places. */
const templates = Array.from(sources.matchAll(/`((?:[\w.]|\$\{[^`{}]*\})+)/g), ([, text = ""]) =>
  text.split(/\$\{[^}]*\}/),
).filter((parts) => parts.length > 1 && /[a-z].*\.|\..*[a-z]/.test(parts.join("")));
const together = new RegExp(
  templates
    .map((parts) => `^${parts.map((part) => part.replaceAll(".", "\\.")).join("[\\w -]+")}$`)
    .join("|"),
);
/** Beginnings to which a name with dots of its own is put, such as "fresh.edited". */
const beginnings = templates.flatMap(([head = "", ...more]) =>
  more.join("") === "" ? [head] : [],
);

test("a key that is asked for by its whole name has a text", () => {
  const asked = Array.from(sources.matchAll(/\bt\(\s*"([^"]+)"/g), ([, key]) => key ?? "");
  expect(asked.length).toBeGreaterThan(300);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("a text is asked for, by its name or by a name that is put together", () => {
  const asked = (key: string) =>
    named.has(key) ||
    together.test(key) ||
    beginnings.some((head) => key.startsWith(head) && named.has(key.slice(head.length)));
  const idle = texts.filter((key) => !asked(key) && !asked(key.replace(forms, "")));
  expect(idle).toEqual([]);
});
