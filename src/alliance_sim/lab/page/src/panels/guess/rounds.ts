// Rounds of the game: three histories in an order of chance, a guess with how sure it is, a score.
import { signal, type Signal } from "@preact/signals";
import type { Model, Payload, Question } from "../../contract";
import { worded, type Store } from "../../state/store";
import { brier, recordTold, runTold, type Told } from "./chronology";

export const SIMULATED = 10; // of which two are shown; all say what is usual
const RUNS = 1000;

export interface Round {
  /** The three chronologies in the order in which they stand. */
  shown: Told[][];
  /** Which of them is the record. */
  real: number;
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
    begun: 0,
  };
  games.set(store, found);
  return found;
}

/** Deal a round: new luck for every simulated history, whatever is edited elsewhere on the page. */
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
    const real = chance(3);
    const shown = simulated.slice(0, 2);
    shown.splice(real, 0, record);
    game.round.value = { shown, real, simulated };
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
  game.past.value = [...game.past.value, guess];
}

/** Why there can be no game, by key of `guess.none`; null if there can. */
export function hindrance(payload: Payload): string | null {
  if (payload.record === null) return "record";
  return recordTold(payload) === null ? "acts" : null;
}
