// Outcomes as texts, such as "rung>=8@2014": read as `results.outcomes` does, folded by the module.

import type { Frame } from "../../../engine.mjs";
import type { Payload } from "../contract";
import { plain } from "../holds";
import { ONE_MOMENT, isFlag, partsOf, readMark, signalOf } from "../outcome_text";
import { general } from "./days";
import { lettersOf, quoted, shown, stripped } from "./letters";
import { unknownName } from "./nearest";

/** What the module folds; numbers as `kernel.outputs` has them. */
export interface Fold {
  text: string;
  state: string;
  /** Row of the engine's state. */
  row: number;
  how: number;
  comparison: number;
  threshold: number;
  start: number;
  stop: number;
  /** What a sum is divided by. */
  divideBy: number;
  /** Comparison of what was folded, "" for none. */
  passes: string;
  mark: number;
}

const HOW: Record<string, number> = { at: 0, mean: 0, sum: 0, max: 1, min: 2, first: 3 };
const COMPARISONS: Record<string, number> = { "": 0, ">=": 1, ">": 2, "<=": 3, "<": 4 };
const SIGNS = Object.keys(COMPARISONS);
const WITHIN = ["mean", "max", "min"]; // folds of a state that stay within its range
const UNITS: Record<string, number> = { Q: 4, H: 2, M: 12 };
const [LONGEST, SHOWN] = [300, 60];
const SHAPES =
  "level_political@2014, rung>=8@2014Q2, mean(level_political)@2001Q4..2012Q4, first(rung>=8), " +
  "sum(count_political)@2001..2012>=20";

/** A state, or a comparison of one, that can be looked at. */
interface Looked {
  state: string;
  compare: string;
  threshold: number;
}

/** Compare two numbers by one of the four signs. */
function compared(sign: string, value: number, mark: number): boolean {
  if (sign === ">=") return value >= mark;
  if (sign === ">") return value > mark;
  return sign === "<=" ? value <= mark : value < mark;
}

/** Return an outcome after the comparison of what was folded. */
export function passed(fold: Fold, folded: number): number {
  const value = folded / fold.divideBy;
  return fold.passes === "" ? value : Number(compared(fold.passes, value, fold.mark));
}

/** What outcomes can be of. */
export interface States {
  /** Reported states in order, with the range of each and its row in the engine. */
  known: Map<string, { row: number; low: number; high: number }>;
  time: readonly [number, number, number];
}

export function statesOf(payload: Payload, frame: Frame): States {
  const rungs = Math.max(0, ...payload.rungs.map(({ rung }) => rung));
  const known = payload.states.map(({ name, low, high }) => {
    const top = name === "rung" ? rungs : (high ?? Infinity);
    const row = frame.reported[name] as number;
    return [name, { row, low: low ?? -Infinity, high: top }] as const;
  });
  return { known: new Map(known), time: frame.time };
}

/** Return an outcome, or all that is wrong with its text. */
export function readOutcome(
  text: string,
  states: States,
): { fold: Fold | null; problems: string[] } {
  const start = `outcome ${shown(text, SHOWN)}: `;
  const told: string[] = [];
  const fold = read(text, states, told);
  const problems = told.map((problem) => start + problem);
  if (fold !== null && problems.length === 0) problems.push(...settled(fold, states));
  return { fold: problems.length === 0 ? fold : null, problems };
}

