// Edits in the words of `whatif`, turned into numbers of the recipe: what `scenario.edit_texts` and
// `edit_kinds` do in Python, with their sentences. Data: `lab/editable.py`.

import { holdText, readHold } from "../holds";
import {
  dayProblem,
  general,
  isNoDay,
  later,
  monthsLater,
  ordinal,
  readDay,
  readNumber,
} from "./days";
import { writeDay, type Day } from "./days";
import { lettersOf, quoted, shown, stripped } from "./letters";
import { nearestName, unknownName } from "./nearest";
import type { Drafts, EditedJuncture } from "./drafts";

export type Kind = "without" | "shift" | "strength" | "set" | "leader" | "council" | "member";

/** What one text asks for: its plainest form, what it does, and the places that it edits. */
export interface Asked {
  text: string;
  paths: string[];
  apply: (drafts: Drafts) => void;
}

/** Why an edit cannot be read or done, in a sentence. */
export class EditProblem extends Error {}

const LONGEST_TEXT = 4000;
const [SHOWN, REPEATED] = [60, 400]; // letters of a text that a sentence shows
const ON_A_SHARE = new Set(
  "hostility commitment networking link win_set involvement attention".split(" "),
);
export const HOLDS = "hold"; // the place of all holds
const [MOVES, STAYS] = ["moves", "stays"];

export function readEdit(drafts: Drafts, given: string): Asked {
  if (lettersOf(given) > LONGEST_TEXT) {
    const most = LONGEST_TEXT.toLocaleString("en");
    throw new EditProblem(`edit ${shown(given, SHOWN)}: is longer than ${most} letters`);
  }
  const [, word = "", after = ""] = /^([^ ]*)(?: (.*))?$/s.exec(stripped(given)) ?? [];
  const { kinds } = drafts.scenario;
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  const read = Object.hasOwn(READERS, word) ? READERS[word] : undefined;
  if (kind === undefined || read === undefined) {
    const near = nearestName(word, Object.keys(kinds));
    const meant = near === null ? "" : `; did you mean ${quoted(near)}?`;
    const known = Object.keys(kinds).join(", ");
    throw new EditProblem(
      `edit ${shown(given, REPEATED)}: begins with ${shown(word, SHOWN)}${meant} (an edit begins with ${known})`,
    );
  }
  const rest = stripped(after);
  if (rest === "") {
    throw new EditProblem(`${word}: names nothing; write it like: ${word} ${kind.example}`);
  }
  const form = (): EditProblem =>
    new EditProblem(
      `${word} ${shown(rest, REPEATED)}: cannot be read; write ${kind.form}, such as: ${word} ${kind.example}`,
    );
  return { text: `${word} ${rest}`, ...read(drafts, rest, form) };
}

type Done = Omit<Asked, "text">;
type Reader = (drafts: Drafts, rest: string, form: () => EditProblem) => Done;

/** Return what stands before and after the first of some marks. */
function halves(rest: string, marks: string, form: () => EditProblem): [string, string] {
  const place = [...marks].map((mark) => rest.indexOf(mark)).filter((at) => at >= 0);
  const at = place.length > 0 ? Math.min(...place) : -1;
  const [name, value] = [stripped(rest.slice(0, Math.max(at, 0))), stripped(rest.slice(at + 1))];
  if (at < 0 || name === "" || value === "") throw form();
  return [name, value];
}

function juncture(drafts: Drafts, name: string): EditedJuncture {
  const found = drafts.junctures.get(name);
  if (found !== undefined) return found;
  const also = drafts.spellings();
  throw new EditProblem(unknownName("juncture", name, drafts.junctures.keys(), also));
}

function remove(drafts: Drafts, name: string): void {
  const found = juncture(drafts, name);
  if (!found.present) throw new EditProblem(`juncture ${quoted(name)} was removed already`);
  found.present = false;
}

const without: Reader = (drafts, rest) => {
  juncture(drafts, rest);
  return { paths: [`juncture.${rest}.present`], apply: (now) => remove(now, rest) };
};

const shift: Reader = (drafts, rest, form) => {
  const [name, value] = halves(rest, ":=", form);
  const [when = "", ends = ""] = [stripped(value.split(":", 1)[0] ?? ""), after(value, ":")];
  const day = readDay(when);
  const missing = [when, ends].find((one) => isNoDay(one));
  if (missing !== undefined) {
    throw new EditProblem(`shift ${shown(rest, REPEATED)}: there is no day ${missing}`);
  }
  const quarters = /^[+-]\d+$/.test(when);
  if ((day === null && !quarters) || when.length > (day === null ? 5 : 10)) throw form();
  const has = juncture(drafts, name).end !== null;
  let end: string | Day | null = has ? (MOVES as string) : null;
  if (ends !== "") {
    end = ends === MOVES || ends === STAYS ? ends : readDay(ends);
    if (end === null) throw form();
  }
  const apply = (now: Drafts): void => move(now, name, day, day ? 0 : Number(when), end);
  return { paths: daysOf(name), apply };
};

/** Return where the days of a juncture stand, both of which a move may change. */
const daysOf = (name: string): string[] => [`juncture.${name}.date`, `juncture.${name}.end`];

