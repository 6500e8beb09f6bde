// The code in which a student's numbers go to the teacher: no name, no account, no network. It holds
// version, lesson, a number by lot that tells codes apart, the forecasts, and two check letters.
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // without I, L, O and U, which are misread
const BITS = 5;
const VERSION = 1;
const [OF_VERSION, OF_LESSON, OF_LOT, OF_COUNT, OF_NUMBER] = [5, 10, 10, 4, 7];
const NOTHING = 127; // in place of a number that was not given
const PRIME = 1021; // below 2 ** 10, for two letters of check
const GROUP = 4;
const DASH = "[-\u2010-\u2015\u2212]"; // a chat may make another dash of the one that was sent
/** A code within other words, as in a line that was copied from a chat; old Safaris cannot look behind. */
const PIECE = new RegExp(
  `(?:^|[^0-9A-Za-z])([0-9A-Za-z]{4}(?:${DASH}[0-9A-Za-z]{4})+(?:${DASH}[0-9A-Za-z]{1,3})?)(?![0-9A-Za-z])`,
  "g",
);
const BETWEEN = new RegExp(`${DASH}|\\s`, "g");
export const MOST_ITEMS = 8;
const LONGEST = 60;
export const MOST_LINES = 200;
export const MOST_LETTERS = 20_000;

export interface Answers {
  /** Whole numbers from 0 to 100, null where none was given; in the order of the lesson's items. */
  forecasts: (number | null)[];
  /** The what-if that is estimated twice. */
  belief: [number | null, number | null];
  /** Drawn by lot once, 0 to 1023. */
  lot: number;
}

/** Why a code cannot be read; keys of `lesson.code`. */
export type CodeProblem =
  "empty" | "long" | "letters" | "check" | "version" | "lesson" | "count" | "number" | "twice";

export function encode(lesson: string, answers: Answers): string {
  const bits: number[] = [];
  const put = (value: number, width: number) => {
    for (let place = width - 1; place >= 0; place -= 1) bits.push((value >> place) & 1);
  };
  put(VERSION, OF_VERSION);
  put(hashOf(lesson), OF_LESSON);
  put(answers.lot, OF_LOT);
  put(answers.forecasts.length, OF_COUNT);
  for (const number of [...answers.forecasts, ...answers.belief]) put(number ?? NOTHING, OF_NUMBER);
  while (bits.length % BITS !== 0) bits.push(0);
  const letters: number[] = [];
  for (let at = 0; at < bits.length; at += BITS) {
    letters.push(bits.slice(at, at + BITS).reduce((value, bit) => value * 2 + bit, 0));
  }
  const check = checkOf(letters);
  const whole = [...letters, check >> BITS, check & 31].map((one) => LETTERS[one]).join("");
  return whole.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join("-") ?? whole;
}

/** Return what a code holds, or why it cannot be read. */
export function decode(text: string, lesson: string, items: number): Answers | CodeProblem {
  if (text.length > LONGEST) return "long";
  const plain = text.toUpperCase().replace(BETWEEN, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (plain === "") return "empty";
  const letters = [...plain].map((letter) => LETTERS.indexOf(letter));
  if (letters.includes(-1)) return "letters";
  if (letters.length < 3) return "check";
  const [high = 0, low = 0] = letters.splice(-2);
  if (checkOf(letters) !== high * 32 + low) return "check";
  const bits = letters.flatMap((value) => [16, 8, 4, 2, 1].map((bit) => (value & bit ? 1 : 0)));
  let at = 0;
  const take = (width: number): number => {
    const value = bits.slice(at, at + width).reduce<number>((sum, bit) => sum * 2 + bit, 0);
    at += width;
    return value;
  };
  if (take(OF_VERSION) !== VERSION) return "version";
  if (take(OF_LESSON) !== hashOf(lesson)) return "lesson";
  const lot = take(OF_LOT);
  const count = take(OF_COUNT);
  const wanted = Math.ceil((at + (count + 2) * OF_NUMBER) / BITS);
  if (count !== items || count > MOST_ITEMS || letters.length !== wanted) return "count";
  const numbers: (number | null)[] = [];
  for (let place = 0; place < count + 2; place += 1) {
    const value = take(OF_NUMBER);
    if (value > 100 && value !== NOTHING) return "number";
    numbers.push(value === NOTHING ? null : value);
  }
  const [first = null, second = null] = numbers.splice(-2);
  return { forecasts: numbers, belief: [first, second], lot };
}

/** What was pasted, line by line; empty lines are left out. */
export interface Pasted {
  read: { line: number; answers: Answers }[];
  refused: { line: number; shown: string; problem: CodeProblem; before?: number }[];
  /** Whether more was pasted than is read. */
  cut: boolean;
}

/**
 * Return what a class has pasted: those that can be read, and each other line with its reason. A line
 * may hold a code alone, or one or more among other words, such as a name and a time from a chat.
 */
export function readClass(text: string, lesson: string, items: number): Pasted {
  const cut = text.length > MOST_LETTERS;
  const lines = text.slice(0, MOST_LETTERS).split(/\r\n|\r|\n/);
  const told: Pasted = { read: [], refused: [], cut: cut || lines.length > MOST_LINES };
  const seen = new Map<string, number>();
  lines.slice(0, MOST_LINES).forEach((raw, place) => {
    const line = place + 1;
    if (raw.trim() === "") return;
    const whole = typeof decode(raw.trim(), lesson, items) !== "string";
    const pieces = whole ? [] : Array.from(raw.matchAll(PIECE), ([, piece = ""]) => piece);
    for (const piece of pieces.length > 0 ? pieces : [raw.trim()]) {
      const shown = piece.length > 30 ? `${piece.slice(0, 30)}…` : piece;
      const answers = decode(piece, lesson, items);
      if (typeof answers === "string") {
        told.refused.push({ line, shown, problem: answers });
        continue;
      }
      const key = JSON.stringify(answers);
      const before = seen.get(key);
      if (before !== undefined) {
        told.refused.push({ line, shown, problem: "twice", before });
        continue;
      }
      seen.set(key, line);
      told.read.push({ line, answers });
    }
  });
  return told;
}

/** Return a number of ten bits for a lesson's name. */
function hashOf(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % PRIME;
  return hash;
}

/** Return a check that one wrong letter changes, and so do two letters that changed places. */
function checkOf(letters: readonly number[]): number {
  return letters.reduce((sum, letter) => (sum * 37 + letter + 1) % PRIME, 0);
}
