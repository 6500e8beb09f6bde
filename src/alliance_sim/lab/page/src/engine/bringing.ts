// What a worker does: it keeps histories of what was asked last, and brings them under edits.

import { Engine } from "../../../engine.mjs";
import { KEPT, type Kept } from "../contract";
import { drawnAnew } from "./anew";
import { Columns } from "./columns";
import { drawsOf, type Draws } from "./draws";
import { Past, type Part } from "./past";
import { ofPosterior, ofRuns, shared } from "./parts";
import type { Ask, Brought, Redrawn, Start, Theory } from "./protocol";
import { Recipe } from "./recipe";
import { thinned } from "./thinned";

const MOST_KEPT = 2; // kinds of histories whose noise and states are kept

export class Bringing {
  readonly engine: Engine;
  private readonly columns: Columns;
  private readonly draws = new Map<string, Draws>();
  private readonly pasts = new Map<string, Past>();
  private last = "";
  /** Histories that are shown: they stay, whatever is asked beside them. */
  private shown = "";

  constructor(private readonly start: Start) {
    this.engine = new Engine(start.module, start.frame);
    this.columns = new Columns(this.engine, new Recipe(this.engine), start.inputs, start.filled);
  }

  take(theory: Theory): void {
    if (this.draws.has(theory.told.theory)) return;
    this.draws.set(theory.told.theory, drawsOf(theory.told));
  }

  /** Return the parts of what is asked that are this worker's. */
  parts(ask: Ask): Part[] {
    const { lanes } = this.engine.frame;
    const draws = this.draws.get(ask.theory)?.told.draws ?? null;
    const every =
      ask.noise === "posterior"
        ? ofPosterior(draws ?? 0, ask.runs, lanes)
        : ofRuns(draws, ask.runs, lanes);
    return shared(every, ask.share.mine, ask.share.of);
  }

  /** Return the histories of what is asked, those kept from before where they are the same. */
  of(ask: Ask): Past {
    const key = JSON.stringify([ask.theory, ask.noise, ask.seed, ask.base]);
    const known = this.pasts.get(key);
    const past =
      known ??
      new Past(
        this.engine,
        this.columns,
        {
          base: ask.base,
          draws: this.draws.get(ask.theory) ?? null,
          record: ask.noise === "posterior" ? this.start.record : null,
          seed: BigInt(ask.seed),
        },
        this.start.stops,
      );
    if (known === undefined || this.last !== key) {
      this.pasts.delete(key);
      this.pasts.set(key, past); // the last to be used stands last
      if (!ask.beside) this.shown = key;
      for (const other of this.pasts.keys()) {
        const needed = other === key || other === this.shown;
        if (this.pasts.size > MOST_KEPT && !needed) this.pasts.delete(other);
      }
      if (known !== undefined) past.resume();
      this.last = key;
    }
    past.ask(ask.fold);
    return past;
  }

  bring(ask: Ask, part: Part): Brought {
    const past = this.of(ask);
    const { touched, outcome } = past.parted(part, ask.changes);
    return {
      numbers: part.numbers,
      draws: part.draws ?? part.numbers.map(() => -1),
      touched,
      edited: this.byState(past.keptPaths(part), touched),
      factual: ask.factual ? this.byState(past.pathsOfFact(part), 0) : null,
      outcome,
    };
  }

  /** Bring outcomes of a part under another coupling. */
  redraw(ask: Ask, part: Part, { coupling, first }: NonNullable<Ask["anew"]>): Redrawn {
    const past = this.of(ask);
    const outcome =
      coupling === "thinning"
        ? thinned(past, part, ask.changes)
        : drawnAnew(past, part, ask.changes, coupling, first);
    const draws = part.draws ?? part.numbers.map(() => -1);
    return { kind: "redrawn", id: ask.id, numbers: part.numbers, draws, outcome };
  }

  /** Return paths (lane, quarter, state) as arrays (quarter, lane) by state, from a quarter on. */
  private byState(paths: Float64Array, first: number): Record<Kept, Float64Array> {
    const { frame } = this.engine;
    const each = frame.states.length;
    const steps = frame.shape["steps"] as number;
    const many = paths.length / (steps * each);
    const room = (steps - first) * many;
    const all = new Float64Array(KEPT.length * room); // one array to be handed over, not one a state
    const found = KEPT.map((name, k): [Kept, Float64Array] => {
      const place = frame.states.indexOf(name);
      const values = all.subarray(k * room, (k + 1) * room);
      for (let lane = 0; lane < many; lane += 1) {
        let from = (lane * steps + first) * each + place;
        for (let to = lane; to < values.length; to += many, from += each) {
          values[to] = paths[from] as number;
        }
      }
      return [name, values];
    });
    return Object.fromEntries(found) as Record<Kept, Float64Array>;
  }
}