function read(text: string, states: States, problems: string[]): Fold | null {
  if (lettersOf(text) > LONGEST) {
    problems.push(`must be a text of at most ${LONGEST} characters`);
    return null;
  }
  const written = partsOf(text);
  const { fold, signal, passes } = written;
  if (signal === "") {
    problems.push(`cannot be read; write it like ${SHAPES}`);
    return null;
  }
  const how = fold ?? "at";
  const known = Object.keys(HOW).filter((name) => name !== "at");
  if (fold !== null && !known.includes(how)) problems.push(unknownName("fold", how, known));
  const looked = readSignal(signal, states, problems);
  const span = readSpan(written.when, how, states.time, problems);
  const mark = passes === "" ? 0 : readPassing(passes, written.mark, problems);
  if (how === "first" && looked !== null && looked.compare === "") {
    problems.push(`first needs a comparison, such as first(${looked.state}>=1)`);
  }
  if (problems.length > 0 || looked === null || span === null) return null;
  const [start, stop] = span;
  const divideBy = how === "mean" ? stop - start : 1;
  const flag = looked.compare !== "" || isFlag(looked.state);
  if (passes === "" && !(ONE_MOMENT.includes(how) && flag)) {
    problems.push(
      `is a number, and the page asks whether something happens; compare it, such as ${written.text}>=1`,
    );
  }
  return {
    text: plainest(looked, how, span, [passes, mark], states.time),
    state: looked.state,
    row: states.known.get(looked.state)?.row ?? 0,
    how: HOW[how] ?? 0,
    comparison: COMPARISONS[looked.compare] ?? 0,
    threshold: looked.threshold,
    start,
    stop,
    divideBy,
    passes,
    mark,
  };
}

function readSignal(text: string, states: States, problems: string[]): Looked | null {
  const found = signalOf(text);
  if (found === null) {
    problems.push(
      `${quoted(text)} cannot be read; write a state, or a comparison like rung>=8@2014`,
    );
    return null;
  }
  const { state, compare, threshold: given } = found;
  const before = problems.length;
  if (!states.known.has(state)) problems.push(unknownName("state", state, states.known.keys()));
  if (compare !== "" && !(compare in COMPARISONS)) {
    problems.push(`comparison is ${quoted(compare)}, must be one of >=, >, <=, <`);
  }
  const threshold = compare === "" ? 0 : readMark(given);
  if (threshold === null) {
    problems.push(`compares with ${quoted(given)}, must be a finite number`);
  }
  return problems.length > before || threshold === null ? null : { state, compare, threshold };
}

function readPassing(sign: string, text: string, problems: string[]): number {
  if (!(sign in COMPARISONS)) {
    problems.push(`comparison is ${quoted(sign)}, must be one of >=, >, <=, <`);
  }
  const mark = readMark(text);
  if (mark === null) {
    const [before = "", when = ""] = text.split("@");
    const hint = text.includes("@")
      ? `; the time comes first, as in @${stripped(when)}${sign}${stripped(before)}`
      : "";
    problems.push(`compares with ${quoted(text)}, must be a finite number${hint}`);
  }
  return mark ?? 0;
}

/** Return the first step that an outcome looks at and one past the last, or say what is wrong. */
export function readSpan(
  when: string | null,
  how: string,
  time: States["time"],
  problems: string[],
): [number, number] | null {
  const steps = (time[1] - time[0] + 1) * time[2];
  if (when === null) {
    if (how !== "at") return [0, steps];
    problems.push(
      "says no time: add one, such as @2014 or @2014Q2, or fold the run, as in mean(...)",
    );
    return null;
  }
  const dots = when.indexOf("..");
  if (how === "at" && dots >= 0) {
    problems.push(`@${stripped(when)} is a span: fold it, as in mean(...), or name one moment`);
    return null;
  }
  const first = readMoment(dots < 0 ? when : when.slice(0, dots), time, problems);
  const last = dots < 0 ? first : readMoment(when.slice(dots + 2), time, problems);
  if (first === null || last === null) return null;
  if (last[1] <= first[0]) {
    problems.push(`@${stripped(when)} ends before it begins`);
    return null;
  }
  return how === "at" ? [last[1] - 1, last[1]] : [first[0], last[1]];
}

/** Return a span of steps as an outcome's text has it, "" for the whole run: "2001..2012Q3". */
export function spanText(how: string, start: number, stop: number, time: States["time"]): string {
  const [first, last] = [stepText(start, time, false), stepText(stop - 1, time, true)];
  if (how === "at") return last;
  if (start === 0 && stop === (time[1] - time[0] + 1) * time[2]) return "";
  if (stop - start === 1) return partText(start, time); // a year would mean all of its steps
  return first === last ? first : `${first}..${last}`;
}

/** Return a step as a year if it is the first or the last of it, else as a part of a year. */
function stepText(step: number, time: States["time"], end: boolean): string {
  const [first, , perYear] = time;
  const edge = end ? perYear - 1 : 0;
  return step % perYear === edge
    ? String(first + Math.floor(step / perYear))
    : partText(step, time);
}

