// The list of edits as the page changes it: an edit takes the place of another of the same thing,
// what cannot stand beside it goes, and what changes nothing is left out. Whether an edit can be
// done at all, the engine says.
import type { Juncture, Payload } from "../contract";
import { decimalYear, readDay } from "../engine/days";
import { stripped } from "../engine/letters";
import { QUARTERS } from "./time";

/** One edit, taken apart: `shift great_raid:+4` is of kind "shift", about "great_raid", says "+4". */
export interface Said {
  kind: string;
  about: string;
  says: string;
}

const MARKS: Record<string, string> = {
  without: "",
  keep: "",
  council: "",
  theory: "",
  shift: ":=",
  strength: ":=",
  set: "=",
  hold: "=",
  leader: "=",
  motive: "=",
  member: "=",
};
const SETTING = ["set", "member", "motive"]; // kinds that set one number
const IN_QUARTERS = /^[+-]\d{1,4}$/;

/** Return an edit taken apart; null where its first word is none of an edit of this page. */
export function said(text: string): Said | null {
  const [, kind = "", rest = ""] = /^(\w+) (.*)$/s.exec(stripped(text)) ?? [];
  if (!Object.hasOwn(MARKS, kind)) return null;
  const marks = MARKS[kind] ?? "";
  const place = rest.split("").findIndex((letter) => marks.includes(letter));
  if (marks === "" || place < 0) return { kind, about: stripped(rest), says: "" };
  return { kind, about: stripped(rest.slice(0, place)), says: stripped(rest.slice(place + 1)) };
}

/** Return where in the scenario an edit acts; a place that ends in a dot is all that is below it. */
function placeOf(text: string, payload: Payload): string {
  const edit = said(text);
  if (edit === null) return text;
  const { kind, about, says } = edit;
  switch (kind) {
    case "without":
      return `juncture.${about}.`;
    case "shift":
      return `juncture.${about}.date`;
    case "strength":
      return `juncture.${about}.effect.`;
    case "keep":
      return `juncture.${about}.when_cause_removed`;
    case "leader":
      return payload.junctures.some(({ name }) => name === about)
        ? `juncture.${about}.`
        : `leader.${about}.push`;
    case "council":
      return "council.rule";
    case "motive":
      return `motives.${about}`;
    case "member":
      return `member.${about.replace(":", ".")}`;
    case "theory":
      return "theory.";
    case "hold":
      return `hold.${about}@${says.split("@")[1]?.trim() ?? ""}`; // others may be held at other times
    default:
      return about;
  }
}

function clash(one: string, other: string): boolean {
  const under = (a: string, b: string) => a.endsWith(".") && b.startsWith(a);
  return one === other || under(one, other) || under(other, one);
}

/**
 * Return what edits out of a file ask: a theory that one of them names is that of both worlds, as
 * `whatif` has it, and so no edit of one.
 */
export function askedBy(
  edits: readonly string[],
  payload: Payload,
): { edits: string[]; theory?: string } {
  const [named, ...more] = edits.filter((edit) => said(edit)?.kind === "theory");
  if (named === undefined || more.length > 0) return { edits: tidied(edits, payload) };
  const rest = edits.filter((edit) => edit !== named);
  const theory = theoryNamed(said(named)?.about ?? "", payload);
  return { edits: tidied(rest, payload), theory };
}

/** Return the name of a theory, in whatever order its letters are written; as it is if unknown. */
export function theoryNamed(written: string, payload: Payload): string {
  const letters = (name: string) => [...name].sort().join("");
  const known = payload.theories.find(({ name }) => letters(name) === letters(written));
  return known?.name ?? written;
}

/** Return edits with one more, in place of what was said of the same thing before. */
export function put(edits: readonly string[], text: string, payload: Payload): string[] {
  const place = placeOf(text, payload);
  const kept: string[] = [];
  let stands = false;
  for (const edit of edits) {
    const theirs = placeOf(edit, payload);
    if (!clash(theirs, place)) kept.push(edit);
    else if (theirs === place && !stands) stands = kept.push(text) > 0;
  }
  return tidied(stands ? kept : [...kept, text], payload);
}

/** Return edits without one of them, and without what then holds nothing. */
export function dropped(edits: readonly string[], text: string, payload: Payload): string[] {
  return tidied(
    edits.filter((edit) => edit !== text),
    payload,
  );
}

/** Return edits without those of one kind about one thing. */
export function cleared(
  edits: readonly string[],
  kind: string,
  about: string | null,
  payload: Payload,
): string[] {
  const meant = (edit: string) => {
    const found = said(edit);
    return found?.kind === kind && (about === null || found.about === about);
  };
  return tidied(
    edits.filter((edit) => !meant(edit)),
    payload,
  );
}

/** Return what the edits say of one kind about one thing; null if nothing. */
export function saidOf(edits: readonly string[], kind: string, about: string): string | null {
  for (const edit of edits) {
    const found = said(edit);
    if (found?.kind === kind && found.about === about) return found.says;
  }
  return null;
}

/** Return the beginning of the edit that sets a number, in plainest form: "member hills:offset". */
export function setting(path: string): string {
  const [head, name = "", ...rest] = path.split(".");
  if (head === "member") return `member ${name}:${rest.join(".")}`;
  return head === "motives" ? `motive ${name}` : `set ${path}`;
}

