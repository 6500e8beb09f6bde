// Questions and edits in words. In English they are the words of `whatif`, letter by letter.
import type { Payload, Question } from "../contract";
import { daysIn, general, ordinal } from "../engine/days";
import { readSpan, spanText } from "../engine/outcome";
import { ONE_MOMENT, isFlag, partsOf, readMark, signalOf } from "../outcome_text";
import { holdsIn, holdText, plain, readHold } from "../holds";
import { changeInWords } from "../parts/edit_words";
import { said, theoryNamed } from "../state/edits";
import { linkOf } from "../state/link";
import { timeOf } from "../state/time";
import { commas, language, named, t, wording } from "../text";
import { councilName, leaderName } from "../parts/edit_words";

const MOST_EDITS = 3;
const SIGNS: Record<string, string> = { ">=": "≥", "<=": "≤", ">": ">", "<": "<" };

/** An outcome's text taken apart, with its numbers and the steps that it looks at. */
interface Outcome {
  state: string;
  compare: string;
  threshold: number;
  fold: string;
  /** First step, and one past the last. */
  span: readonly [number, number];
  passes: string;
  mark: number;
}

/** Return the parts of an outcome's text; null if it cannot be read. */
function outcomeOf(text: string, payload: Payload): Outcome | null {
  const { fold, signal, when, passes, mark } = partsOf(text);
  const found = signalOf(signal);
  const span = readSpan(when, fold ?? "at", timeOf(payload), []);
  if (found === null || span === null) return null;
  const number = (sign: string, written: string): number | null =>
    sign === "" ? 0 : Object.hasOwn(SIGNS, sign) ? readMark(written) : null;
  const numbers = [number(found.compare, found.threshold), number(passes, mark)];
  const [threshold = null, marked = null] = numbers;
  if (threshold === null || marked === null) return null;
  const { state, compare } = found;
  return { state, compare, threshold, fold: fold ?? "at", span, passes, mark: marked };
}

/** Return the state that an outcome is of; "" if its text is none. */
export function stateOf(text: string): string {
  return signalOf(partsOf(text).signal)?.state ?? "";
}

/** Return an outcome in words: as the package has it where it offers it, else by the same rules. */
export function outcomeTitle(text: string, payload: Payload): string {
  const offered = payload.outcomes.find((one) => one.text === text);
  if (offered !== undefined) return named(`outcome.${text}`, offered.title);
  const found = outcomeOf(text, payload);
  const state = payload.states.find(({ name }) => name === found?.state);
  if (found === null || state === undefined) return text;
  let what = named(`state.${state.name}`, state.title);
  if (found.compare !== "") what = compared(what, found);
  const flag = found.compare !== "" || isFlag(found.state);
  const happens =
    found.compare !== "" || (ONE_MOMENT.includes(found.fold) && flag && found.passes === "");
  const fold = t(`answer.fold.${found.fold}.${happens ? "happens" : "number"}`, { what });
  const told = found.passes === "" ? fold : `${fold} ${SIGNS[found.passes]} ${general(found.mark)}`;
  const when = timeInWords(found, payload);
  if (found.fold === "at" || found.fold === "first")
    return when === "" ? told : commas([told, when]);
  return commas([told, when === "" ? t("answer.when.whole") : when]);
}

function compared(what: string, { state, compare, threshold }: Outcome): string {
  const ladder = /^(.*) reached, of (\d+) \(rung\)$/.exec(what);
  if (ladder !== null && state === "rung" && compare === ">=" && Number.isInteger(threshold)) {
    const step = general(threshold);
    return `${ladder[1]} ${step} of ${ladder[2]} or higher (rung ≥ ${step})`;
  }
  if (isFlag(state) && compare === ">=" && threshold === 1) return what;
  return `${what} ${SIGNS[compare]} ${general(threshold)}`;
}

