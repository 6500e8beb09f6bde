// Histories in a worker: parameters, slow noise and all that decides acts, kept to be run again.
//
// A part is up to 64 histories that are run side by side. Given the record, a draw's uniforms are
// abducted by the module, as `Histories.of_posterior` does; with fresh noise all comes by key.

import type { Engine } from "../../../engine.mjs";
import { Columns, type Filled, type World } from "./columns";
import type { CarriedRecord, Draws } from "./draws";
import { refuseFailed } from "./failing";
import { advanceHeld, firstHeld } from "./holding";
import { passed, type Fold } from "./outcome";
import { floatsOf, wholeOf } from "./packed";
import { NO_CHANGES, type Changes } from "./recipe";

const APART = 16; // quarters from one kept state to the next, where nobody says which to keep
const SUMMARIES = "kept.summaries";
const TOGETHER = 8; // steps whose uniforms are brought at once: as many as a line of the cache

/** Some histories: their numbers, by which noise goes, and their draws. */
export interface Part {
  numbers: Int32Array;
  /** Null where lanes have the numbers of the scenario. */
  draws: Int32Array | null;
  /** Parts with equal draws share their columns. */
  block: number;
}

interface Kept {
  step: number;
  state: Float64Array[];
  summaries: Float64Array;
}

/** What is kept of a part in the factual world. */
interface Done {
  /** How many histories; the last part of an asking may be shorter than that of another. */
  many: number;
  /**
   * Uniforms of what decides acts, array (some steps, lane, channel, step of those); null where they
   * come by key.
   */
  given: Float64Array | null;
  /** Array (lane, step, state). */
  paths: Float64Array;
  kept: Kept[];
  outcome: Float64Array;
}

/** Both worlds of a part, arrays (lane, step, state) and (lane,). */
export interface Twins {
  touched: number;
  factual: Float64Array;
  edited: Float64Array;
  outcome: { factual: Float64Array; edited: Float64Array };
}

/** Where parameters and noise come from. */
export interface Source {
  /** Numbers of the recipe that the theory sets, by path. */
  base: Record<string, number>;
  draws: Draws | null;
  /** The record that histories come to; null for fresh noise. */
  record: CarriedRecord | null;
  seed: bigint;
}

export class Past {
  readonly steps: number;
  private readonly lanes: number;
  private readonly slow: number;
  private readonly normals: Float64Array | null;
  private readonly worlds = new Map<number, World>();
  private readonly done = new Map<number, Done>();
  /** Slow noise by block, array (step, channel, lane). */
  private readonly noise = new Map<number, Float64Array>();
  private fold: Fold | null = null;
  /** What the memory is filled with, and whether that was compared with the factual world. */
  private filled: (Filled & { block: number; changes: Changes; compared: boolean }) | null = null;

  constructor(
    readonly engine: Engine,
    readonly columns: Columns,
    readonly source: Source,
    /** Steps before which the factual world is kept, rising; edited ones go on from there. */
    private readonly stops: readonly number[] = [],
  ) {
    const { shape, lanes } = engine.frame;
    this.steps = shape["steps"] as number;
    this.lanes = lanes;
    this.slow = source.draws?.told.channels.length ?? 0;
    this.normals = source.record === null ? null : this.quantiles();
    if (source.record !== null) this.hold(source.record);
  }

  /** Say what is folded of each history. */
  ask(fold: Fold): void {
    if (this.fold !== null && JSON.stringify(fold) === JSON.stringify(this.fold)) return;
    this.fold = fold;
    this.bringFold();
    for (const done of this.done.values()) {
      done.kept = [];
      done.outcome = new Float64Array(0);
    }
  }

  /** Go on after other histories were brought by the same engine. */
  resume(): void {
    this.filled = null;
    this.bringFold();
    if (this.source.record !== null) this.hold(this.source.record);
  }

  private bringFold(): void {
    const { engine, fold } = this;
    if (fold === null) return;
    const row = [fold.how, fold.comparison, fold.row, fold.start, fold.stop];
    engine.replace("kept.folds", [1, 5], row);
    engine.replace("kept.thresholds", [1], [fold.threshold]);
    engine.reshape(SUMMARIES, [1, this.lanes]);
  }

  /** Bring a part in both worlds. */
  twins(part: Part, changes: Changes): Twins {
    const { touched, outcome } = this.parted(part, changes);
    const { paths } = this.factual(part);
    if (touched >= this.steps) return { touched, factual: paths, edited: paths, outcome };
    const edited = this.keptPaths(part).slice();
    const each = this.engine.frame.states.length;
    for (let lane = 0; lane < part.numbers.length && touched > 0; lane += 1) {
      const start = lane * this.steps * each;
      edited.set(paths.subarray(start, start + touched * each), start);
    }
    return { touched, factual: paths, edited, outcome };
  }

