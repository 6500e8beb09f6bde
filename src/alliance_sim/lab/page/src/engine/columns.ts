// Columns of numbers, one a lane: what a world is with the numbers of up to 64 draws in it.

import type { Engine } from "../../../engine.mjs";
import type { Draws } from "./draws";
import { Recipe, type Changes, type Tables, type Drawn } from "./recipe";

/** Where two worlds of the same lanes differ can be told from these. */
export interface World {
  constants: Float64Array;
  table: Float64Array;
  whole: Map<string, BigInt64Array>;
  /** Two numbers a step that stand for the inputs of all lanes in it. */
  marks: Uint32Array;
}

const WHOLE = ["asian", "distracting", "after"];
const TOGETHER = 8; // lanes whose inputs are written at once: as many numbers as a line of the cache

export class Columns {
  private readonly steps: number;
  private readonly lanes: number;
  private readonly width: number;
  /** Inputs of some lanes, array (lane, step, input). */
  private readonly aside: Float64Array;

  constructor(
    readonly engine: Engine,
    readonly recipe: Recipe,
    /** Numbers of a row of inputs that may differ by lane; none without draws. */
    readonly inputs: number[],
    /** Those that are worked out with them. */
    readonly filled: number[],
  ) {
    this.steps = engine.frame.shape["steps"] as number;
    this.lanes = engine.frame.lanes;
    this.width = engine.floats("into.table").length / this.steps;
    this.aside = new Float64Array(TOGETHER * this.steps * this.width);
    engine.replace("differing.inputs", [inputs.length], inputs);
    engine.reshape("differing.values", [this.steps, inputs.length, this.lanes]);
  }

  /**
   * Fill in a world: constants of each lane, inputs of all, and inputs that differ.
   * @param chosen The draw of each lane; null for the numbers of the recipe in all of them.
   */
  fill(
    base: Record<string, number>,
    changes: Changes,
    draws: Draws | null,
    chosen: Int32Array | null,
  ): void {
    const tables = this.recipe.changed(base, changes);
    if (draws === null || chosen === null) {
      this.recipe.write(tables);
      this.engine.call("prepare", { first_lane: 0, last_lane: this.lanes });
      this.setAside(0);
      this.spread(0, this.lanes);
      return;
    }
    const { paths, ranges, draws: many } = draws.told;
    const drawn = this.recipe.drawn(paths, ranges, changes);
    const wanted = this.engine.floats("into.wanted");
    wanted.fill(0);
    for (const input of this.filled) wanted[input] = 1;
    // The first lane comes last: its inputs stand for those that do not differ.
    for (let lane = chosen.length - 1; lane >= 0; lane -= 1) {
      if (lane === 0) wanted.fill(1);
      this.put(tables, drawn, draws.values, many, chosen[lane] as number);
      this.recipe.write(tables);
      this.engine.call("prepare", { first_lane: lane, last_lane: lane + 1 });
      this.setAside(lane % TOGETHER);
      if (lane % TOGETHER === 0) this.keep(lane, Math.min(TOGETHER, chosen.length - lane));
    }
    if (chosen.length < this.lanes) this.spread(chosen.length, this.lanes); // as the first
  }

  /** Put the numbers of a draw into tables. */
  private put(
    tables: Tables,
    drawn: Drawn[],
    values: Float64Array,
    many: number,
    draw: number,
  ): void {
    for (const { array, place, row, times, low, high } of drawn) {
      let value = values[row * many + draw] as number;
      if (times !== null) value = Math.min(Math.max(value * times, low), high);
      (tables.get(array) as Float64Array)[place] = value;
    }
  }

  /** Set the inputs of a lane aside, until those of its neighbours are there. */
  private setAside(place: number): void {
    this.aside.set(this.engine.floats("into.table"), place * this.steps * this.width);
  }

  /** Write inputs that may differ for some lanes that stand side by side. */
  private keep(first: number, many: number): void {
    const values = this.engine.floats("differing.values");
    const { aside, inputs, width, lanes } = this;
    const each = this.steps * width;
    let to = first;
    for (let step = 0; step < this.steps; step += 1) {
      for (let k = 0; k < inputs.length; k += 1) {
        let from = step * width + (inputs[k] as number);
        for (let lane = 0; lane < many; lane += 1) {
          values[to + lane] = aside[from] as number;
          from += each;
        }
        to += lanes;
      }
    }
  }

  /** Write the inputs of the first that is set aside for lanes `first` to `last` - 1. */
  private spread(first: number, last: number): void {
    const values = this.engine.floats("differing.values");
    const { aside, inputs, width, lanes } = this;
    for (let step = 0, to = 0; step < this.steps; step += 1) {
      for (let k = 0; k < inputs.length; k += 1, to += lanes) {
        const value = aside[step * width + (inputs[k] as number)] as number;
        values.fill(value, to + first, to + last);
      }
    }
  }

  /** Return what stands in the memory now, to compare another world with. */
  world(): World {
    const { engine } = this;
    return {
      constants: engine.floats("ready.constants").slice(),
      table: engine.floats("into.table").slice(),
      whole: new Map(WHOLE.map((name) => [name, engine.whole(`ready.${name}`).slice()])),
      marks: this.marks(this.steps),
    };
  }

  /** Return the first step in which the world in the memory differs from another in some lane. */
  touched(before: World, lanes: number): number {
    const { engine } = this;
    engine.floats("before.constants").set(before.constants);
    engine.floats("before.table").set(before.table);
    for (const [name, array] of before.whole) engine.whole(`before.${name}`).set(array);
    engine.call("touched", { n: lanes });
    const first = Number(engine.whole("found")[0]);
    const marks = this.marks(first);
    const differs = marks.findIndex((mark, k) => mark !== before.marks[k]);
    return differs < 0 ? first : differs >> 1;
  }

  /**
   * Return two numbers of 32 bits for each of the first steps, by which one world's inputs are told
   * from another's: kept whole, the inputs of 64 lanes would take ten megabytes.
   */
  private marks(steps: number): Uint32Array {
    const values = this.engine.floats("differing.values");
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    const each = 2 * this.inputs.length * this.lanes;
    const found = new Uint32Array(2 * steps);
    for (let step = 0; step < steps; step += 1) {
      let one = 0x811c9dc5 | 0;
      let other = 0x9747b28c | 0;
      const last = (step + 1) * each;
      for (let k = step * each; k < last; k += 2) {
        one = (Math.imul(one, 0x01000193) + (words[k] as number)) | 0;
        other = (Math.imul(other, 0x5bd1e995) + (words[k + 1] as number)) | 0;
      }
      found[2 * step] = one;
      found[2 * step + 1] = other;
    }
    return found;
  }
}
