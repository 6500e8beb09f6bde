// The answer to a question: numbers first, by the formulas of `counterfactual/answering.py`, then what
// may be said of them. Nothing here knows of the page.
import type { Coupling, Outcomes, Payload, Picture, Question, TriedBefore } from "../contract";
import { cardOf, type Check } from "./card";
import { ensembledOf, frechetBounds, type Ensembled, type Interval } from "./causation";
import {
  byDraw,
  differences,
  drawsOf,
  estimateOf,
  likely,
  meanAlone,
  necessityOf,
  type Estimate,
} from "./estimates";
import { triedBefore } from "./before";
import { agreementOf, labelOf, signOf, type Agreement, type Label } from "./labels";
import { timeOf } from "../state/time";
import { rewriteBits } from "./rewrite";
import { meanOf } from "./sums";

export const PAIRS = 1000;
export const COUPLINGS: readonly Coupling[] = [
  "quantile",
  "thinning",
  "redraw_after",
  "independent",
];

/** What is asked beside the picture, as far as it has come in. */
export interface Beside {
  couplings: Partial<Record<Coupling, Outcomes>>;
  theories: Record<string, Outcomes>;
  fresh: Outcomes | null;
  /** Whether more is still to come. */
  open: boolean;
}

export const NOTHING_BESIDE: Beside = { couplings: {}, theories: {}, fresh: null, open: true };

export interface Coupled {
  name: Coupling;
  effect: Estimate;
  necessity: number | null;
}

export interface UnderTheory {
  name: string;
  /** Of all that were asked, adding up to 1. */
  weight: number;
  fact: Estimate;
  edited: Estimate;
  effect: Estimate;
}

export interface Futures {
  fact: number;
  edited: number;
  bounds: { lost: Interval; won: Interval; necessity: Interval };
}

/** A formal step in both worlds: quarter of the median history, null if that never comes to it. */
export interface Step {
  rung: number;
  factual: number | null;
  edited: number | null;
  /** Shares of histories that reach it. */
  reached: { factual: number; edited: number };
}

export interface Answer {
  question: Question;
  histories: number;
  draws: number;
  whole: boolean;
  fact: Estimate;
  edited: Estimate;
  effect: Estimate;
  given: number | null;
  ensemble: Ensembled | null;
  couplings: Coupled[];
  futures: Futures | null;
  theories: UnderTheory[];
  /** Whether more theories are still being asked. */
  open: boolean;
  /** Theories that the page has no draws of. */
  missing: string[];
  agreed: Agreement | null;
  label: Label | null;
  card: Check[];
  bits: number | null;
  /** What the package found beforehand of this very question; null if it was not asked. */
  before: TriedBefore | null;
  touched: number | null;
  parted: number | null;
  steps: Step[];
}

/** Return the answer as far as it is known. */
export function answerOf(payload: Payload, picture: Picture, beside: Beside): Answer {
  const { question, outcome, draw } = picture;
  const given = question.noise === "posterior";
  const whole = picture.done === picture.of;
  const shown: Outcomes = { ...outcome, draw, anew: null };
  const both = given && whole ? worlds(picture, shown) : alone(shown);
  if (given && whole) known.set(shown, worlds(picture, shown));
  const couplings = given && whole ? coupled({ ...beside.couplings, quantile: shown }) : [];
  const asked = given ? { [question.theory]: shown, ...beside.theories } : {};
  const theories = given && whole ? under(payload, asked) : [];
  const missing = payload.theories.filter(({ draws }) => draws === 0).map(({ name }) => name);
  const fresh = given ? beside.fresh : { ...shown };
  const open = given && whole && beside.open && question.edits.length > 0;
  const agreed = theories.length > 0 && !open ? agreedOf(asked, theories) : null;
  const before = given && whole ? triedBefore(payload, question, both.effect.value) : null;
  const bits = before?.bits ?? rewriteBits(question.edits, question.outcome, payload);
  const ready = agreed !== null && !beside.open && question.edits.length > 0;
  return {
    question,
    histories: outcome.factual.length,
    draws: given ? drawsOf(draw) : 0,
    whole,
    fact: both.fact,
    edited: both.edited,
    effect: both.effect,
    given: given ? necessityOf(outcome.factual, outcome.edited) : null,
    ensemble: fresh === null ? null : ensembledOf(fresh.factual, fresh.edited),
    couplings,
    futures: given ? futuresOf(beside.couplings.independent) : null,
    theories,
    open,
    missing,
    agreed,
    label: ready ? labelled(agreed, couplings, missing, bits, both.effect.value, before) : null,
    card: cardOf({ payload, question, picture, agreed, bits, before }),
    bits,
    before,
    touched: picture.touched,
    parted: partedAt(picture, payload),
    steps: stepsOf(payload, picture),
  };
}

interface Worlds {
  fact: Estimate;
  edited: Estimate;
  effect: Estimate;
  /** Equally likely values of the effect. */
  spread: Float64Array;
}

const known = new WeakMap<object, Worlds>();

/** Return both worlds and their difference, worked out once for what has come in. */
function worlds(of: object, { factual, edited, draw }: Outcomes): Worlds {
  const before = known.get(of);
  if (before !== undefined) return before;
  const apart = differences(factual, edited);
  const spread = likely(apart, draw);
  const found = {
    fact: factOf(factual, draw),
    edited: estimateOf(edited, likely(edited, draw)),
    effect: estimateOf(apart, spread),
    spread,
  };
  known.set(of, found);
  return found;
}

let last: { factual: Uint8Array; draw: Int32Array; fact: Estimate } | null = null;