function partText(step: number, [first, , perYear]: States["time"]): string {
  const year = first + Math.floor(step / perYear);
  const letter = Object.keys(UNITS).find((unit) => UNITS[unit] === perYear);
  if (letter === undefined) return String(year);
  return year + letter + String((step % perYear) + 1).padStart(letter === "M" ? 2 : 1, "0");
}

/** Return the first step of a year or a part of it and one past the last. */
export function readMoment(
  given: string,
  [first, last, perYear]: States["time"],
  problems: string[],
): [number, number] | null {
  const text = stripped(given);
  const letters = Object.keys(UNITS).filter((letter) => perYear % (UNITS[letter] as number) === 0);
  const examples = ["2014", ...letters.map((letter) => `2014${letter}1`)].join(" or ");
  const found = /^([0-9]{4})(?:([A-Za-z])([0-9]{1,2}))?$/.exec(text);
  if (found === null) {
    problems.push(`time is ${quoted(text)}, must be written like ${examples}`);
    return null;
  }
  const [year, unit, part] = [Number(found[1]), (found[2] ?? "").toUpperCase(), found[3] ?? "1"];
  if (year < first || year > last) {
    problems.push(`time is ${text}, must be from ${first} to ${last}`);
    return null;
  }
  const parts = letters.includes(unit) ? (UNITS[unit] as number) : 1;
  if ((unit !== "" && !letters.includes(unit)) || Number(part) < 1 || Number(part) > parts) {
    problems.push(`time is ${quoted(text)}, must be written like ${examples}`);
    return null;
  }
  const length = perYear / parts;
  const start = (year - first) * perYear + (Number(part) - 1) * length;
  return [start, start + length];
}

/** Return an outcome in its plainest form. */
function plainest(
  { state, compare, threshold }: Looked,
  how: string,
  [start, stop]: readonly [number, number],
  [sign, mark]: readonly [string, number],
  time: States["time"],
): string {
  const body = state + (compare === "" ? "" : compare + plain(threshold));
  const when = spanText(how, start, stop, time);
  const passes = sign === "" ? "" : sign + plain(mark);
  if (how === "at") return `${body}@${when}`;
  return `${how}(${body})${when === "" ? "" : `@${when}`}${passes}`;
}

/** Return a sentence for an outcome that the range of what it compares settles, whatever happens. */
function settled(fold: Fold, { known, time }: States): string[] {
  const range = known.get(fold.state);
  if (range === undefined) return [];
  const sign = SIGNS[fold.comparison] ?? "";
  const asked: [what: string, sign: string, mark: number, low: number, high: number][] = [
    [fold.state, sign, fold.threshold, range.low, range.high],
  ];
  if (fold.passes !== "") {
    const within = sign === "" && WITHIN.some((name) => fold.text.startsWith(`${name}(`));
    const what = within ? fold.state : fold.text.slice(0, fold.text.lastIndexOf(fold.passes));
    asked.push([what, fold.passes, fold.mark, ...foldedRange(fold, sign, range, time)]);
  }
  for (const [what, compare, mark, least, most] of asked) {
    if (compare === "" || compared(compare, least, mark) !== compared(compare, most, mark))
      continue;
    const told = compared(compare, least, mark) ? "always" : "never";
    const lies =
      most === Infinity
        ? `is ${general(least)} or more; compare it with a larger value`
        : `lies from ${general(least)} to ${general(most)}; compare it with a value in between`;
    return [`outcome ${quoted(fold.text)} is ${told} so, whatever is edited: ${what} ${lies}`];
  }
  return [];
}

/** Return the range of what quarters are folded into, from that of the state. */
function foldedRange(
  { how, start, stop, text }: Fold,
  sign: string,
  { low, high }: { low: number; high: number },
  time: States["time"],
): [number, number] {
  if (how === HOW["first"]) return [time[0], time[1] + 1];
  const steps = text.startsWith("sum(") ? stop - start : 1;
  return sign === "" ? [low * steps, high * steps] : [0, steps];
}