  /** Bring a part in both worlds, and leave the paths of the edited one where they are kept. */
  parted(part: Part, changes: Changes): Omit<Twins, "factual" | "edited"> {
    const fact = this.factual(part);
    const many = part.numbers.length;
    const touched = this.firstTouched(part, changes);
    if (touched >= this.steps) {
      return { touched, outcome: { factual: fact.outcome, edited: fact.outcome } };
    }
    const from = fact.kept.findLast((kept) => kept.step <= touched);
    const first = from?.step ?? 0;
    this.bringNoise(part, fact, first);
    this.engine.begin();
    if (from !== undefined) {
      this.engine.takeUp(from.state);
      this.engine.floats(SUMMARIES).set(from.summaries);
    }
    this.advance(changes, first, this.steps, many);
    return { touched, outcome: { factual: fact.outcome, edited: this.outcomes(many) } };
  }

  /** Return paths of a part in the factual world. */
  pathsOfFact(part: Part): Float64Array {
    return this.factual(part).paths;
  }

  /**
   * Return paths of a part that was brought last, as they are kept: those of the edited world from
   * the quarter on that is touched, of no use once anything else is brought.
   */
  keptPaths(part: Part): Float64Array {
    const each = this.steps * this.engine.frame.states.length;
    return this.engine.floats("kept.trajectories").subarray(0, part.numbers.length * each);
  }

  /** Fill in a world for a part and bring its noise; lanes are then before the first quarter. */
  ready(part: Part, changes: Changes): void {
    const done = this.factual(part);
    this.fill(part, changes);
    this.bringNoise(part, done);
    this.engine.begin();
  }

  /**
   * Fill in the edited world of a part; return the first quarter that the edits touch. Inputs that
   * differ by history are there from where the factual world is kept before that quarter.
   */
  firstTouched(part: Part, changes: Changes): number {
    const { kept } = this.factual(part);
    const held = firstHeld(changes.holds, this.steps);
    const { block } = part;
    let filled = this.filled;
    if (filled?.block !== block || filled.changes !== changes || !filled.compared) {
      const world = this.worlds.get(block) as World;
      const against = { world, stops: kept.map(({ step }) => step), most: held };
      const { base, draws } = this.source;
      const found = this.columns.fill(base, changes, draws, part.draws, against);
      this.filled = filled = { ...found, block, changes, compared: true };
    }
    return Math.min(held, filled.touched);
  }

  /** Constants of the factual world, array (number, lane). */
  constantsOfFact(part: Part): Float64Array {
    this.factual(part);
    return (this.worlds.get(part.block) as World).constants;
  }

  /**
   * Bring a part in the factual world up to, and without, a step, from a state that is kept.
   * @param before The last step before which that state may be.
   */
  until(part: Part, first: number, before = first): void {
    this.ready(part, NO_CHANGES);
    const from = this.factual(part).kept.findLast((kept) => kept.step <= before);
    if (from !== undefined) {
      this.engine.takeUp(from.state);
      this.engine.floats(SUMMARIES).set(from.summaries);
    }
    const start = from?.step ?? 0;
    if (start < first) this.engine.advance(start, first, part.numbers.length);
  }

  /** Bring quarters of a world that is filled in, and hold in each what it holds. */
  advance({ holds }: Changes, first: number, last: number, many: number): void {
    advanceHeld(this.engine, holds, first, last, many);
  }

  /** Fill in another world; lanes stay where they are. */
  takeWorld(part: Part, changes: Changes): void {
    this.fill(part, changes);
  }

  /** From now on draw by another seed what decides acts, and slow noise unless that is kept. */
  drawAnew(part: Part, seed: bigint, keepSlow: boolean): void {
    this.name(part, seed);
    this.takeNone();
    if (!keepSlow) this.engine.reshape("differing.normals", [0, 0, 0]);
  }

  /** Outcome of each history of a part in the factual world. */
  outcomesOfFact(part: Part): Float64Array {
    return this.factual(part).outcome;
  }

  /** Keep nothing of what was brought. */
  forget(): void {
    this.done.clear();
    this.noise.clear();
    this.worlds.clear();
  }

