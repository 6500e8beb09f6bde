// One history in one world, whole: its states, its acts, what moved whom, and who refused.

import type { Engine, Frame } from "../../../engine.mjs";
import type { Counted, Domain, OneRun, Refusing } from "../contract";
import type { Bringing } from "./bringing";
import { eventsOf, type Names } from "./events";
import { refuseFailed } from "./failing";
import { advanceHeld, type Held } from "./holding";
import type { Part } from "./past";
import type { Ask } from "./protocol";
import { NO_CHANGES, type Changes } from "./recipe";
import { thinnedCounts } from "./thinned";

/** In the order of `lab/terms.py`. */
export const TERMS = [
  ...["floor", "offset", "common_threat", "distraction", "entrapment"],
  ...["abandonment", "substitute", "complement", "capability"],
  ...["assets", "political", "operations", "spillback", "network", "missions"],
  ...["leader", "need", "slow"],
] as const;
const DOMAINS: readonly Domain[] = ["political", "operations", "equipment"];
const SIDES = ["state", "alliance"] as const;
const EACH = DOMAINS.length * TERMS.length; // terms of one who weighs
const EVENT = 8; // numbers of an event

/** Where numbers begin, from the arguments of the module's calls. */
function rowOf(frame: Frame, name: string): number {
  const found = (frame.calls["advance_block"] ?? []).find(
    (argument) => "number" in argument && argument.number === `rows.${name}`,
  );
  if (found === undefined || !("number" in found)) throw new Error(`the frame has no row ${name}`);
  return found.value;
}

/** Which history is told, in which world, and how its counts hang on those of the factual one. */
export interface Which {
  history: number;
  world: "factual" | "edited";
  counts: Counted;
}

/** Return one history in one world. */
export function oneRun(
  bringing: Bringing,
  ask: Ask,
  { history, world, counts }: Which,
  names: Names,
): OneRun {
  const past = bringing.of(ask);
  const draws = past.source.draws?.told.draws ?? null;
  const draw = draws === null ? null : history % draws;
  const part: Part = {
    numbers: Int32Array.of(history),
    draws: draw === null ? null : Int32Array.of(draw),
    block: draw ?? 0,
  };
  const watched = (changes: Changes): Watch => {
    past.ready(part, changes);
    const watch = new Watch(bringing.engine, names);
    watch.run(changes.holds);
    refuseFailed(bringing.engine, 1);
    return watch;
  };
  const thin = world === "edited" && counts === "thinning";
  const factual = thin ? watched(NO_CHANGES) : null;
  const watch = watched(world === "edited" ? ask.changes : NO_CHANGES);
  if (factual !== null) {
    const both = [factual.states, watch.states] as const;
    for (const [name, path] of thinnedCounts(past, part, ask.changes, both)) {
      watch.states.set(name, path);
    }
  }
  past.forget();
  return { history, world, ...watch.told(history) };
}

/** Looks at a run of one lane, quarter by quarter. */
class Watch {
  private readonly frame: Frame;
  private readonly steps: number;
  private readonly members: string[];
  /** All reported states by name, each by quarter. */
  readonly states = new Map<string, Float64Array>();
  private readonly terms: Float64Array[] = [];
  private readonly weights: Float64Array[];
  private readonly ratios: Float64Array[][];
  private readonly refusals: OneRun["refusals"] = [];

  constructor(
    private readonly engine: Engine,
    private readonly names: Names,
  ) {
    this.frame = engine.frame;
    this.steps = this.frame.shape["steps"] as number;
    this.members = names.members.map(({ name }) => name).sort();
    for (const name of Object.keys(this.frame.reported)) {
      this.states.set(name, new Float64Array(this.steps));
    }
    const make = (): Float64Array => new Float64Array(this.steps);
    this.weights = this.members.map(make);
    this.ratios = this.members.map(() => DOMAINS.map(make));
  }

  run(holds: readonly Held[]): void {
    const { engine } = this;
    for (let step = 0; step < this.steps; step += 1) {
      engine.floats("was").set(engine.floats("space.after"));
      advanceHeld(engine, holds, step, step + 1, 1);
      this.look(step);
      if (step > 0) {
        this.refused(step);
        engine.call("weigh_terms", { n: 1 });
      }
      this.terms.push(step > 0 ? this.lane("terms") : new Float64Array(0));
    }
  }

  /** Return the first lane of an array (row, lane). */
  private lane(name: string): Float64Array {
    const { lanes } = this.frame;
    const values = this.engine.floats(name);
    return Float64Array.from(
      { length: values.length / lanes },
      (_, row) => values[row * lanes] as number,
    );
  }

  private at(name: string, row: number): number {
    return this.engine.floats(name)[row * this.frame.lanes] as number;
  }

  private look(step: number): void {
    for (const [name, row] of Object.entries(this.frame.reported)) {
      (this.states.get(name) as Float64Array)[step] = this.at("space.after", row);
    }
    const [weight, ratio] = [rowOf(this.frame, "given_weight"), rowOf(this.frame, "ratio_member")];
    this.members.forEach((_, member) => {
      (this.weights[member] as Float64Array)[step] = this.at("space.now", weight + member);
      DOMAINS.forEach((_domain, domain) => {
        const found = this.at("space.after", ratio + DOMAINS.length * member + domain);
        (this.ratios[member]?.[domain] as Float64Array)[step] = found;
      });
    });
  }

  private state(name: string, step: number): number {
    return this.states.get(name)?.[step] ?? 0;
  }