/** Return the estimate of the factual world, which stays the same while only edits change. */
function factOf(factual: Uint8Array, draw: Int32Array): Estimate {
  if (last === null || !alike(last.factual, factual) || !alike(last.draw, draw)) {
    last = { factual, draw, fact: estimateOf(factual, likely(factual, draw)) };
  }
  return last.fact;
}

function alike(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  let place = 0;
  while (place < one.length && one[place] === other[place]) place += 1;
  return one.length === other.length && place === one.length;
}

/** Return the difference that a whole picture shows, with its interval where it has draws. */
export function effectOf({ question, outcome, draw }: Picture): Estimate {
  const shown: Outcomes = { ...outcome, draw, anew: null };
  return question.noise === "posterior" ? worlds(outcome, shown).effect : alone(shown).effect;
}

/** Return both worlds without intervals: more histories are to come, or they have no draws. */
function alone({ factual, edited }: Outcomes): Omit<Worlds, "spread"> {
  return {
    fact: meanAlone(factual),
    edited: meanAlone(edited),
    effect: meanAlone(differences(factual, edited)),
  };
}

function coupled(asked: Partial<Record<Coupling, Outcomes>>): Coupled[] {
  return COUPLINGS.flatMap((name) => {
    const found = asked[name];
    if (found === undefined) return [];
    const { effect } = worlds(found, found);
    return [{ name, effect, necessity: necessityOf(found.factual, found.edited) }];
  });
}

function futuresOf(found: Outcomes | undefined): Futures | null {
  if (found === undefined || found.anew === null) return null;
  const fact = meanOf(byDraw(found.anew, found.draw));
  const edited = meanOf(byDraw(found.edited, found.draw));
  return { fact, edited, bounds: frechetBounds(fact, edited) };
}

function under(payload: Payload, asked: Record<string, Outcomes>): UnderTheory[] {
  const names = inOrder(payload, asked);
  const weights = names.map((name) => weightOf(payload, name));
  const total = weights.reduce((so_far, weight) => so_far + weight, 0);
  return names.flatMap((name, place) => {
    const found = asked[name];
    if (found === undefined) return [];
    const weight = (weights[place] ?? 0) / total;
    const { fact, edited, effect } = worlds(found, found);
    return [{ name, weight, fact, edited, effect }];
  });
}

/** Return theories in the order of the package: the one asked for, the scenario's own, then by name. */
function inOrder(payload: Payload, asked: Record<string, Outcomes>): string[] {
  const [first = "", ...others] = Object.keys(asked);
  const own = payload.theories[0]?.name;
  const rank = (name: string): string => (name === own ? "" : name);
  return [first, ...others.sort((one, other) => (rank(one) < rank(other) ? -1 : 1))];
}

/** Return what a theory weighs; where no weights are known all weigh alike. */
function weightOf(payload: Payload, name: string): number {
  return payload.theories.find((one) => one.name === name)?.weight ?? 1;
}

function agreedOf(asked: Record<string, Outcomes>, theories: UnderTheory[]): Agreement {
  const drawn = theories.flatMap(({ name }) => {
    const found = asked[name];
    if (found === undefined) return [];
    return [[name, worlds(found, found).spread]];
  });
  const weights = theories.map(({ name, weight }) => [name, weight]);
  return agreementOf(
    Object.fromEntries(drawn) as Record<string, Float64Array>,
    Object.fromEntries(weights) as Record<string, number>,
  );
}

function labelled(
  agreed: Agreement,
  couplings: Coupled[],
  missing: string[],
  bits: number | null,
  effect: number,
  before: TriedBefore | null,
): Label {
  const readings = Object.entries(before?.readings ?? {});
  return labelOf(agreed, {
    couplings: Object.fromEntries(couplings.map(({ name, effect }) => [name, effect.value])),
    variants: Object.fromEntries(readings.map(([name, [value]]) => [name, value])),
    sdRatio: before?.sd_ratio ?? null,
    byLuck: before !== null && before.sd_ratio === null,
    bistable: before?.bistable ?? null,
    bits,
    sign: signOf(effect),
    missing,
  });
}

const APART = 0.05;

/**
 * Return the first step of a year in all of which a level differs by more than 0.05, the same
 * way, in 95 of 100 histories; null if there is none.
 */
function partedAt(picture: Picture, payload: Payload): number | null {
  const levels = ["level_political", "level_operations", "level_equipment"] as const;
  const [, , perYear] = timeOf(payload);
  const firsts = levels.flatMap((state) => {
    const { low, high } = picture.fans[state].difference;
    let row = 0;
    for (let step = 0; step < picture.steps; step += 1) {
      const apart = (low[step] ?? 0) > APART || (high[step] ?? 0) < -APART;
      row = apart ? row + 1 : 0;
      if (row === perYear) return [step - perYear + 1];
    }
    return [];
  });
  return firsts.length === 0 ? null : Math.min(...firsts);
}

/** Return when the median history climbs each formal step, in both worlds. */
function stepsOf(payload: Payload, picture: Picture): Step[] {
  const { steps, done } = picture;
  return payload.rungs.map(({ rung }, place) => {
    const first = (shares: Float64Array): number | null => {
      const middle = Math.ceil(0.5 * done);
      for (let step = 0; step < steps; step += 1) {
        if (Math.round((shares[place * steps + step] ?? 0) * done) >= middle) return step;
      }
      return null;
    };
    const { factual, edited } = picture.ladder;
    const last = (place + 1) * steps - 1;
    return {
      rung,
      factual: first(factual),
      edited: first(edited),
      reached: { factual: factual[last] ?? 0, edited: edited[last] ?? 0 },
    };
  });
}
