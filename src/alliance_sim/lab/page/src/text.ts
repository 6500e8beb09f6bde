// All words of the page, one file a language in text/. A key that a language lacks is said in English.
import { signal } from "@preact/signals";
import en from "./text/en.json" with { type: "json" };
import fr from "./text/fr.json" with { type: "json" };
import ja from "./text/ja.json" with { type: "json" };
import zh from "./text/zh.json" with { type: "json" };
import type { Words } from "./contract";

export type Tree = { [key: string]: string | Tree };
interface Language {
  /** What it calls itself. */
  own: string;
  text: Tree;
}

/** Every language that there is a file of, whole or not. */
export const WRITTEN: Record<string, Language> = {
  en: { own: "English", text: en },
  ja: { own: "日本語", text: ja },
  zh: { own: "中文", text: zh },
  fr: { own: "Français", text: fr },
};

/** Return the keys that a language would have to have and has not; forms of plurals are its own. */
export function missing(text: Tree, all: Tree = en, before = ""): string[] {
  return Object.entries(all).flatMap(([key, value]) => {
    const mine = Object.hasOwn(text, key) ? text[key] : undefined;
    if (typeof value !== "string") {
      const below = typeof mine === "object" ? mine : {};
      return missing(below, value, `${before}${key}.`);
    }
    const form = /^(zero|one|two|few|many)$/.test(key);
    return form || typeof mine === "string" ? [] : [before + key];
  });
}

/** The languages that can be chosen: those that say everything. */
export const LANGUAGES: Record<string, Language> = Object.fromEntries(
  Object.entries(WRITTEN).filter(([, { text }]) => missing(text).length === 0),
);
export const language = signal("en");
/** The relationship's own words by language, put in once the payload is read. */
export const words = signal<Record<string, Words>>({});

function find(tree: Tree, key: string): string | undefined {
  let here: string | Tree | undefined = tree;
  for (const part of key.split(".")) {
    if (typeof here !== "object" || !Object.hasOwn(here, part)) return undefined;
    here = here[part];
  }
  return typeof here === "string" ? here : undefined;
}

/**
 * Return a text by its key, with {names} filled in. With a number `n`, "key.one" is used for one
 * and "key.other" for more where a language tells them apart.
 */
export function t(key: string, given: Record<string, string | number> = {}): string {
  const tree = LANGUAGES[language.value]?.text ?? en;
  const n = given["n"];
  const keys = typeof n === "number" ? [`${key}.${plural(n)}`, `${key}.other`, key] : [key];
  let text: string | undefined;
  for (const source of [tree, en as Tree]) {
    for (const one of keys) text ??= find(source, one);
  }
  return (text ?? key).replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(given, name) ? String(given[name]) : whole,
  );
}

/** Return a text as a language has it, with nothing filled in; undefined if it has none. */
export function said(code: string, key: string): string | undefined {
  return find(LANGUAGES[code]?.text ?? {}, key);
}

const rules = new Map<string, Intl.PluralRules>();

function plural(n: number): string {
  let rule = rules.get(language.value);
  if (rule === undefined) rules.set(language.value, (rule = new Intl.PluralRules(language.value)));
  return rule.select(n);
}

/** Return how the relationship names something in the language: "juncture.nine_eleven". */
export function named(key: string, otherwise: string): string {
  const mine = own(words.value[language.value]?.names, key);
  return mine ?? own(words.value["en"]?.names, key) ?? otherwise;
}

/** Return a text of the record in the language; as it was coded where the language has none. */
export function recorded(english: string): string {
  return own(words.value[language.value]?.told, english) ?? english;
}

/** Return what a unit is called; nothing for a number without one. */
export function unitName(unit: string): string {
  return unit === "" ? "" : named(`unit.${unit}`, unit === "1" ? "" : unit);
}

function own(table: Record<string, string> | undefined, key: string): string | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Return what stands in a row, with what a language puts between. */
export function commas(parts: readonly string[]): string {
  return parts.join(t("page.comma"));
}

/** Return what stands in a row, each part of it with commas of its own. */
export function semicolons(parts: readonly string[]): string {
  return parts.join(t("page.semicolon"));
}

/** Return the names of sides and domains. */
export function wording(): Words {
  const found = words.value[language.value] ?? words.value["en"];
  if (found === undefined) throw new Error("the page has no words of its relationship");
  return found;
}

/**
 * Return how the page calls what is the package's own: in English as the package does, elsewhere by
 * a text of the page, where there is one.
 */
export function ours(key: string, english: string): string {
  if (language.value === "en") return english;
  const found = t(key);
  return found === key ? english : found;
}