/** Return the time that an outcome looks at: a period, the end of a year, "" for the whole run. */
function timeInWords({ fold, span: [start, stop] }: Outcome, payload: Payload): string {
  const time = timeOf(payload);
  const [first, , perYear] = time;
  const period = payload.periods.find(({ steps }) => steps[0] === start && steps[1] === stop);
  if (period !== undefined) {
    const title = named(`period.${period.name}`, period.title);
    return t("answer.when.period", { title, years: period.years.join("–") });
  }
  if (fold === "at" && stop % perYear === 0) {
    return t("answer.when.end", { year: first + stop / perYear - 1 });
  }
  return spanText(fold, start, stop, time).replace("..", t("answer.when.to"));
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
  const { signal, when } = partsOf(text);
  if (signalOf(signal) === null) return null;
  const last = when?.split("..").at(-1)?.trim() ?? "";
  if (last === "") return ordinal({ year: timeOf(payload)[1], month: 12, day: 31 });
  const [, year, unit = "", part = "1"] = /^(\d{4})(?:([HQM])(\d{1,2}))?$/i.exec(last) ?? [];
  const month = (MONTHS[unit.toUpperCase()] ?? 0) * Number(part);
  if (year === undefined || month < 1 || month > 12) return null;
  return ordinal({ year: Number(year), month, day: daysIn(Number(year), month) });
}

/** Return one edit in words to be read: 'without “Ports act”', 'council rule set to leader'. */
export function editInWords(text: string, payload: Payload): string {
  const edit = said(text);
  if (edit === null) return text;
  const { kind, about, says: value } = edit;
  const title = titled(about, payload);
  switch (kind) {
    case "without":
      return t("answer.edit.without", { title });
    case "keep":
      return t("answer.edit.held", { title });
    case "shift":
      return moved(title, value);
    case "strength":
      return t("answer.edit.strength", { title, times: general(Number(value)) });
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
        value: ruleName(about, payload),
      });
    case "motive":
      return motive(about, value, payload);
    case "member":
      return setting(`member.${about.replace(/\s*:\s*/, ".")}`, value, payload);
    case "set":
      return setting(about, value, payload);
    case "hold":
      return held(`${about}=${value}`, payload) ?? text;
    case "theory":
      return t("answer.edit.theory", { theory: theoryNamed(about, payload) });
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

function moved(title: string, value: string): string {
  const [when = "", end = ""] = value.split(":").map((part) => part.trim());
  const quarters = /^[+-]\d+$/.test(when);
  const told = quarters
    ? t("answer.edit.quarters", { title, count: Number(when) })
    : t("answer.edit.moved", { title, day: when });
  if (end === "" || end === "moves") return told;
  return told + (end === "stays" ? t("answer.edit.stays") : t("answer.edit.ends", { day: end }));
}

function motive(name: string, value: string, payload: Payload): string {
  const found = payload.motives.find((one) => one.name === name);
  const number = payload.numbers.find(({ path }) => path === found?.path);
  const what = language.value === "en" ? spoken(name) : named(`motive.${name}`, spoken(name));
  if (value !== "on" && value !== "off") {
    return t("answer.edit.motive_at", { what, value: general(Number(value)) });
  }
  const told = t(`answer.edit.motive_${value}`, { what });
  const [low, high] = [number?.low, number?.high];
  if (value === "off" || typeof low !== "number" || typeof high !== "number") return told;
  return told + t("answer.edit.middle", { value: general((low + high) / 2) });
}

/** Return what a field of a member was set to, as a reader says it; null if there is no word. */
function ofMember(who: string, field: string, value: string, payload: Payload): string | null {
  const member = payload.members.find(({ name }) => name === who);
  if (member === undefined) return null;
  const title = named(`member.${who}`, member.title);
  const { alliance } = wording();
  const [what = "", ...more] = field.split(".");
  if (what === "accession" && more[1] === "weight") {
    return t("answer.edit.weight", { title, which: Number(more[0]) + 1, value: number(value) });
  }
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
  return null;
}

function withSign(value: number): string {
  return value > 0 ? `+${general(value)}` : general(value).replace("-", "−");
}

function setting(path: string, value: string, payload: Payload): string {
  const [kind = "", name = "", ...field] = path.split(".");
  const told = kind === "member" ? ofMember(name, field.join("."), value, payload) : null;
  if (told !== null) return told;
  if (language.value !== "en") {
    const known = payload.numbers.find((one) => one.path === path);
    const what = named(`number.${path}`, known?.title ?? path);
    return t("answer.edit.set", { what, value });
  }
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
  const written = plain(value);
  return /^-?\d+$/.test(written) ? `${written}.0` : written;
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
