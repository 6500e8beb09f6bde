// Rounds of the game: three histories in an order of chance, a guess with how sure it is, a score.
import { signal, type Signal } from "@preact/signals";
import type { Model, Payload, Question } from "../../contract";
import { worded, type Store } from "../../state/store";
import { timeOf } from "../../state/time";
import { brier, recordTold, runTold, stretchesOf, within } from "./chronology";
import type { Told, Years } from "./chronology";

export const SIMULATED = 10; // of which two are shown; all say what is usual
const RUNS = 1000;

export interface Round {
  /** The stretch of time that it is about. */
  years: Years;
  /** Whether the record of these years was shown before: then a guess says nothing. */
  known: boolean;
  /** Whether there is a stretch left for another round. */
  more: boolean;
  /** The three chronologies in the order in which they stand. */
  shown: Told[][];
  /** Which of them is the record. */
  real: number;
  /** Of these years, as are those shown. */
  simulated: Told[][];
}

export interface Guess {
  chosen: number;
  sure: number;
  right: boolean;
  brier: number;
}

export interface Game {
  round: Signal<Round | null>;
  problem: Signal<string | null>;
  /** Of the round that is shown; null until it is made. */
  guess: Signal<Guess | null>;
  past: Signal<Guess[]>;
  /** Stretches that no round has shown yet; null before the first, and [] once all are known. */
  left: Years[] | null;
  /** How many rounds were begun: of several at once the last is shown. */
  begun: number;
}

const games = new WeakMap<Store, Game>();

/** The game goes on while its player visits other parts of the page. */
export function gameOf(store: Store): Game {
  const found = games.get(store) ?? {
    round: signal(null),
    problem: signal(null),
    guess: signal(null),
    past: signal([]),
    left: null,
    begun: 0,
  };
  games.set(store, found);
  return found;
}

/** Return the stretch of another round, one that was not shown before if there is one. */
function stretchFor(game: Game, record: Told[], payload: Payload): Pick<Round, "years" | "known"> {
  const all = stretchesOf(record, payload);
  const left = (game.left ??= [...all]);
  const from = left.length > 0 ? left : all;
  const [first, last] = timeOf(payload);
  const years = from[chance(from.length)] ?? [first, last];
  return { years, known: left.length === 0 };
}

/** Deal a round: other years, and new luck for every simulated history, whatever is edited elsewhere on the page. */
export async function deal(store: Store, game: Game): Promise<void> {
  const model = store.model.value;
  const record = recordTold(store.payload);
  if (model === null || record === null) return;
  const mine = (game.begun += 1);
  game.round.value = null;
  game.guess.value = null;
  game.problem.value = null;
  try {
    const simulated = await histories(model, store.question.value);
    if (game.begun !== mine) return;
    const { years, known } = stretchFor(game, record, store.payload);
    game.left = (game.left ?? []).filter((other) => other[0] !== years[0]);
    const cut = simulated.map((acts) => within(acts, years));
    const real = chance(3);
    const shown = cut.slice(0, 2);
    shown.splice(real, 0, within(record, years));
    const more = game.left.length > 0;
    game.round.value = { years, known, more, shown, real, simulated: cut };
  } catch (error) {
    if (game.begun === mine) game.problem.value = worded(error);
  }
}

async function histories(model: Model, asked: Question): Promise<Told[][]> {
  const seed = chance(2 ** 31);
  const question: Question = { ...asked, edits: [], noise: "fresh", runs: RUNS, seed };
  const found: Told[][] = [];
  for (let history = 0; history < SIMULATED; history += 1) {
    found.push(runTold(await model.one(question, history, "factual")));
  }
  return found;
}

/** Return a whole number below another, which no link and no seed can tell. */
function chance(below: number): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return drawn % below;
}

export function guessed(game: Game, chosen: number, sure: number): void {
  const round = game.round.value;
  if (round === null || game.guess.value !== null) return;
  const right = chosen === round.real;
  const guess = { chosen, sure, right, brier: brier(chosen, sure, round.real) };
  game.guess.value = guess;
  if (!round.known) game.past.value = [...game.past.value, guess];
}

/** Why there can be no game, by key of `guess.none`; null if there can. */
export function hindrance(payload: Payload): string | null {
  if (payload.record === null) return "record";
  return recordTold(payload) === null ? "acts" : null;
}
