// Couplings under which noise is drawn anew from the first quarter that an edit touches: what decides
// acts ("redraw_after"), or slow noise as well ("independent"). As `counterfactual.worlds` does it.

import type { Engine } from "../../../engine.mjs";
import type { Coupling } from "../contract";
import { freshSeed } from "./fresh_seed";
import type { Part, Past } from "./past";
import { NO_CHANGES, type Changes } from "./recipe";

export type Anew = Extract<Coupling, "redraw_after" | "independent">;

/** Outcomes of a part, by history. */
export interface AnewOutcomes {
  factual: Float64Array;
  edited: Float64Array;
  /** Of the factual world with all drawn anew; null unless everything is. */
  anew: Float64Array | null;
}

/** Bring a part's twins with noise that is drawn anew from a step on. */
export function drawnAnew(
  past: Past,
  part: Part,
  changes: Changes,
  coupling: Anew,
  first: number,
): AnewOutcomes {
  const seed = freshSeed(past.source.seed, coupling);
  const again = (world: Changes): Float64Array => {
    past.until(part, first);
    const state = past.engine.state();
    const drawn = leadersDrawn(past.engine);
    past.takeWorld(part, world);
    past.drawAnew(part, seed, coupling === "redraw_after");
    if (first > 0) {
      past.engine.takeUp(state);
      if (world !== NO_CHANGES) drawLeaders(past.engine, part, seed, drawn);
    }
    past.advance(world, first, past.steps, part.numbers.length);
    return past.outcomes(part.numbers.length);
  };
  return {
    factual: past.outcomesOfFact(part),
    edited: again(changes),
    anew: coupling === "independent" ? again(NO_CHANGES) : null,
  };
}

/** Return which leaders the world in the memory draws. */
function leadersDrawn(engine: Engine): boolean[] {
  const effects = engine.whole("drawable.leaders");
  const [acting, places] = [engine.floats("settled.acting"), engine.floats("into.drawn_at")];
  const each = acting.length / places.length;
  return Array.from(effects, Number).map(
    (effect) => (acting[effect * each] as number) > 0 && (places[effect] as number) >= 0,
  );
}

/** Draw leaders whom the factual world does not draw. */
function drawLeaders(engine: Engine, part: Part, seed: bigint, inFact: boolean[]): void {
  const { lanes, channels } = engine.frame;
  inFact.forEach((drawn, leader) => {
    if (drawn) return;
    const normals = normalsBy(engine, seed, part, channels.length - inFact.length + leader);
    engine.floats("space.drawn").set(normals, leader * lanes);
  });
}

/** Return the normal of each history in the first step of a channel, by key. */
function normalsBy(engine: Engine, seed: bigint, part: Part, channel: number): Float64Array {
  const channels = engine.frame.channels.length;
  const halves = engine.whole("asked.channels");
  const before = engine.place("keyed.channels").told.shape;
  const kept = engine.whole("keyed.channels").slice();
  const pair = [Number(halves[channel]), Number(halves[channels + channel])];
  engine.replace("keyed.channels", [2, 1], pair);
  const room = engine.place("keyed.uniforms").told.shape;
  engine.reshape("keyed.uniforms", [engine.frame.lanes, 1, 1]);
  engine.ask(seed, 0);
  part.numbers.forEach((number, lane) => {
    engine.whole("asked.runs")[lane] = BigInt(number);
  });
  engine.call("draw_uniforms", { n: part.numbers.length, steps: 1 });
  const uniforms = engine.floats("keyed.uniforms").slice(0, part.numbers.length);
  engine.replace("keyed.channels", before, Array.from(kept, Number));
  engine.reshape("keyed.uniforms", room);
  // With one level a rank of u - 1/2 lies in the middle of its interval at u, to the last bit.
  const levels = engine.place("ranks").told.shape;
  engine.replace(
    "ranks",
    [uniforms.length],
    uniforms.map((uniform) => uniform - 0.5),
  );
  engine.call("normals_of_ranks", { levels: 1 });
  const normals = engine.floats("ranks").slice();
  engine.reshape("ranks", levels);
  return normals;
}