/** Return what the edits set a number to, in whichever words; null where they leave it. */
export function numberSet(edits: readonly string[], path: string, payload: Payload): number | null {
  for (const edit of edits) {
    const found = said(edit);
    if (found === null || !SETTING.includes(found.kind)) continue;
    if (placeOf(edit, payload) === path) return spelled(found, path, payload);
  }
  return null;
}

/** A motive that is on stands in the middle of its range, as the package has it. */
function spelled({ kind, says }: Said, path: string, payload: Payload): number | null {
  if (kind !== "motive" || says === "off") return says === "off" ? 0 : numeric(says);
  if (says !== "on") return numeric(says);
  const number = payload.numbers.find((one) => one.path === path);
  return ((number?.low ?? 0) + (number?.high ?? 0)) / 2;
}

/** Whether a juncture happens: unless it is removed, set as absent, or another leads in its place. */
export function happens(edits: readonly string[], name: string): boolean {
  const set = saidOf(edits, "set", presence(name));
  if (set !== null) return set.toLowerCase() !== "false";
  return !edits.some((edit) => {
    const found = said(edit);
    return (found?.kind === "without" || found?.kind === "leader") && found.about === name;
  });
}

/** Return edits with which a juncture happens, whatever had removed it. */
export function restored(edits: readonly string[], name: string, payload: Payload): string[] {
  const stays = cleared(edits, "set", presence(name), payload);
  return cleared(cleared(stays, "without", name, payload), "leader", name, payload);
}

const presence = (name: string): string => `juncture.${name}.present`;
const dateOf = (name: string): string => `juncture.${name}.date`;

/** Return when a shift says that a juncture is, and what becomes of its end: "" if nothing. */
function shiftOf(says: string): [when: string, end: string] {
  const [when = "", ...end] = says.split(":");
  return [when.trim(), end.join(":").trim()];
}

/**
 * Return by how many quarters a juncture is moved: 0 if it is not. A shift to a day, or a date that
 * is set, is told in quarters between the two days, not rounded.
 */
export function movedBy(edits: readonly string[], juncture: Juncture): number {
  const { name } = juncture;
  const [when] = shiftOf(saidOf(edits, "shift", name) ?? saidOf(edits, "set", dateOf(name)) ?? "");
  if (IN_QUARTERS.test(when)) return Number(when);
  const day = readDay(when);
  return day === null ? 0 : (decimalYear(day) - juncture.date) * QUARTERS;
}

/** Return edits with a juncture so many quarters later than it was; what becomes of its end stays. */
export function moved(
  edits: readonly string[],
  juncture: Juncture,
  quarters: number,
  payload: Payload,
): string[] {
  const [, end] = shiftOf(saidOf(edits, "shift", juncture.name) ?? "");
  if (quarters === 0 && readDay(end) === null) {
    const stays = cleared(edits, "set", dateOf(juncture.name), payload);
    return cleared(stays, "shift", juncture.name, payload);
  }
  const many = `${quarters < 0 ? "-" : "+"}${Math.abs(quarters)}`;
  return put(edits, `shift ${juncture.name}:${many}${end && `:${end}`}`, payload);
}

/** Return how many quarters a juncture can be moved, earliest and latest. */
export function reach(juncture: Juncture): [number, number] {
  const [first, last] = juncture.range;
  const low = Math.ceil((first - juncture.date) * QUARTERS - 1e-6);
  const high = Math.floor((last - juncture.date) * QUARTERS + 1e-6);
  return [Math.min(low, 0) + 0, Math.max(high, 0)]; // + 0: no minus zero
}

/** Return edits without those that change nothing: what stands so in the scenario, what holds nothing. */
export function tidied(edits: readonly string[], payload: Payload): string[] {
  const speaking = [...new Set(edits)].filter((edit) => !idle(edit, payload));
  return speaking.filter((edit) => {
    const found = said(edit);
    return found?.kind !== "keep" || hangsOnEdit(found.about, speaking, payload);
  });
}

function idle(text: string, payload: Payload): boolean {
  const edit = said(text);
  if (edit === null) return false;
  const { kind, about, says } = edit;
  switch (kind) {
    case "shift": {
      const [when, end] = shiftOf(says); // a day of its own for the end is a change
      return /^[+-]?0+$/.test(when) && ["", "moves", "stays"].includes(end);
    }
    case "strength":
      return numeric(says) === 1;
    case "council":
      return payload.councils[0]?.name === about;
    case "motive":
    case "member":
    case "set": {
      const path = placeOf(text, payload);
      const value = payload.numbers.find((one) => one.path === path)?.value;
      return (
        value !== undefined && (String(value) === says || spelled(edit, path, payload) === value)
      );
    }
    default:
      return false;
  }
}

/** Whether something that a juncture follows, itself or by others, is gone or moved. */
function hangsOnEdit(name: string, edits: readonly string[], payload: Payload): boolean {
  const byName = new Map(payload.junctures.map((one) => [one.name, one]));
  const open = [...(byName.get(name)?.follows ?? [])];
  const seen = new Set<string>();
  for (let cause = open.pop(); cause !== undefined; cause = open.pop()) {
    if (seen.has(cause)) continue;
    seen.add(cause);
    const card = byName.get(cause);
    if (!happens(edits, cause) || (card && movedBy(edits, card) !== 0)) return true;
    open.push(...(card?.follows ?? []));
  }
  return false;
}

function numeric(text: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}
