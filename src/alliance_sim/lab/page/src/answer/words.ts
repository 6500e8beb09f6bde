// Questions and edits in words. In English they are the words of `whatif`, letter by letter.
import type { Payload, Question } from "../contract";
import { daysIn, ordinal } from "../engine/days";
import { fixed } from "../parts/numbers";
import { ONE_MOMENT, isFlag, partsOf, readMark, signalOf } from "../outcome_text";
import { holdsIn, holdText, plain, readHold } from "../holds";
import { changeInWords } from "../parts/edit_words";
import { linkOf } from "../state/link";
import { timeOf } from "../state/time";
import { commas, language, named, t, wording } from "../text";
import { councilName, leaderName } from "../parts/edit_words";

const MOST_EDITS = 3;
const SIGNS: Record<string, string> = { ">=": "≥", "<=": "≤", ">": ">", "<": "<" };

/** An outcome's text taken apart, with its numbers; what cannot be read as one is NaN. */
interface Outcome {
  state: string;
  compare: string;
  threshold: number;
  fold: string;
  when: string;
  passes: string;
  mark: number;
}

/** Return the parts of an outcome's text; null if it is none. What they mean is the engine's. */
function outcomeOf(text: string): Outcome | null {
  const { fold, signal, when, passes, mark } = partsOf(text);
  const found = signalOf(signal);
  if (found === null) return null;
  const number = (written: string): number => (written === "" ? 0 : (readMark(written) ?? NaN));
  return {
    ...{ state: found.state, compare: found.compare, threshold: number(found.threshold) },
    ...{ fold: fold ?? "at", when: when?.trim() ?? "", passes, mark: number(mark) },
  };
}

/** Return the state that an outcome is of; "" if its text is none. */
export function stateOf(text: string): string {
  return signalOf(partsOf(text).signal)?.state ?? "";
}

/** Return an outcome in words: as the package has it where it offers it, else by the same rules. */
export function outcomeTitle(text: string, payload: Payload): string {
  const offered = payload.outcomes.find((one) => one.text === text);
  if (offered !== undefined) return named(`outcome.${text}`, offered.title);
  const found = outcomeOf(text);
  const state = payload.states.find(({ name }) => name === found?.state);
  if (found === null || state === undefined) return text;
  let what = named(`state.${state.name}`, state.title);
  if (found.compare !== "") what = compared(what, found);
  const flag = found.compare !== "" || isFlag(found.state);
  const happens =
    found.compare !== "" || (ONE_MOMENT.includes(found.fold) && flag && found.passes === "");
  const fold = t(`answer.fold.${found.fold}.${happens ? "happens" : "number"}`, { what });
  const told = found.passes === "" ? fold : `${fold} ${SIGNS[found.passes]} ${found.mark}`;
  const when = timeInWords(found);
  if (found.fold === "at" || found.fold === "first")
    return when === "" ? told : commas([told, when]);
  return commas([told, when === "" ? t("answer.when.whole") : when]);
}

function compared(what: string, { state, compare, threshold }: Outcome): string {
  const ladder = /^(.*) reached, of (\d+) \(rung\)$/.exec(what);
  if (ladder !== null && state === "rung" && compare === ">=" && Number.isInteger(threshold)) {
    return `${ladder[1]} ${threshold} of ${ladder[2]} or higher (rung ≥ ${threshold})`;
  }
  if (isFlag(state) && compare === ">=" && threshold === 1) return what;
  return `${what} ${SIGNS[compare]} ${threshold}`;
}

function timeInWords({ fold, when }: Outcome): string {
  const year = /^(\d{4})(?:Q4)?$/.exec(when);
  if (fold === "at" && year !== null) return t("answer.when.end", { year: year[1] ?? "" });
  return when.replace("..", t("answer.when.to"));
}

/** Return the month in which a step begins, such as "2001-07". */
export function monthOf(step: number, payload: Payload): string {
  const [first, , perYear] = timeOf(payload);
  const month = (step % perYear) * (12 / perYear) + 1;
  return `${first + Math.floor(step / perYear)}-${String(month).padStart(2, "0")}`;
}

const MONTHS: Record<string, number> = { "": 12, H: 6, Q: 3, M: 1 }; // of a year or a part of it

