// States that the edited world holds: what is wrong with them, and how quarters are brought in which
// they are held, as `engine/held.py` does it.

import type { Engine, Frame } from "../../../engine.mjs";
import { holdText, plain, type Hold } from "../holds";
import { position, readDay } from "./days";
import type { Editable } from "./drafts";
import { quoted } from "./letters";
import { unknownName } from "./nearest";
import { readMoment } from "./outcome";

/** A state that is held from a step on, to another and without it. */
export interface Held {
  text: string;
  state: string;
  /** Its row in the engine's state. */
  row: number;
  value: number;
  first: number;
  last: number;
}

type Time = Frame["time"];
const LADDER = "rung";

/** Return the first step of a window and one past the last, or say what is wrong; [0, 0] then. */
export function windowOf(hold: Hold, time: Time, problems: string[] = []): [number, number] {
  const told: string[] = [];
  const ends = hold.window.split("..").map((text) => endOf(text, time, told));
  const [first, last] = [ends[0] ?? null, ends.at(-1) ?? null];
  if (first !== null && last !== null && told.length === 0 && last[1] <= first[0]) {
    told.push(`${hold.window} ends before it begins`);
  }
  problems.push(...told.map((problem) => `${holdText(hold)}: ${problem}`));
  return told.length > 0 || first === null || last === null ? [0, 0] : [first[0], last[1]];
}

function endOf(text: string, time: Time, problems: string[]): [number, number] | null {
  const day = readDay(text);
  if (day === null) return readMoment(text, time, problems);
  if (day.year < time[0] || day.year > time[1]) {
    problems.push(`time is ${text}, must be from ${time[0]} to ${time[1]}`);
    return null;
  }
  const step = Math.floor(position(day, time));
  return [step, step + 1];
}

/** Return the name of a step, such as 2001Q3. */
export function labelOf(step: number, [first, , perYear]: Time): string {
  const [year, part] = [first + Math.floor(step / perYear), step % perYear];
  return perYear === 4 ? `${year}Q${part + 1}` : (year + part / perYear).toFixed(4);
}

type Windows = [hold: Hold, window: [number, number]][];

/** Say which holds cannot be, which two clash, and which edits they leave nothing of. */
export function* holdProblems(
  holds: readonly Hold[],
  { states, cannot, periods }: Editable["holds"],
  time: Time,
  edits: readonly { text: string; paths: readonly string[] }[],
): Generator<string> {
  const windows: Windows = [];
  for (const hold of holds) {
    const told: string[] = [];
    const window = windowOf(hold, time, told);
    const limits = Object.hasOwn(states, hold.state) ? states[hold.state] : undefined;
    const wrong = limits === undefined ? stranger(hold, states, cannot) : outside(hold, limits);
    if (wrong !== "") yield `${holdText(hold)}: ${wrong}`;
    yield* told;
    if (told.length === 0) windows.push([hold, window]);
  }
  yield* clashes(windows, time);
  yield* hidden(windows, periods, edits);
}

function stranger(
  { state }: Hold,
  states: Editable["holds"]["states"],
  cannot: Editable["holds"]["cannot"],
): string {
  const known = Object.keys(states);
  for (const [beginning, why] of Object.entries(cannot)) {
    if (state !== beginning && !(beginning.endsWith("_") && state.startsWith(beginning))) continue;
    const told = `${state} cannot be held: it ${why}`.replaceAll("it nothing", "nothing");
    return `${told} (can be held: ${known.join(", ")})`;
  }
  return unknownName("state that can be held", state, known);
}

function outside({ state, value }: Hold, [low, high, whole]: [number, number, boolean]): string {
  const [found, top] = [plain(value), plain(high)];
  if (state === LADDER && value > high) {
    return `${found} is above the ladder, whose last rung is ${top}`;
  }
  if (whole && (!Number.isInteger(value) || value < 0 || value > high)) {
    return `${state} is ${found}, must be a whole number from 0 to ${top}`;
  }
  if (value < low || value > high)
    return `${state} is ${found}, must be from ${plain(low)} to ${top}`;
  return "";
}

