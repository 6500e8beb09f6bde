// A list of edits read as a whole: what contradicts itself, changes nothing or hangs on its order.

import { ordinal } from "./days";
import { Drafts, type Offered } from "./drafts";
import { EditProblem, HOLDS, readEdit, type Asked } from "./edits";
import { holdProblems } from "./holding";
import { quoted } from "./letters";
import { NO_CHANGES, type Changes } from "./recipe";

const MOST = 1000;
const MOST_TOLD = 3;
const ONCE = ["theory", "council"]; // kinds that hold for the whole world

/** What a list of edits comes to, or all that is wrong with it. */
export interface Read {
  changes: Changes;
  /** The theory that an edit names; null if none does. */
  theory: string | null;
  problems: string[];
}

export function readEdits(offered: Offered, texts: readonly string[], base: string): Read {
  const drafts = new Drafts(offered);
  if (texts.length > MOST) {
    const told = `edits: is ${texts.length.toLocaleString("en")} edits`;
    return failed([`${told}, must be a list of at most ${MOST.toLocaleString("en")}`]);
  }
  const asked: Asked[] = [];
  const problems: string[] = [];
  const idle: string[] = [];
  for (const text of texts) {
    try {
      const one = readEdit(drafts, text);
      const before = one.paths.map((path) => drafts.at(path));
      one.apply(drafts);
      asked.push(one);
      if (one.paths.length > 0 && one.paths.every((path, k) => drafts.at(path) === before[k])) {
        idle.push(`${one.text}: changes nothing, it stands so in ${base}`);
      }
    } catch (problem) {
      if (!(problem instanceof EditProblem)) throw problem;
      const alone = byItself(offered, text);
      const clashes = alone === null ? [] : [...against(alone, asked)];
      problems.push(...(clashes.length > 0 ? clashes : [problem.message]));
    }
  }
  const found = [
    ...contradictions(asked),
    ...new Set(problems),
    ...holdProblems(drafts.holds, offered.editable.holds, offered.time, asked),
  ];
  if (found.length === 0) found.push(...hangingOnOrder(offered, asked, drafts));
  if (found.length === 0) {
    found.push(...idle, ...asked.flatMap((one) => [...idleHold(drafts, one)]));
  }
  if (found.length === 0) found.push(...drafts.problems());
  if (found.length > 0) return failed(found);
  return { changes: drafts.changes(), theory: drafts.theory, problems: [] };
}

/** What a text asks for where it can be done by itself; null where it cannot. */
function byItself(offered: Offered, text: string): Asked | null {
  const drafts = new Drafts(offered);
  try {
    const one = readEdit(drafts, text);
    one.apply(drafts);
    return one;
  } catch (problem) {
    if (problem instanceof EditProblem) return null;
    throw problem;
  }
}

const failed = (problems: string[]): Read => ({ changes: NO_CHANGES, theory: null, problems });

function* idleHold(drafts: Drafts, { text }: Asked): Generator<string> {
  if (!text.startsWith("keep ")) return;
  const name = text.slice("keep ".length);
  const open = [...(drafts.junctures.get(name)?.follows ?? [])];
  const seen = new Set<string>();
  for (let cause = open.pop(); cause !== undefined; cause = open.pop()) {
    const card = drafts.junctures.get(cause);
    if (card === undefined || seen.has(cause)) continue;
    const { present, date, original } = card;
    if (!present || (original !== null && ordinal(original) !== ordinal(date))) return;
    seen.add(cause);
    open.push(...card.follows);
  }
  yield `keep ${name}: nothing that it follows is edited, so there is nothing to hold`;
}

function* contradictions(asked: readonly Asked[]): Generator<string> {
  for (const [later, second] of asked.entries()) yield* against(second, asked.slice(0, later));
}

/** A sentence for each edit that cannot be meant together with another one. */
function* against(second: Asked, before: readonly Asked[]): Generator<string> {
  for (const first of before) {
    if (first.text === second.text) yield `${first.text}: is said twice; say it once`;
    else if (alike(first, second) || clash(first.paths, second.paths)) {
      const both = `${quoted(first.text)} and ${quoted(second.text)}`;
      yield `${both} contradict each other; leave one out`;
    }
  }
}

function alike(first: Asked, second: Asked): boolean {
  const [kind, other] = [first, second].map(({ text }) => text.split(" ", 1)[0] as string);
  return kind === other && ONCE.includes(kind as string);
}

/** Whether two edits are of one place, or one removes the juncture that the other edits. */
function clash(first: readonly string[], second: readonly string[]): boolean {
  const gone = [...first, ...second]
    .filter((path) => path.startsWith("juncture.") && path.endsWith(".present"))
    .map((path) => path.slice(0, -"present".length));
  return first.some((a) =>
    second.some(
      (b) =>
        (a === b && a !== HOLDS) || gone.some((head) => a.startsWith(head) && b.startsWith(head)),
    ),
  );
}

function* hangingOnOrder(
  offered: Offered,
  asked: readonly Asked[],
  after: Drafts,
): Generator<string> {
  const texts = asked.map(({ text }) => text);
  if (texts.length < 2 || done(offered, [...texts].reverse()) === told(after)) return;
  let found = 0;
  for (const [later, second] of texts.entries()) {
    for (const first of texts.slice(0, later)) {
      if (done(offered, [first, second]) === done(offered, [second, first])) continue;
      const both = `${quoted(first)} and ${quoted(second)}`;
      yield `${both} come to something else in the other order; leave one out, or say with set, as a number, what is meant`;
      found += 1;
    }
    if (found >= MOST_TOLD) return;
  }
  if (found === 0) yield "the edits come to something else in another order; leave some out";
}

/** Return what texts come to, in a form that can be compared; null if they fail. */
function done(offered: Offered, texts: readonly string[]): string | null {
  const drafts = new Drafts(offered);
  try {
    for (const text of texts) readEdit(drafts, text).apply(drafts);
  } catch (problem) {
    if (problem instanceof EditProblem) return null;
    throw problem;
  }
  return told(drafts);
}

function told(drafts: Drafts): string {
  const { numbers, set, times, holds } = drafts.changes();
  const sorted = [...numbers].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
  return JSON.stringify([
    sorted,
    [...set].sort(),
    Object.entries(times).sort(),
    holds,
    drafts.theory,
  ]);
}