  /** Return what is kept of a part in the factual world, brought if it has not been. */
  private factual(part: Part): Done {
    const key = part.numbers[0] as number;
    const many = part.numbers.length;
    let before = this.done.get(key);
    if (before !== undefined && before.many !== many) {
      before = undefined;
      this.filled = null;
      this.worlds.delete(part.block);
    }
    if (before !== undefined && before.outcome.length > 0) return before;
    this.fill(part, NO_CHANGES);
    if (!this.worlds.has(part.block)) this.worlds.set(part.block, this.columns.world());
    const given = before?.given ?? (this.source.record === null ? null : this.abducted(part));
    const done: Done = {
      many,
      given,
      paths: new Float64Array(0),
      kept: [],
      outcome: new Float64Array(0),
    };
    this.bringNoise(part, done);
    this.engine.begin();
    let step = 0;
    for (const stop of [...this.keeping(), this.steps]) {
      this.engine.advance(step, stop, many);
      step = stop;
      if (step === this.steps) break;
      const summaries = this.engine.floats(SUMMARIES).slice();
      done.kept.push({ step, state: this.engine.state(), summaries });
    }
    done.paths = this.keptPaths(part).slice();
    done.outcome = this.outcomes(many);
    this.done.set(key, done);
    return done;
  }

  /** Return before which steps the factual world is kept. */
  private keeping(): number[] {
    const asked = this.stops.filter((stop) => stop > 0 && stop < this.steps);
    if (asked.length > 0) return asked;
    return Array.from({ length: Math.ceil(this.steps / APART) - 1 }, (_, k) => (k + 1) * APART);
  }

  /** Fill in all of a world, unless it is. */
  private fill(part: Part, changes: Changes): void {
    const { block } = part;
    const { filled } = this;
    if (filled?.block === block && filled.changes === changes && filled.from === 0) return;
    const { base, draws } = this.source;
    const found = this.columns.fill(base, changes, draws, part.draws, null);
    this.filled = { ...found, block, changes, compared: false };
  }

  /** Outcome of each lane, once all quarters are brought; refused if one of them failed. */
  outcomes(many: number): Float64Array {
    const fold = this.fold;
    if (fold === null) throw new Error("no outcome is asked for");
    refuseFailed(this.engine, many);
    return Float64Array.from(this.engine.floats(SUMMARIES).subarray(0, many), (folded) =>
      passed(fold, folded),
    );
  }

  /** Say whose noise it is, and bring what does not come by key, normals from a quarter on. */
  private bringNoise(part: Part, done: Done, first = 0): void {
    const { engine } = this;
    this.name(part);
    engine.reshape("history.rung", [0]);
    engine.reshape("evaluated.uniforms", [0, 0, 0]);
    const { given, many } = done;
    if (given === null) {
      this.takeNone();
      engine.reshape("differing.normals", [0, 0, 0]);
      return;
    }
    this.bringNormals(part, first);
    const channels = engine.frame.channels.length;
    const { slow } = this;
    const kept = (channels - slow) * TOGETHER;
    engine.reshape("asked.given", [this.lanes, channels, TOGETHER]);
    engine.supply = (step) => {
      const start = step - (step % TOGETHER);
      const room = engine.floats("asked.given");
      let from = start * (channels - slow) * many;
      let to = slow * TOGETHER;
      for (let lane = 0; lane < many; lane += 1, from += kept, to += channels * TOGETHER) {
        room.set(given.subarray(from, from + kept), to);
      }
      engine.begins("asked.given", start);
      return start + TOGETHER;
    };
  }

  /** Let all that decides acts come by key. */
  private takeNone(): void {
    this.engine.supply = null;
    this.engine.reshape("asked.given", [0, 0, 0]);
  }

  private name(part: Part, seed = this.source.seed): void {
    const { engine } = this;
    engine.ask(seed, 0);
    const runs = engine.whole("asked.runs");
    part.numbers.forEach((number, lane) => {
      runs[lane] = BigInt(number);
    });
  }

  private bringNormals(part: Part, first = 0): void {
    const { draws } = this.source;
    if (draws === null || this.normals === null || part.draws === null) return;
    this.engine.reshape("differing.normals", [this.steps, this.slow, this.lanes]);
    const known = this.noise.get(part.block) ?? this.normalsOf(draws, part.draws, this.normals);
    this.noise.set(part.block, known);
    const from = first * this.slow * this.lanes;
    this.engine.floats("differing.normals").set(known.subarray(from), from);
  }

  private normalsOf(draws: Draws, chosen: Int32Array, table: Float64Array): Float64Array {
    const { lanes } = this;
    const each = this.steps * this.slow;
    const found = new Float64Array(each * lanes);
    for (let lane = 0; lane < lanes; lane += 1) {
      const from = (chosen[lane] ?? (chosen[0] as number)) * each;
      for (let k = 0; k < each; k += 1) {
        found[k * lanes + lane] = table[draws.ranks[from + k] as number] as number;
      }
    }
    return found;
  }

  /** Return the normal that each rank of slow noise stands for, worked out by the module. */
  private quantiles(): Float64Array {
    const ranks = this.engine.floats("ranks");
    for (let rank = 0; rank < ranks.length; rank += 1) ranks[rank] = rank;
    this.engine.call("normals_of_ranks", { levels: ranks.length });
    return this.engine.floats("ranks").slice();
  }

