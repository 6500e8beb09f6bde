// Histories as they come in, put together to a picture.

import { KEPT, type Fan, type Kept, type Picture, type Question } from "../contract";
import type { Brought } from "./protocol";
import { quantiles } from "./quantiles";

const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
const PARTS = ["low", "lower", "middle", "upper", "high"] as const;

type ByState = Record<Kept, Float64Array>;

function fan(steps: number): Fan {
  const make = (): Float64Array => new Float64Array(steps);
  return { low: make(), lower: make(), middle: make(), upper: make(), high: make() };
}

/** Paths of histories in one world, arrays (quarter, history) by state. */
class Paths {
  readonly of: ByState;

  constructor(
    private readonly steps: number,
    private readonly many: number,
  ) {
    const made = KEPT.map((name) => [name, new Float64Array(steps * many)]);
    this.of = Object.fromEntries(made) as ByState;
  }

  /** Put in paths that are given from a step on. */
  put(numbers: Int32Array, given: ByState, from: number): void {
    const first = numbers[0] as number;
    const lanes = numbers.length;
    for (const name of KEPT) {
      const [values, room] = [given[name], this.of[name]];
      for (let step = from, k = 0; step < this.steps; step += 1, k += lanes) {
        room.set(values.subarray(k, k + lanes), step * this.many + first);
      }
    }
  }

  /** Take some histories from other paths, in steps `from` to `until` - 1. */
  copy(of: Paths, first: number, lanes: number, from: number, until: number): void {
    for (const name of KEPT) {
      for (let step = from; step < until; step += 1) {
        const at = step * this.many + first;
        this.of[name].set(of.of[name].subarray(at, at + lanes), at);
      }
    }
  }
}

/** What is known of the factual world; kept while only edits change. */
export class Facts {
  readonly paths: Paths;
  /** Room for the edited world of what is asked now, from the first quarter touched on. */
  readonly edited: Paths;
  readonly there: Uint8Array;
  readonly fans: Record<Kept, Fan>;
  ladder: Float64Array;
  whole = false;

  constructor(
    readonly key: string,
    readonly steps: number,
    readonly many: number,
    rungs: number,
  ) {
    this.paths = new Paths(steps, many);
    this.edited = new Paths(steps, many);
    this.there = new Uint8Array(many);
    this.fans = Object.fromEntries(KEPT.map((name) => [name, fan(steps)])) as Record<Kept, Fan>;
    this.ladder = new Float64Array(rungs * steps);
  }
}

export class Canvas {
  private readonly parts: { first: number; lanes: number; touched: number }[] = [];
  private readonly there: Uint8Array;
  private readonly outcome: { factual: Float64Array; edited: Float64Array };
  private readonly draw: Int32Array;
  private readonly began = performance.now();
  private done = 0;
  private touched: number;

  constructor(
    private readonly question: Question,
    private readonly facts: Facts,
    private readonly rungs: number,
  ) {
    const { steps, many } = facts;
    this.there = new Uint8Array(many);
    this.outcome = { factual: new Float64Array(many), edited: new Float64Array(many) };
    this.draw = new Int32Array(many).fill(-1);
    this.touched = steps;
  }

  take(came: Brought): void {
    const first = came.numbers[0] as number;
    if (came.factual !== null) {
      this.facts.paths.put(came.numbers, came.factual, 0);
      this.facts.there.fill(1, first, first + came.numbers.length);
    }
    this.facts.edited.put(came.numbers, came.edited, came.touched);
    this.parts.push({ first, lanes: came.numbers.length, touched: came.touched });
    this.there.fill(1, first, first + came.numbers.length);
    this.outcome.factual.set(came.outcome.factual, first);
    this.outcome.edited.set(came.outcome.edited, first);
    this.draw.set(came.draws, first);
    this.done += came.numbers.length;
    this.touched = Math.min(this.touched, came.touched);
  }

  get whole(): boolean {
    return this.done === this.facts.many;
  }

