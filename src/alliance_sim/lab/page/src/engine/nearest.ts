// Sentences for unknown names, with the nearest known one: as `errors.unknown_name` and `nearest`.

import { SPACE, lettersOf, quoted, stripped } from "./letters";

const NEAR = 0.6; // how alike a name has to be to be offered
const WORDS_ALIKE = 0.8;
const BY_WORDS = 0.7;
const FOR_ALL_WORDS = 0.25;
const TIE = 0.05;
const OFFERED = 3;
const MOST_LISTED = 20;
const NEAREST = 10;
const LONGEST = 200;
const BEGINNING = 4;
const REPEATED = 400; // letters of a name that a sentence repeats
const BETWEEN = new RegExp(`[,;${SPACE}]+`, "u"); // names that were given as one

const COUNTED = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen " +
  "fifteen sixteen seventeen eighteen nineteen twenty"
).split(" ");
const SAME = new Map<string, string>([
  ...COUNTED.map((word, number): [string, string] => [word, String(number)]),
  ["without", "no"],
  ["not", "no"],
]);
const SAID_ANYWAY = new Set("a an and at by for in of on s the to".split(" "));

export type Spellings = Record<string, readonly string[]>;

interface Match {
  name: string;
  score: number;
  inWords: boolean;
  letters: number;
}

/** Return the words and numbers of a text, in one spelling each. */
export function words(text: string): string[] {
  const plain = [...text]
    .slice(0, LONGEST)
    .join("")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/ß/g, "ss")
    .replace(/ς/g, "σ");
  return [...plain.matchAll(/[0-9]+|[\p{L}]+/gu)].map(([part]) =>
    /^[0-9]/.test(part) ? part.replace(/^0+/, "") || "0" : (SAME.get(part) ?? part),
  );
}

/** A text by its letters, some of which are two to JavaScript. */
type Letters = readonly string[];

/** Return the longest stretch that two texts share, the first of equal ones. */
function longest(one: Letters, other: Letters, at: readonly number[]): [number, number, number] {
  const [low, high, otherLow, otherHigh] = at as [number, number, number, number];
  let best: [number, number, number] = [low, otherLow, 0];
  let lengths = new Map<number, number>();
  for (let i = low; i < high; i += 1) {
    const next = new Map<number, number>();
    for (let j = otherLow; j < otherHigh; j += 1) {
      if (one[i] !== other[j]) continue;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > best[2]) best = [i - length + 1, j - length + 1, length];
    }
    lengths = next;
  }
  return best;
}

/** Return how many letters of two texts match in their order (Ratcliff and Obershelp). */
function matching(one: Letters, other: Letters): number {
  const open: number[][] = [[0, one.length, 0, other.length]];
  let total = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [i, j, length] = longest(one, other, at);
    if (length === 0) continue;
    total += length;
    const [low = 0, high = 0, otherLow = 0, otherHigh = 0] = at;
    open.push([low, i, otherLow, j], [i + length, high, j + length, otherHigh]);
  }
  return total;
}

/** Return how alike two texts are, 0 to 1. */
export function alike(one: string, other: string): number {
  const [mine, its] = [[...one], [...other]];
  const letters = mine.length + its.length;
  return letters === 0 ? 1 : (2 * matching(its, mine)) / letters;
}

function sameWord(asked: string, word: string): boolean {
  if (asked === word) return true;
  const short = Math.min(asked.length, word.length) < BEGINNING;
  if (/^[0-9]+$/.test(asked) || /^[0-9]+$/.test(word) || short) return false;
  return word.startsWith(asked) || alike(asked, word) >= WORDS_ALIKE;
}

function shared(wanted: string[], spellings: string[][]): number {
  const telling = wanted.filter(
    (word) => !SAID_ANYWAY.has(word) && (word.length > 1 || /^[0-9]$/.test(word)),
  );
  const there = new Set(spellings.flat());
  if (telling.length === 0 || telling.every((word) => word === "no")) return 0;
  if (!telling.every((word) => [...there].some((known) => sameWord(word, known)))) return 0;
  const shares = spellings.map(
    (text) =>
      text.filter((word) => telling.some((asked) => sameWord(asked, word))).length /
      Math.max(1, text.length),
  );
  return BY_WORDS + FOR_ALL_WORDS * Math.max(...shares);
}

function match(asked: string, name: string, others: readonly string[]): Match {
  const wanted = words(asked);
  const last = name.split(/[/.]/).at(-1) ?? name;
  const spellings = [name, last, ...others].map(words);
  const letters = alike(asked, name);
  const glued = wanted.join("");
  const found = (text: string[]): boolean => text.join(" ") === wanted.join(" ");
  if (
    (wanted.length > 0 && spellings.some(found)) ||
    spellings.slice(0, 2).some((text) => text.join("") === glued)
  ) {
    return { name, score: 1, inWords: others.length > 0, letters };
  }
  const byLetters = Math.max(
    letters,
    ...spellings.slice(0, 3).map((text) => alike(glued, text.join(""))),
  );
  const byWords = shared(wanted, spellings);
  return { name, score: Math.max(byLetters, byWords), inWords: byWords > byLetters, letters };
}

export function matches(
  name: string,
  known: Iterable<string>,
  also: Spellings,
  least = NEAR,
): Match[] {
  const asked = [...name].slice(0, LONGEST).join("");
  const names = [...known].sort();
  const ends = names.filter(
    (w) => name !== "" && (w.endsWith(`/${name}`) || w.endsWith(`.${name}`)),
  );
  if (ends.length > 0 || name === "") {
    return ends.map((whole) => ({ name: whole, score: 1, inWords: false, letters: 1 }));
  }
  const found = names.map((whole) => match(asked, whole, also[whole] ?? []));
  return found
    .filter(({ score }) => score >= least)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
}

/** Return the known name that was most likely meant, null if all are too far away. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  return matches(name, known, {})[0]?.name ?? null;
}

function didYouMean(name: string, names: string[], also: Spellings): string {
  const found = matches(name, names, also);
  const first = found[0];
  if (first === undefined) return "";
  const equal = found.filter((m) => m.inWords && first.inWords && first.score - m.score < TIE);
  const offered = equal.length > 0 ? equal.slice(0, OFFERED) : [first];
  const named = offered.map((one) => {
    const title = also[one.name]?.[0];
    return one.letters < NEAR && title ? `${quoted(one.name)} (${title})` : quoted(one.name);
  });
  return `; did you mean ${named.join(" or ")}?`;
}

function listing(name: string, names: string[], also: Spellings): string {
  if (names.length <= MOST_LISTED) return `known: ${names.join(", ") || "none"}`;
  const near = matches(name, names, also, NEAR / 2).map((one) => one.name);
  const shown = [...new Set([...near, ...names])].slice(0, NEAREST);
  return `known, nearest first: ${shown.join(", ")} and ${names.length - NEAREST} more`;
}

/** Return the sentence for an unknown name, with the nearest known one. */
export function unknownName(
  kind: string,
  name: string,
  known: Iterable<string>,
  also: Spellings = {},
): string {
  const names = [...known].sort();
  const part = lettersOf(name) > REPEATED ? `${[...name].slice(0, REPEATED).join("")}...` : name;
  const several = stripped(name)
    .split(BETWEEN)
    .filter((one) => one !== "");
  if (several.length > 1 && several.every((one) => names.includes(one))) {
    return `${quoted(part)} is ${several.length} names of a ${kind}; give each by itself`;
  }
  const meant = didYouMean(name, names, also);
  return `unknown ${kind} ${quoted(part)}${meant} (${listing(name, names, also)})`;
}