  /** Lay out the record, and room for what is worked out of it. */
  private hold(record: CarriedRecord): void {
    const { engine, lanes, steps } = this;
    const channels = engine.frame.channels.length;
    const first = this.source.draws?.told.channels ?? [];
    if (first.some((name, k) => engine.frame.channels[k] !== name)) {
      throw new Error("the draws have other channels of slow noise than the frame");
    }
    for (const [name, packed] of Object.entries(record.arrays)) {
      if (name === "seen.numbers") continue;
      const read = packed.kind === "int64" ? wholeOf : floatsOf;
      engine.replace(name, packed.shape, read(packed, `the record's ${name}`));
    }
    const numbers = record.arrays["seen.numbers"];
    if (numbers !== undefined) engine.reshape("seen.numbers", [numbers.shape[0] as number, lanes]);
    engine.reshape("evaluated.forced", [channels, lanes]);
    engine.reshape("evaluated.shares", [record.shares, lanes]);
    engine.reshape("evaluated.answers", [(engine.frame.shape["members"] as number) + 1]);
    engine.reshape("evaluated.law_uniforms", [lanes, record.dated.length, steps]);
    const halves = engine.whole("asked.channels").slice();
    engine.reshape("keyed.channels", [2, record.dated.length]);
    engine.reshape("keyed.uniforms", [lanes, record.dated.length, steps]);
    const keyed = engine.whole("keyed.channels");
    record.dated.forEach((channel, k) => {
      keyed[k] = halves[channel] as bigint;
      keyed[record.dated.length + k] = halves[channels + channel] as bigint;
    });
  }

  /** Return uniforms with which a part comes to the record, array (lane, channel, step). */
  private abducted(part: Part): Float64Array {
    const { engine, steps, lanes } = this;
    const { record } = this.source;
    if (record === null) throw new Error("there is no record to come to");
    const many = part.numbers.length;
    const channels = engine.frame.channels.length;
    this.bringNormals(part);
    this.name(part);
    this.bringObservation(part, record);
    this.takeNone();
    engine.call("draw_uniforms", { n: many, steps });
    engine.floats("evaluated.law_uniforms").set(engine.floats("keyed.uniforms"));
    engine.reshape("history.rung", [steps]);
    engine.reshape("evaluated.uniforms", [lanes, channels, steps]);
    engine.floats("evaluated.parts").fill(0);
    engine.whole("evaluated.impossible").fill(-1n);
    engine.begin();
    engine.call("advance_block", { first: 0, last: steps, n: many, ...record.numbers });
    const found = engine.floats("evaluated.uniforms");
    const laws = engine.floats("evaluated.law_uniforms");
    const kept = channels - this.slow;
    const given = new Float64Array(many * kept * TOGETHER * Math.ceil(steps / TOGETHER));
    const put = (from: Float64Array, at: number, lane: number, channel: number): void => {
      for (let step = 0; step < steps; step += TOGETHER) {
        const to = step * kept * many + (lane * kept + channel) * TOGETHER;
        const last = Math.min(TOGETHER, steps - step);
        for (let k = 0; k < last; k += 1) given[to + k] = from[at + step + k] as number;
      }
    };
    for (let lane = 0; lane < many; lane += 1) {
      for (let channel = 0; channel < kept; channel += 1) {
        put(found, (lane * channels + this.slow + channel) * steps, lane, channel);
      }
      record.dated.forEach((channel, k) => {
        put(laws, (lane * record.dated.length + k) * steps, lane, channel - this.slow);
      });
    }
    return given;
  }

  /** Bring how acts come to be recorded: numbers of the scenario, and of draws where they differ. */
  private bringObservation(part: Part, record: CarriedRecord): void {
    const { engine, lanes } = this;
    const { draws } = this.source;
    const usual = record.arrays["seen.numbers"];
    if (draws === null || part.draws === null || usual === undefined) return;
    const column = floatsOf(usual, "the record's seen.numbers");
    const room = engine.floats("seen.numbers");
    column.forEach((value, row) => room.fill(value, row * lanes, (row + 1) * lanes));
    draws.told.observed.rows.forEach((row, k) => {
      for (let lane = 0; lane < lanes; lane += 1) {
        const draw = part.draws?.[lane] ?? (part.draws?.[0] as number);
        room[row * lanes + lane] = draws.observed[k * draws.told.draws + draw] as number;
      }
    });
    const kinds = engine.whole("seen.kinds");
    record.pulls.forEach((row, k) => {
      const pulled = room.subarray(row * lanes, (row + 1) * lanes).some((value) => value !== 0);
      kinds[2 * k + 1] = BigInt(pulled);
    });
  }
}