const after = (text: string, mark: string): string => {
  const at = text.indexOf(mark);
  return at < 0 ? "" : stripped(text.slice(at + 1));
};

function move(
  drafts: Drafts,
  name: string,
  to: Day | null,
  quarters: number,
  end: string | Day | null,
): void {
  const found = juncture(drafts, name);
  if (!found.present) {
    throw new EditProblem(`juncture ${quoted(name)} was removed and cannot be moved`);
  }
  const day = to ?? monthsLater(found.date, 3 * quarters);
  if (day === null) {
    const months = `${writeDay(found.date)} by ${3 * quarters} months`;
    throw new EditProblem(`moved: ${months} is not a date of the years 1 to 9998`);
  }
  const outside = dayProblem(day);
  if (outside !== null) throw new EditProblem(`juncture ${quoted(name)} moved: ${outside}`);
  if (found.end !== null) {
    found.end = newEnd(name, found.end, ordinal(day) - ordinal(found.date), end);
  } else if (end !== null) {
    throw new EditProblem(
      `juncture ${quoted(name)} moved: has no end, so leave out what becomes of it`,
    );
  }
  found.original ??= found.date;
  found.date = day;
}

function newEnd(name: string, old: Day, by: number, end: string | Day | null): Day {
  if (end === STAYS) return old;
  if (end !== null && typeof end !== "string") return end;
  const moved = later(old, by);
  if (moved === null) {
    const told = `its end ${writeDay(old)}, moved as far, is not a date of the years 1 to 9998`;
    throw new EditProblem(`${name}: ${told}`);
  }
  return moved;
}

const strength: Reader = (drafts, rest, form) => {
  const [name, value] = halves(rest, ":=", form);
  const times = readNumber(value);
  if (times === null || times < 0 || times === Infinity) throw form();
  const found = juncture(drafts, name);
  if (!found.present) {
    throw new EditProblem(`strength ${name}: the juncture was removed, so it moves nothing`);
  }
  if (found.effects.length === 0) {
    throw new EditProblem(`strength ${name}: the juncture itself moves nothing; what follows may`);
  }
  const sizes = found.effects.map((effect, place) => {
    const path = `juncture.${name}.effect.${place}.size`;
    const [before, low, high] = drafts.number(path);
    const size = before * times;
    if (size < low || size > high) {
      const edge = size > high ? high : low;
      const most =
        before !== 0 && edge / before > 0 ? `; at most ${general(edge / before, 3)} times` : "";
      throw new EditProblem(
        `strength ${name}:${value}: ${effect.name} would be ${general(size)}, outside its range ` +
          `${general(low)} to ${general(high)}, and is ${general(before)}${most}`,
      );
    }
    return { path, size };
  });
  const apply = (now: Drafts): void => {
    for (const { path, size } of sizes) now.put(path, size, times);
  };
  return { paths: sizes.map(({ path }) => path), apply };
};

const set: Reader = (drafts, rest, form) => {
  const [path, value] = halves(rest, "=", form);
  return setting(drafts, path, value);
};

function setting(drafts: Drafts, path: string, value: string): Done {
  const dated = /^juncture\.([^.]+)\.date$/.exec(path);
  const day = readDay(value);
  if (dated !== null && drafts.junctures.has(dated[1] as string)) {
    if (day === null)
      throw new EditProblem(`moved: is ${value}, must be a date such as 2001-09-11`);
    const name = dated[1] as string;
    return { paths: daysOf(name), apply: (now) => move(now, name, day, 0, null) };
  }
  if (drafts.isNumber(path)) {
    const number = readNumber(value);
    return { paths: [path], apply: (now) => putNumber(now, path, number, value) };
  }
  const known = drafts.setting(path);
  if (known === undefined) throw new EditProblem(drafts.unknownPath(path));
  if (known === null && drafts.isTable(path)) throw new EditProblem(drafts.unknownPath(path));
  if (known === null) {
    throw new EditProblem(
      `path ${quoted(path)} cannot be set in the page; ask alliance-sim whatif`,
    );
  }
  if (known.choices === null) {
    const truth = value.toLowerCase();
    if (truth !== "true" && truth !== "false") {
      throw new EditProblem(`${path}: is ${shown(value, SHOWN)}, must be true or false`);
    }
    return { paths: [path], apply: (now) => now.choose(path, truth === "true") };
  }
  if (!Object.hasOwn(known.choices, value)) {
    const choices = Object.keys(known.choices).map((one) => quoted(one));
    const last = choices.pop() ?? "";
    const must = choices.length > 0 ? `${choices.join(", ")} or ${last}` : last;
    throw new EditProblem(`${path}: is ${shown(value, SHOWN)}, must be ${must}`);
  }
  return { paths: [path], apply: (now) => now.choose(path, value) };
}