  /** Before a part is touched its edited world is the factual one. */
  private fillUp(): void {
    for (const part of this.parts) {
      const { first, lanes, touched } = part;
      this.facts.edited.copy(this.facts.paths, first, lanes, this.touched, touched);
      part.touched = Math.min(touched, this.touched);
    }
  }

  picture(): Picture {
    this.fillUp();
    const { steps, many } = this.facts;
    const here = Int32Array.from(this.numbers());
    const fans = {} as Picture["fans"];
    const ladder = { factual: this.facts.ladder, edited: new Float64Array(this.rungs * steps) };
    const newFacts = !this.facts.whole;
    if (newFacts) this.facts.ladder = ladder.factual = new Float64Array(this.rungs * steps);
    for (const name of KEPT) {
      const [fact, edited] = [this.facts.paths.of[name], this.facts.edited.of[name]];
      const factual = newFacts ? fan(steps) : this.facts.fans[name];
      if (newFacts) this.fill(factual, 0, here, fact);
      const both = { factual, edited: copied(factual, this.touched), difference: fan(steps) };
      this.fill(both.edited, this.touched, here, edited);
      this.fill(both.difference, this.touched, here, edited, fact);
      fans[name] = both;
      if (newFacts) this.facts.fans[name] = factual;
    }
    if (newFacts) this.climb(ladder.factual, this.facts.paths.of.rung, here, 0);
    ladder.edited.set(ladder.factual);
    this.climb(ladder.edited, this.facts.edited.of.rung, here, this.touched);
    this.facts.whole = this.facts.whole || this.whole;
    const happened = (values: Float64Array): Uint8Array =>
      Uint8Array.from(here, (number) => values[number] as number);
    return {
      question: this.question,
      done: this.done,
      of: many,
      steps,
      fans,
      ladder,
      touched: this.touched >= steps ? null : this.touched,
      outcome: { factual: happened(this.outcome.factual), edited: happened(this.outcome.edited) },
      draw: Int32Array.from(here, (number) => this.draw[number] as number),
      milliseconds: performance.now() - this.began,
    };
  }

  private *numbers(): Generator<number> {
    for (let number = 0; number < this.facts.many; number += 1)
      if (this.there[number]) yield number;
  }

  /** Fill in quantiles of paths from a step on, or of how far they are from others. */
  private fill(
    to: Fan,
    first: number,
    here: Int32Array,
    paths: Float64Array,
    from: Float64Array | null = null,
  ): void {
    const { steps, many } = this.facts;
    const every = here.length === many;
    const room = new Float64Array(here.length);
    const rows = PARTS.map((part) => to[part]);
    for (let step = first; step < steps; step += 1) {
      const start = step * many;
      let values: Float64Array = room;
      if (every && from === null) values = paths.subarray(start, start + many);
      else {
        for (let k = 0; k < here.length; k += 1) {
          const at = start + (here[k] as number);
          const value = paths[at] as number;
          room[k] = from === null ? value : value - (from[at] as number);
        }
      }
      const found = quantiles(values, SHARES);
      for (const [k, row] of rows.entries()) row[step] = found[k] as number;
    }
  }

  /** Work out which share of histories stands on each rung or above. */
  private climb(to: Float64Array, rung: Float64Array, here: Int32Array, from: number): void {
    const { steps, many } = this.facts;
    const standing = new Float64Array(this.rungs + 1); // how many stand on each rung
    for (let step = from; step < steps; step += 1) {
      standing.fill(0);
      for (let k = 0; k < here.length; k += 1) {
        const at = Math.min(this.rungs, rung[step * many + (here[k] as number)] as number);
        standing[at] = (standing[at] as number) + 1;
      }
      for (let k = this.rungs, reached = 0; k > 0; k -= 1) {
        reached += standing[k] as number;
        to[(k - 1) * steps + step] = reached / here.length;
      }
    }
  }
}

/** Return a fan of which the beginning is that of another. */
function copied(from: Fan, until: number): Fan {
  const found = fan(from.low.length);
  for (const part of PARTS) found[part].set(from[part].subarray(0, until));
  return found;
}
