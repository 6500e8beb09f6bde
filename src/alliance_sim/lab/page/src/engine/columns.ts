// Columns of numbers, one a lane: what a world is with the numbers of up to 64 draws in it.

import type { Engine } from "../../../engine.mjs";
import type { Draws } from "./draws";
import { Recipe, type Changes, type Drawn, type Tables } from "./recipe";

/** What two worlds of the same lanes are told from each other by. */
export interface World {
  constants: Float64Array;
  table: Float64Array;
  whole: Map<string, BigInt64Array>;
  /**
   * Two numbers of 32 bits that stand for the inputs of a lane in a step, array (lane, step, number):
   * kept whole, the inputs of 64 lanes would take ten megabytes. Empty without draws.
   */
  marks: Int32Array;
}

/** A world that another one is, up to some step, and how far back inputs are needed. */
export interface Against {
  world: World;
  /** Steps from which runs can go on, rising. */
  stops: readonly number[];
  /** The last step in which they may differ, whatever their inputs are. */
  most: number;
}

/** How a world was filled in. */
export interface Filled {
  /** The first step whose inputs that may differ by lane were written. */
  from: number;
  /** The first step in which it differs from the other world in some lane; all steps if it never does. */
  touched: number;
}

/** Numbers of draws, and where they are put. */
interface Given {
  drawn: Drawn[];
  values: Float64Array;
  draws: number;
  chosen: Int32Array;
}

const WHOLE = ["asian", "distracting", "after"];
const TOGETHER = 8; // lanes whose inputs are written at once: as many numbers as a line of the cache
const START = [0x811c9dc5 | 0, 0x9747b28c | 0] as const;

