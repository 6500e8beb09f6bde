// An outcome's text taken apart, such as "mean(level_political)@2001..2012>0.4": as
// `results/outcomes.py` does it. What the parts come to is the engine's, how they are said the answer's.
import { readNumber } from "./engine/days";
import { SPACE, stripped } from "./engine/letters";

/** What an outcome's text says, as it is written. */
export interface Written {
  /** All of it, without spaces around. */
  text: string;
  /** How quarters are folded; null where the text says nothing of it: then it names one moment. */
  fold: string | null;
  /** What is folded: a state, or a comparison of one. */
  signal: string;
  /** What stands behind the @; null where no time is named. */
  when: string | null;
  /** Comparison of what was folded, "" for none, and with what. */
  passes: string;
  mark: string;
}

/** A state, or a comparison of one. */
export interface Signal {
  state: string;
  /** "" for none. */
  compare: string;
  threshold: string;
}

const [NAME, GAP] = ["([\\p{L}\\p{N}_]+)", `[${SPACE}]*`]; // \w and \s as Python has them
const FOLDED = new RegExp(
  `^${NAME}${GAP}\\(([^()]*)\\)${GAP}(?:@([^<>=!]*))?(?:([<>=!]+)${GAP}([^\\n]*))?$`,
  "u",
);
const PLAIN = /^([^()@]*)(?:@([^\n]*))?$/u;
const SIGNAL = new RegExp(`^${NAME}${GAP}(?:([<>=!]+)${GAP}([^${SPACE}<>=!][^${SPACE}]*))?$`, "u");
const FLAGS = ["passed_", "refused_", "suspensions"];

/** Folds of one moment: of a state that is 0 or 1 they are 0 or 1, too. */
export const ONE_MOMENT: readonly string[] = ["at", "max", "min"];

/** Return the parts of an outcome's text; the signal is "" where it cannot be read. */
export function partsOf(text: string): Written {
  const whole = stripped(text);
  const folded = FOLDED.exec(whole);
  const [, signal = "", when = null] = folded === null ? (PLAIN.exec(whole) ?? []) : [];
  if (folded === null) {
    return { text: whole, fold: null, signal: stripped(signal), when, passes: "", mark: "" };
  }
  const [, fold = "", inside = "", time = null, passes = "", mark = ""] = folded;
  return { text: whole, fold, signal: stripped(inside), when: time, passes, mark: stripped(mark) };
}

/** Return a signal taken apart; null if it is none. */
export function signalOf(text: string): Signal | null {
  const found = SIGNAL.exec(text);
  if (found === null) return null;
  const [, state = "", compare = "", threshold = ""] = found;
  return { state, compare, threshold };
}

/** Whether a state is 0 or 1 by nature. */
export function isFlag(state: string): boolean {
  return FLAGS.some((beginning) => state.startsWith(beginning));
}

/** Return a number with which an outcome compares; null if it is none, or not finite. */
export function readMark(text: string): number | null {
  const number = readNumber(text);
  return number === null || !Number.isFinite(number) ? null : number + 0;
}