function putNumber(drafts: Drafts, path: string, number: number | null, text: string): void {
  if (number === null) throw new EditProblem(`${path}: is ${shown(text, SHOWN)}, must be a number`);
  const [, low, high] = drafts.number(path);
  if (number < low || number > high) {
    const span = `${general(low)} to ${general(high)}`;
    throw new EditProblem(`${path}: ${general(number)} is outside the number's range ${span}`);
  }
  const moves = drafts.movesAt(path);
  const lowest = moves === "win_set" ? 0 : -1;
  if (moves !== null && ON_A_SHARE.has(moves) && (number < lowest || number > 1)) {
    throw new EditProblem(
      `${path}: size ${general(number)} must be from ${lowest} to 1, as ${quoted(moves)} is a share`,
    );
  }
  drafts.put(path, number, null);
}

const leader: Reader = (drafts, rest, form) => {
  const [name, other] = halves(rest, "=", form);
  const spells = drafts.scenario.leaders;
  const offices = drafts.offices();
  const known = [...Object.keys(spells), ...offices.keys()];
  const problems = [
    known.includes(name) ? "" : unknownName("leader", name, known),
    [...known, "none", "drawn"].includes(other)
      ? ""
      : unknownName("leader", other, [...known, "none", "drawn"]),
  ].filter((problem) => problem !== "");
  if (problems.length > 0) throw new EditProblem(problems.join("; "));
  if (name === other) {
    throw new EditProblem(`leader ${name}: is replaced by the same; name another, none or drawn`);
  }
  const office = offices.get(name);
  if (other === "drawn") {
    if (office?.drawn === true) return without(drafts, name, form);
    const can = [...offices].filter(([, one]) => one.drawn).map(([one]) => one);
    const which = can.length > 0 ? `; of these a successor is drawn: ${can.join(", ")}` : "";
    throw new EditProblem(`leader ${name}=drawn: no successor is drawn for this one${which}`);
  }
  const side = (who: string): string => spells[who]?.partner ?? offices.get(who)?.of ?? "";
  if (other !== "none" && side(other) !== side(name)) {
    const told = `lead different sides, ${side(name)} and ${side(other)}`;
    throw new EditProblem(`leader ${name}=${other}: ${told}`);
  }
  const source = other === "none" ? null : drafts.pushOf(other);
  const push = source === null ? 0 : drafts.number(source)[0];
  if (office === undefined) {
    const path = `leader.${name}.push`;
    const apply = (now: Drafts): void => {
      putNumber(now, path, push, String(push));
      if (source !== null) now.copy(path, source);
    };
    return { paths: [path], apply };
  }
  if (office.replacement === null) {
    throw new EditProblem(
      `leader ${name}=${other}: the page has no place for who stands in; ask alliance-sim whatif`,
    );
  }
  const apply = (now: Drafts): void => {
    remove(now, name);
    juncture(now, name).stands = push;
    if (source !== null) now.copy(now.standing(name), source);
  };
  return { paths: [`juncture.${name}.present`], apply };
};

const council: Reader = (drafts, rest) => setting(drafts, "council.rule", rest);

const member: Reader = (drafts, rest, form) => {
  const [name, more] = halves(rest, ":", form);
  const [path, value] = halves(more, "=", form);
  const known = drafts.members;
  if (!known.includes(name)) throw new EditProblem(unknownName("member", name, known));
  return setting(drafts, `member.${name}.${path}`, value);
};

const motive: Reader = (drafts, rest, form) => {
  const [name, value] = halves(rest, "=", form);
  const known = drafts.under("motives");
  if (!known.includes(name)) throw new EditProblem(unknownName("motive", name, known));
  const path = `motives.${name}`;
  const [, low, high] = drafts.number(path);
  const size = value === "on" ? (low + high) / 2 : value === "off" ? 0 : readNumber(value);
  if (size === null) throw form();
  return { paths: [path], apply: (now) => putNumber(now, path, size, value) };
};

const keep: Reader = (drafts, rest) => {
  const found = juncture(drafts, rest);
  if (!found.present) {
    throw new EditProblem(`keep ${rest}: the juncture was removed and cannot be held`);
  }
  if (found.follows.length === 0) {
    throw new EditProblem(`keep ${rest}: follows nothing, so it stays as it is anyway`);
  }
  const path = `juncture.${rest}.when_cause_removed`;
  return { paths: [path], apply: (now) => now.choose(path, STAYS as string) };
};

const hold: Reader = (_, rest, form) => {
  const found = readHold(rest);
  if (found === null) throw form();
  const apply = (now: Drafts): void => {
    const text = holdText(found);
    if (now.holds.some((one) => holdText(one) === text)) {
      throw new EditProblem(`${text}: is held so already; say it once`);
    }
    now.hold(found);
  };
  return { paths: [HOLDS], apply };
};

const theory: Reader = (drafts, rest) => {
  const known = Object.keys(drafts.scenario.theories);
  const letters = [...rest].sort().join("");
  const name = known.find((one) => [...one].sort().join("") === letters);
  if (name === undefined) throw new EditProblem(unknownName("theory", rest, known));
  return { paths: [], apply: (now) => now.takeTheory(name) };
};

const READERS: Record<string, Reader> = {
  without,
  shift,
  strength,
  set,
  hold,
  leader,
  council,
  member,
  motive,
  keep,
  theory,
};