  private refused(step: number): void {
    const { frame } = this;
    const items = this.names.items.map(({ name }) => name);
    const item = rowOf(frame, "fixed_item_tabled");
    const due = items.map((_, k) => this.at("ready.constants", item + k) === step);
    const before = this.state("rung", step - 1);
    const names = Object.keys(frame.reported);
    const many = this.members.length + 1;
    const who = (start: string): string[] => {
      const first = names.indexOf(`${start}${this.members[0]}`);
      return first < 0 ? [] : names.slice(first, first + many);
    };
    const put = (what: "rung" | "item", which: number, start: string, last: boolean): void => {
      const flags = who(start).map((name) => this.state(name, step) > 0);
      if (!flags.includes(true)) return;
      const rung = what === "rung" ? before : which;
      const demand = this.at("ready.constants", rowOf(frame, `fixed_${what}_demand`) + rung);
      const home =
        what === "rung"
          ? this.at("ready.constants", rowOf(frame, "fixed_rung_domestic_demand") + rung)
          : 0;
      const members = this.refusing(step, flags, demand, home, last);
      this.refusals.push({ step, what, which: what === "rung" ? before + 1 : which, members });
    };
    put("rung", 0, "refused_", !due.includes(true));
    items.forEach((name, k) => {
      if (due[k]) put("item", k, `refused_${name}_`, due.lastIndexOf(true) === k);
    });
  }

  /** Return who refused, and what tipped it; luck is known of the last that was asked in a quarter. */
  private refusing(
    step: number,
    flags: boolean[],
    demand: number,
    home: number,
    last: boolean,
  ): Refusing[] {
    const { engine, frame, members } = this;
    const formal = engine.floats("space.aside").length / frame.lanes - members.length;
    const spread = (name: string): number => this.spread(name);
    const lucks = engine.floats("space.lucks");
    const luck = (who: number, size: number): number =>
      last ? size * (lucks[who] as number) : Number.NaN;
    return flags.flatMap((refused, who): Refusing[] => {
      if (!refused) return [];
      if (who === members.length) {
        const opened = DOMAINS.map((domain) => this.state(`win_set_${domain}`, step - 1));
        const ratio = opened.reduce((total, part) => total + part, 0) / DOMAINS.length;
        const term = ratio < home ? "law" : "luck";
        const size = spread("domestic.ratification_spread");
        return [{ name: "state", term, ratio, demand: home, luck: luck(who, size) }];
      }
      const ratio = this.at("space.aside", formal + who);
      const reluctance = this.at("space.now", rowOf(frame, "given_reluctance") + who);
      let term = ratio >= demand ? "luck" : ratio + reluctance >= demand ? "reluctance" : "";
      if (term === "") term = this.lowest(step, who, flags);
      const size = spread("council.spread");
      return [{ name: members[who] as string, term, ratio, demand, luck: luck(who, size) }];
    });
  }

  private spread(path: string): number {
    const { array, place } = this.engine.number(path);
    return this.engine.floats(array)[place] as number;
  }

  /** Return the political term of a member that lies furthest below the mean of those who agreed. */
  private lowest(step: number, who: number, flags: boolean[]): string {
    const terms = this.terms[step - 1];
    if (terms === undefined || terms.length === 0) return "floor";
    const of = (member: number, term: number): number =>
      terms[(2 + member) * EACH + term] as number;
    const inside = this.members
      .map((_, member) => member)
      .filter((member) => {
        return (this.weights[member]?.[step] ?? 0) > 0;
      });
    const yes = inside.filter((member) => !flags[member]);
    const others = yes.length > 0 ? yes : inside;
    const below = TERMS.map((_, term) => {
      const mean = others.reduce((sum, member) => sum + of(member, term), 0) / others.length;
      return of(who, term) - mean;
    });
    return TERMS[below.indexOf(Math.min(...below))] ?? "floor";
  }

  told(history: number): Omit<OneRun, "history" | "world"> {
    const states = Object.fromEntries(this.states);
    const terms = SIDES.flatMap((side, who) =>
      DOMAINS.flatMap((domain, d) =>
        TERMS.map((term, t) => {
          const row = who * EACH + d * TERMS.length + t;
          const values = Float64Array.from(this.terms, (found, step) => {
            const first = this.terms[1]?.[row] ?? 0;
            return step === 0 ? first : (found[row] as number);
          });
          return { side, domain, term, values };
        }),
      ),
    );
    return {
      states,
      events: this.events(history),
      terms,
      members: this.members.map((name, member) => ({
        name,
        weight: this.weights[member] as Float64Array,
        ratios: this.ratios[member] as Float64Array[],
      })),
      refusals: this.refusals,
    };
  }

  private events(history: number): OneRun["events"] {
    const { engine, frame, steps } = this;
    const names = Object.keys(frame.reported);
    const values = engine.floats("run.values");
    names.forEach((name, k) => {
      const path = this.states.get(name) as Float64Array;
      for (let step = 0; step < steps; step += 1) {
        values[step * names.length + k] = path[step] as number;
      }
    });
    engine.whole("run.key").set(engine.whole("asked.key"));
    engine.whole("run.number")[0] = BigInt(history);
    engine.call("mark_events");
    const rows = engine.floats("run.events").slice();
    const told = Math.min(Number(engine.whole("run.told")[0]), rows.length / EVENT);
    const run = { time: frame.time, rows, told, states: Object.fromEntries(this.states) };
    return eventsOf(run, this.names);
  }
}
