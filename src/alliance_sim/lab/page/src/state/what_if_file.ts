// What-if files: TOML that extends the scenario of this page and holds edits, as `alliance-sim new`
// writes it. Whatever else stands in one is refused with the reason, and nothing is changed.
import { parse, TomlDate, TomlError } from "smol-toml";
import type { Payload, Question } from "../contract";
import { stripped } from "../engine/letters";
import { said } from "./edits";
import { MOST_EDITS } from "./link";

export const MOST_LETTERS = 100_000;
const LONGEST_EDIT = 4000;
const MOST_TOLD = 8; // problems
const SHOWN = 60; // letters of what was found

/** A problem by its key in the texts ("file.KEY"), with what it tells of. */
export interface Problem {
  key: string;
  given: Record<string, string | number>;
}

export interface WhatIf {
  edits: string[];
  problems: Problem[];
}

const PLAIN = ["title", "description", "question"]; // what a file tells of itself
const ADDED = ["juncture", "leader", "item", "member", "threat", "period", "rung", "kind"];
const OTHERS = ["relationship", "record", "series"];

/** Return the edits that a file holds, in the order in which the package makes them. */
export function readWhatIf(text: string, payload: Payload): WhatIf {
  if (text.length > MOST_LETTERS) {
    return refusal("long", { letters: text.length, most: MOST_LETTERS });
  }
  let tree: Record<string, unknown>;
  try {
    tree = parse(text, { maxDepth: 20 });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const said = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    return refusal("toml", { line: error.line, problem: said });
  }
  const problems = [...strangers(tree, payload)];
  const edits: string[] = [];
  const take = (found: string | Problem) =>
    typeof found === "string" ? edits.push(found) : problems.push(found);
  for (const one of listIn(tree, "without", problems)) take(removal(one));
  for (const one of listIn(tree, "moved", problems)) take(move(one));
  for (const one of listIn(tree, "set", problems)) take(setting(one));
  for (const one of listIn(tree, "edits", problems)) take(edit(one));
  const found = edits.filter((edit) => !isTheory(edit)).length; // a theory is that of the question
  if (found > MOST_EDITS) {
    problems.push({ key: "many", given: { found, most: MOST_EDITS } });
  }
  if (problems.length > 0) return { edits: [], problems: problems.slice(0, MOST_TOLD) };
  return { edits: [...new Set(edits)], problems };
}

/**
 * Return a file that holds what is asked, for a disk or for `alliance-sim`: its edits, and as one
 * more the theory of both worlds where that is not the usual one.
 */
export function whatIfFile(
  { edits, outcome, theory }: Pick<Question, "edits" | "outcome" | "theory">,
  payload: Payload,
): string {
  const usual = theory === payload.theories[0]?.name || edits.some(isTheory);
  const all = usual ? edits : [`theory ${theory}`, ...edits];
  const asked = outcome.replace(/['\p{Cc}\p{Zl}\p{Zp}]/gu, " "); // a comment is one line
  const ask = outcome === "" ? "" : ` --outcome '${asked}'`;
  return [
    "# A what-if of the lab. What stands here is changed in the scenario that it extends; all else",
    "# stays. Saved as mine.toml:",
    "#   check it:            alliance-sim validate mine.toml",
    `#   ask the package:     alliance-sim whatif mine.toml${ask}`,
    "",
    `extends = ${quoted(payload.scenario.name)}`,
    'question = ""  # in one sentence, for figures and pages',
    "",
    "edits = [",
    ...all.map((edit) => `    ${quoted(edit)},`),
    "]",
    "",
  ].join("\n");
}

function isTheory(edit: string): boolean {
  return said(edit)?.kind === "theory";
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function refusal(key: string, given: Problem["given"]): WhatIf {
  return { edits: [], problems: [{ key, given }] };
}

function* strangers(tree: Record<string, unknown>, payload: Payload): Generator<Problem> {
  const mine = payload.scenario.name;
  const base = Object.hasOwn(tree, "extends") ? tree["extends"] : undefined;
  if (base === undefined) yield { key: "no_base", given: { mine } };
  else if (base !== mine) yield { key: "base", given: { found: shown(base), mine } };
  const known = ["extends", "without", "moved", "set", "edits", ...PLAIN];
  for (const name of Object.keys(tree)) {
    if (known.includes(name)) continue;
    const key = ADDED.includes(name) ? "adds" : OTHERS.includes(name) ? "other" : "unknown";
    yield { key, given: { name: shown(name) } };
  }
}

function listIn(tree: Record<string, unknown>, key: string, problems: Problem[]): unknown[] {
  if (!Object.hasOwn(tree, key)) return [];
  const found = tree[key];
  if (Array.isArray(found)) return found;
  problems.push({ key: "list", given: { name: key, found: shown(found) } });
  return [];
}

function removal(found: unknown): string | Problem {
  if (typeof found === "string") return edit(`without ${found}`);
  return { key: "text", given: { name: "without", found: shown(found) } };
}

function move(found: unknown): string | Problem {
  const table = tableOf(found, ["juncture", "to", "by_quarters", "end", "meant"]);
  const name = table?.["juncture"];
  const by = table?.["by_quarters"];
  const to = dayIn(table?.["to"]);
  const end = table?.["end"] === undefined ? "" : (dayIn(table["end"]) ?? table["end"]);
  const quarters = typeof by === "number" && Number.isInteger(by) ? by : null;
  const clear = (to === null) !== (quarters === null);
  if (typeof name !== "string" || !clear || typeof end !== "string") {
    return { key: "moved", given: { found: shown(found) } };
  }
  const when = quarters === null ? to : `${quarters < 0 ? "-" : "+"}${Math.abs(quarters)}`;
  return edit(`shift ${name}:${when}${end === "" ? "" : `:${end}`}`);
}

function setting(found: unknown): string | Problem {
  const table = tableOf(found, ["path", "to", "source"]);
  const path = table?.["path"];
  const to = table?.["to"];
  const value = dayIn(to) ?? to;
  const plain =
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
  if (typeof path !== "string" || !plain) return { key: "set", given: { found: shown(found) } };
  return edit(`set ${path}=${value}`);
}

function edit(found: unknown): string | Problem {
  if (typeof found !== "string")
    return { key: "text", given: { name: "edits", found: shown(found) } };
  if (found.length > LONGEST_EDIT) {
    return { key: "long_edit", given: { found: shown(found), most: LONGEST_EDIT } };
  }
  const text = stripped(found).replace(/^(\w+) +/, "$1 ");
  const taken = said(text);
  if (taken === null || taken.about === "") return { key: "edit", given: { found: shown(text) } };
  return text;
}

function tableOf(found: unknown, keys: readonly string[]): Record<string, unknown> | null {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return null;
  if (Object.keys(found).some((key) => !keys.includes(key))) return null;
  return Object.fromEntries(Object.entries(found));
}

function dayIn(found: unknown): string | null {
  return found instanceof TomlDate && found.isDate() ? found.toISOString() : null;
}

function shown(found: unknown): string {
  const text = typeof found === "string" ? found : written(found);
  const letters = [...text.replace(/[\p{Cc}\p{Cf}]/gu, " ")];
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")}…` : letters.join("");
}

function written(found: unknown): string {
  try {
    return JSON.stringify(found) ?? String(found);
  } catch {
    return "{…}"; // tables within tables, too deep to be written
  }
}