/** Return the last day that an outcome looks at, as a count of days; null if that is not plain. */
export function lastDay(text: string, payload: Payload): number | null {
  const found = outcomeOf(text);
  if (found === null) return null;
  const last = found.when.split("..").at(-1)?.trim() ?? "";
  if (last === "") return ordinal({ year: timeOf(payload)[1], month: 12, day: 31 });
  const [, year, unit = "", part = "1"] = /^(\d{4})(?:([HQM])(\d{1,2}))?$/i.exec(last) ?? [];
  const month = (MONTHS[unit.toUpperCase()] ?? 0) * Number(part);
  if (year === undefined || month < 1 || month > 12) return null;
  return ordinal({ year: Number(year), month, day: daysIn(Number(year), month) });
}

/** Return one edit in words to be read: 'without “Ports act”', 'council rule set to leader'. */
export function editInWords(text: string, payload: Payload): string {
  const [kind = "", ...more] = text.split(" ");
  const rest = more.join(" ").trim();
  const [name = "", value = "", end = ""] = kind === "set" ? [rest] : rest.split(/[:=]/, 3);
  const title = titled(name, payload);
  switch (kind) {
    case "without":
      return t("answer.edit.without", { title });
    case "keep":
      return t("answer.edit.held", { title });
    case "shift":
      return moved(title, value, end);
    case "strength":
      return t("answer.edit.strength", { title, times: Number(value) });
    case "leader":
      return value === "drawn"
        ? t("answer.edit.without", { title })
        : t(value === "none" ? "answer.edit.nobody" : "answer.edit.leader", {
            title,
            other: plainName(value, payload),
          });
    case "council":
      return t("answer.edit.set", {
        what: t("answer.edit.council"),
        value: ruleName(rest, payload),
      });
    case "motive":
      return motive(name, value, payload);
    case "member":
      return ofMember(rest, payload);
    case "set":
      return setting(rest, payload);
    case "hold":
      return held(rest, payload) ?? text;
    default:
      return text;
  }
}

function titled(name: string, payload: Payload): string {
  const juncture = payload.junctures.find((one) => one.name === name);
  if (juncture === undefined) return plainName(name, payload);
  return t("answer.edit.quoted", { title: named(`juncture.${name}`, juncture.title) });
}

/** Return somebody's name: in English as it is typed, elsewhere as the relationship has it. */
function plainName(name: string, payload: Payload): string {
  return language.value === "en" ? spoken(name) : leaderName(name, payload);
}

/** Return a rule of the council: in English as it is typed, elsewhere as the page has it. */
function ruleName(name: string, payload: Payload): string {
  return language.value === "en"
    ? spoken(name)
    : t("answer.edit.quoted", { title: councilName(name, payload) });
}

function moved(title: string, value: string, end: string): string {
  const quarters = /^[+-]\d+$/.test(value);
  const told = quarters
    ? t("answer.edit.quarters", { title, count: Number(value) })
    : t("answer.edit.moved", { title, day: value });
  if (end === "" || end === "moves") return told;
  return told + (end === "stays" ? t("answer.edit.stays") : t("answer.edit.ends", { day: end }));
}

function motive(name: string, value: string, payload: Payload): string {
  const found = payload.motives.find((one) => one.name === name);
  const number = payload.numbers.find(({ path }) => path === found?.path);
  const what = language.value === "en" ? spoken(name) : named(`motive.${name}`, spoken(name));
  if (value !== "on" && value !== "off") {
    return t("answer.edit.motive_at", { what, value: Number(value) });
  }
  const told = t(`answer.edit.motive_${value}`, { what });
  const [low, high] = [number?.low, number?.high];
  if (value === "off" || typeof low !== "number" || typeof high !== "number") return told;
  return told + t("answer.edit.middle", { value: (low + high) / 2 });
}

/** Return what a field of a member was set to, as a reader says it. */
function ofMember(rest: string, payload: Payload): string {
  const cut = rest.indexOf("=");
  const [who = "", field = ""] = rest.slice(0, cut).split(":");
  const value = rest.slice(cut + 1);
  const title = named(
    `member.${who}`,
    payload.members.find(({ name }) => name === who)?.title ?? spoken(who),
  );
  const { alliance } = wording();
  const [what = "", ...more] = field.split(".");
  if (what === "offset") {
    const by = Number(value);
    const way = by > 0 ? "more" : by < 0 ? "less" : "same";
    return t(`answer.edit.offset.${way}`, { title, alliance, by: withSign(by) });
  }
  if (what === "exposure") {
    const found = payload.threats.find(({ name }) => name === more.join("."));
    const threat = named(`threat.${more.join(".")}`, found?.title ?? more.join("."));
    const key = Number(value) === 1 ? "same" : "times";
    return t(`answer.edit.exposure.${key}`, {
      title,
      alliance,
      threat,
      times: general(Number(value)),
    });
  }
  const where = spoken(`${who} ${field}`.replaceAll(".", " "));
  return t("answer.edit.set", {
    what: `${t("answer.edit.member")} ${where}`,
    value: number(value),
  });
}