function* clashes(windows: Windows, time: Time): Generator<string> {
  for (const [later, [second, its]] of windows.entries()) {
    for (const [first, mine] of windows.slice(0, later)) {
      const [start, stop] = [Math.max(mine[0], its[0]), Math.min(mine[1], its[1])];
      if (first.state !== second.state || start >= stop) continue;
      yield (
        `${quoted(holdText(first))} and ${quoted(holdText(second))} contradict each other from ` +
        `${labelOf(start, time)} to ${labelOf(stop - 1, time)}; leave one out, or let one window ` +
        "end before the other begins"
      );
    }
  }
}

function* hidden(
  windows: Windows,
  periods: Editable["holds"]["periods"],
  edits: readonly { text: string; paths: readonly string[] }[],
): Generator<string> {
  for (const { text, paths } of edits) {
    for (const path of paths) {
      const [, name = "", what = ""] = /^period\.([^.]*)\.(.*)$/s.exec(path) ?? [];
      const span = Object.hasOwn(periods, name) ? periods[name] : undefined;
      if (span === undefined) continue;
      for (const [hold, [first, last]] of windows) {
        const threat = hold.state.replace(/^hostility_/, "");
        if (what !== `hostility.${threat}` || first > span[0] || span[1] > last) continue;
        yield (
          `${quoted(text)} and ${quoted(holdText(hold))} contradict each other: nothing is left ` +
          "of the first where the state is held; leave one out"
        );
      }
    }
  }
}

/** Say which held state is all that an outcome looks at. */
export function* setByAHold(
  holds: readonly Held[],
  fold: { text: string; state: string; start: number; stop: number },
): Generator<string> {
  for (const { text, state, first, last } of holds) {
    if (state !== fold.state || first > fold.start || fold.stop > last) continue;
    yield (
      `outcome ${quoted(fold.text)} is what ${quoted(text)} says itself; ask for another state, ` +
      "or for a time after the window"
    );
  }
}

/** Return the first step in which anything is held; `steps` if nothing is. */
export function firstHeld(holds: readonly Held[], steps: number): number {
  return Math.min(steps, ...holds.map(({ first }) => first));
}

/** Bring the quarters from `first` to `last` - 1, and hold in each what is held. */
export function advanceHeld(
  engine: Engine,
  holds: readonly Held[],
  first: number,
  last: number,
  lanes: number,
): void {
  let key = "";
  for (let step = first; step < last;) {
    const from = step;
    const open = holds.filter((held) => held.last > from);
    const next = Math.min(last, ...open.map((held) => Math.max(from, held.first)));
    if (next > step) engine.advance(step, next, lanes);
    if (next >= last) return;
    const held = open.filter((one) => one.first <= next);
    const [rows, values] = [held.map(({ row }) => row), held.map(({ value }) => value)];
    const now = [rows, values].join(";"); // windows of one state may adjoin, with other values
    if (now !== key) {
      engine.replace("held.rows", [rows.length], rows);
      engine.replace("held.values", [values.length], values);
      key = now;
    }
    bringHeld(engine, next, lanes);
    step = next + 1;
  }
}

/** Bring one quarter, whose outcomes are folded only once its states are held. */
function bringHeld(engine: Engine, step: number, lanes: number): void {
  const before = engine.floats("held.before");
  if (step > 0) before.set(engine.floats("space.after"));
  else before.fill(0);
  const folds = engine.whole("kept.folds");
  const kept = folds.slice();
  for (let k = 0; k < folds.length; k += FOLD) folds.fill(0n, k + SPAN, k + FOLD);
  engine.advance(step, step + 1, lanes);
  folds.set(kept);
  engine.call("hold_states", { step, n: lanes });
}

const [SPAN, FOLD] = [3, 5]; // numbers of a fold: those before its span, and all