export class Columns {
  private readonly steps: number;
  private readonly lanes: number;
  private readonly width: number;
  /** Inputs of some lanes, array (lane, step, input). */
  private readonly aside: Float64Array;
  private readonly differing: Int32Array;
  /** Marks of the world in the memory. */
  private marks: Int32Array = new Int32Array(0);

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
    this.differing = Int32Array.from(inputs);
    engine.replace("differing.inputs", [inputs.length], inputs);
    engine.reshape("differing.values", [this.steps, inputs.length, this.lanes]);
  }

  /**
   * Fill in a world: constants of each lane, inputs of all, and inputs that differ.
   * @param chosen The draw of each lane; null for the numbers of the recipe in all of them.
   * @param against Another world of these lanes, of whose runs those of this one go on: inputs are
   *   written from there on alone. Null to write all.
   */
  fill(
    base: Record<string, number>,
    changes: Changes,
    draws: Draws | null,
    chosen: Int32Array | null,
    against: Against | null,
  ): Filled {
    const tables = this.recipe.changed(base, changes);
    if (draws === null || chosen === null) {
      this.recipe.write(tables);
      this.engine.call("prepare", { first_lane: 0, last_lane: this.lanes });
      this.setAside(0, 0);
      this.spread(0, this.lanes, 0);
      this.marks = new Int32Array(0);
      const touched = against === null ? this.steps : this.touched(against.world, this.lanes);
      return { from: 0, touched };
    }
    const { paths, ranges, draws: many } = draws.told;
    const drawn = this.recipe.drawn(paths, ranges, changes, tables);
    const given = { drawn, values: draws.values, draws: many, chosen };
    let from = 0;
    if (against !== null) {
      // Where the first lane is touched the others nearly always are, too.
      this.prepare(tables, given, 0);
      const first = Math.min(against.most, this.touched(against.world, 1));
      from = against.stops.findLast((stop) => stop <= first) ?? 0;
    }
    const touched = this.fillLanes(tables, given, against?.world ?? null, from);
    if (touched >= from) return { from, touched };
    return { from: 0, touched: this.fillLanes(tables, given, against?.world ?? null, 0) };
  }

  /** Work out constants and inputs of a lane. */
  private prepare(tables: Tables, given: Given, lane: number): void {
    put(given, lane);
    this.recipe.write(tables);
    this.engine.call("prepare", { first_lane: lane, last_lane: lane + 1 });
  }

  /** Fill in lanes, inputs from a step on; return the first step that differs from another world. */
  private fillLanes(tables: Tables, given: Given, world: World | null, from: number): number {
    const many = given.chosen.length;
    const wanted = this.engine.floats("into.wanted");
    wanted.fill(0);
    for (const input of this.filled) wanted[input] = 1;
    this.marks = world?.marks ?? new Int32Array(2 * this.steps * many);
    let first = this.steps;
    // The first lane comes last: its inputs stand for those that do not differ.
    for (let lane = many - 1; lane >= 0; lane -= 1) {
      if (lane === 0) wanted.fill(1);
      this.prepare(tables, given, lane);
      first = this.mark(lane, first, world === null);
      this.setAside(lane % TOGETHER, from);
      if (lane % TOGETHER === 0) this.keep(lane, Math.min(TOGETHER, many - lane), from);
    }
    if (many < this.lanes) this.spread(many, this.lanes, from); // as the first
    return world === null ? first : Math.min(first, this.touched(world, many));
  }

  /** Set the inputs of a lane aside, from a step on, until those of its neighbours are there. */
  private setAside(place: number, from: number): void {
    const table = this.engine.floats("into.table").subarray(from * this.width);
    this.aside.set(table, (place * this.steps + from) * this.width);
  }

  /** Write inputs that may differ, from a step on, for some lanes that stand side by side. */
  private keep(first: number, many: number, since: number): void {
    const values = this.engine.floats("differing.values");
    const { aside, differing, width, lanes } = this;
    const each = this.steps * width;
    let to = since * differing.length * lanes + first;
    for (let step = since; step < this.steps; step += 1) {
      for (let k = 0; k < differing.length; k += 1) {
        let from = step * width + (differing[k] as number);
        for (let lane = 0; lane < many; lane += 1) {
          values[to + lane] = aside[from] as number;
          from += each;
        }
        to += lanes;
      }
    }
  }

  /** Write the inputs of the first that is set aside for lanes `first` to `last` - 1. */
  private spread(first: number, last: number, from: number): void {
    const values = this.engine.floats("differing.values");
    const { aside, differing, width, lanes } = this;
    for (let step = from, to = from * differing.length * lanes; step < this.steps; step += 1) {
      for (let k = 0; k < differing.length; k += 1, to += lanes) {
        const value = aside[step * width + (differing[k] as number)] as number;
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
      marks: this.marks,
    };
  }

  /** Return the first step in which constants or the inputs of all differ from those of a world. */
  private touched(before: World, lanes: number): number {
    const { engine } = this;
    engine.floats("before.constants").set(before.constants);
    engine.floats("before.table").set(before.table);
    for (const [name, array] of before.whole) engine.whole(`before.${name}`).set(array);
    engine.call("touched", { n: lanes });
    return Number(engine.whole("found")[0]);
  }

  /**
   * Mark the inputs that were worked out last, as those of a lane, in steps before `until`.
   * @returns The first step in which they are not as marked before; `until` where they are, or
   *   where they are marked now.
   */
  private mark(lane: number, until: number, now: boolean): number {
    const table = this.engine.floats("into.table");
    const words = new Int32Array(table.buffer, table.byteOffset, 2 * table.length);
    const { differing, marks, width } = this;
    const many = differing.length;
    let to = 2 * lane * this.steps;
    for (let step = 0; step < until; step += 1, to += 2) {
      const start = step * width;
      // Two chains for each mark, for a processor works on several products at once.
      let [one, other] = START;
      let [next, last] = START;
      for (let k = 0; k < many; k += 2) {
        const at = 2 * (start + (differing[k] as number));
        one = (Math.imul(one, 0x01000193) + (words[at] as number)) | 0;
        other = (Math.imul(other, 0x5bd1e995) + (words[at + 1] as number)) | 0;
        if (k + 1 === many) break;
        const beside = 2 * (start + (differing[k + 1] as number));
        next = (Math.imul(next, 0x01000193) + (words[beside] as number)) | 0;
        last = (Math.imul(last, 0x5bd1e995) + (words[beside + 1] as number)) | 0;
      }
      one = (Math.imul(one, 0x9e3779b1) + next) | 0;
      other = (Math.imul(other, 0x85ebca6b) + last) | 0;
      if (now) {
        marks[to] = one;
        marks[to + 1] = other;
      } else if (marks[to] !== one || marks[to + 1] !== other) return step;
    }
    return until;
  }
}

/** Put the numbers of a lane's draw into tables. */
function put({ drawn, values, draws, chosen }: Given, lane: number): void {
  const draw = chosen[lane] as number;
  for (const { table, place, row, times, low, high } of drawn) {
    let value = values[row * draws + draw] as number;
    if (times !== null) value = Math.min(Math.max(value * times, low), high);
    table[place] = value;
  }
}