/** Return a number in six digits at most, as Python's "g" does. */
function general(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function withSign(value: number): string {
  return value > 0 ? `+${general(value)}` : general(value).replace("-", "−");
}

function setting(rest: string, payload: Payload): string {
  const cut = rest.indexOf("=");
  const [path, value] = [rest.slice(0, cut), rest.slice(cut + 1)];
  if (language.value !== "en") {
    const known = payload.numbers.find((one) => one.path === path);
    const what = named(`number.${path}`, known?.title ?? path);
    return t("answer.edit.set", { what, value });
  }
  const [kind, name = ""] = path.split(".");
  const juncture = payload.junctures.find((one) => kind === "juncture" && one.name === name);
  const what =
    juncture === undefined
      ? spoken(path.replaceAll(".", " "))
      : path.replace(name, `“${named(`juncture.${name}`, juncture.title)}”`);
  return t("answer.edit.set", { what, value: number(value) });
}

/** Return what is held, null where it is not written so. */
function held(rest: string, payload: Payload): string | null {
  const hold = readHold(rest);
  if (hold === null) return null;
  const [from = "", to = ""] = hold.window.split("..");
  const known = payload.states.some(({ name }) => name === hold.state);
  const state =
    language.value === "en" || !known
      ? spoken(hold.state)
      : named(`state.${hold.state}`, spoken(hold.state));
  const value = plain(hold.value);
  return t(`answer.edit.${to === "" ? "hold_in" : "hold"}`, { state, value, from, to });
}

function spoken(name: string): string {
  return name.replaceAll("_", " ");
}

/** Return a value as Python shows it: a number with its point, else as it stands. */
function number(text: string): string {
  if (text === "true" || text === "false") return text === "true" ? "True" : "False";
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) return spoken(text);
  return Number.isInteger(value) ? fixed(value, 1) : String(value);
}

/** Return what was edited, as it goes on after "this history"; of many edits the first three. */
export function editsInWords(edits: readonly string[], payload: Payload): string {
  const told = [...new Set(edits.map((edit) => editInWords(edit, payload)))];
  const more = told.length - MOST_EDITS;
  const words = commas(
    (more > 1 ? told.slice(0, MOST_EDITS) : told).map((one) =>
      /^(without|under|with) /.test(one) ? one : t("answer.edit.with", { edit: one }),
    ),
  );
  return more > 1 ? t("answer.edit.more", { words, count: more }) : words;
}

/** Return what is held as dated: in English by its name, elsewhere as the relationship calls it. */
export function heldOf(edits: readonly string[]): string[] {
  const names = edits.flatMap((edit) => (edit.startsWith("keep ") ? [edit.slice(5)] : []));
  return language.value === "en" ? names : names.map((name) => named(`juncture.${name}`, name));
}

/** Return which states are held: in English as it is typed, elsewhere in words. */
export function statesHeld(edits: readonly string[], payload: Payload): string[] {
  const texts = holdsIn(edits).map(holdText);
  return language.value === "en" ? texts : texts.map((text) => changeInWords(text, payload));
}

/** Return the first letter of a sentence large. */
export function begun(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase(language.value) + text.slice(1);
}

/** Return the command line that answers a question: in full, or with new luck the same numbers. */
export function commandOf(question: Question, payload: Payload): string {
  if (question.noise === "fresh") {
    const link = linkOf({ question, panel: "answer", history: 0 }, payload.scenario.digest);
    const call = `print(solution("#${link}", "${payload.scenario.name}"))`;
    return `python -c ${quoted(`from alliance_sim.lab import solution; ${call}`)}`;
  }
  const words = ["alliance-sim", "whatif", payload.scenario.name];
  for (const edit of question.edits) {
    const cut = edit.indexOf(" ");
    words.push(`--${edit.slice(0, cut)}`, quoted(edit.slice(cut + 1)));
  }
  words.push("--outcome", quoted(question.outcome));
  if (question.theory !== payload.theories[0]?.name) words.push("--theory", question.theory);
  if (question.noise === "posterior") words.push("--uniforms", String(question.runs));
  words.push("--seed", String(question.seed));
  return words.join(" ");
}

function quoted(text: string): string {
  return /^[\w.,:+=@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
