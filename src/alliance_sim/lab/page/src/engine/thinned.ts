// Counts of the edited world by thinning those of the factual one: `counterfactual/thinning.py`. Both
// worlds are brought with the states that counts are told from; the module thins and folds.

import type { Engine } from "../../../engine.mjs";
import type { Part, Past } from "./past";
import { NO_CHANGES, type Changes } from "./recipe";

const SERIES = ["political", "operations", "equipment", "institution"];
export const COUNTS = SERIES.map((name) => `count_${name}`);
/** In the order of `thinning.NEEDED`. */
export const NEEDED = [
  ...SERIES.slice(0, -1).map((name) => `level_${name}`),
  ...["assets_general", "assets_mission"],
  ...COUNTS,
];

/** Outcomes of a part, by history. */
export interface ThinnedOutcomes {
  factual: Float64Array;
  edited: Float64Array;
  anew: null;
}

/** Bring outcomes of a part with counts of the edited world thinned. */
export function thinned(past: Past, part: Part, changes: Changes): ThinnedOutcomes {
  const factual = past.outcomesOfFact(part);
  const first = past.firstTouched(part, changes);
  if (first >= past.steps) return { factual, edited: factual, anew: null };
  return keeping(past.engine, NEEDED, past.steps, () => {
    const { engine } = past;
    const many = part.numbers.length;
    past.until(part, first, first - 1);
    const [state, summaries] = [engine.state(), engine.floats("kept.summaries").slice()];
    past.advance(NO_CHANGES, first, past.steps, many);
    engine.reshape("thinned.factual", [...engine.place("kept.trajectories").told.shape]);
    engine.floats("thinned.factual").set(engine.floats("kept.trajectories"));
    past.takeWorld(part, changes);
    engine.takeUp(state);
    past.advance(changes, first, past.steps, many);
    engine.floats("before.constants").set(past.constantsOfFact(part));
    engine.floats("kept.summaries").set(summaries);
    engine.call("thin_counts", { first, n: many });
    return { factual, edited: past.outcomes(many), anew: null };
  });
}

/** A history in both worlds, all reported states by name. */
type Paths = ReadonlyMap<string, Float64Array>;

/** Return counts of the edited world, by name, of one history that is known in both worlds. */
export function thinnedCounts(
  past: Past,
  part: Part,
  changes: Changes,
  [factual, edited]: readonly [Paths, Paths],
): Map<string, Float64Array> {
  const { engine, steps } = past;
  const first = past.firstTouched(part, changes);
  if (first >= steps)
    return new Map(COUNTS.map((name) => [name, edited.get(name) as Float64Array]));
  past.ready(part, changes); // constants of the edited world, and whose noise it is
  engine.floats("before.constants").set(past.constantsOfFact(part));
  return keeping(engine, NEEDED, steps, () => {
    engine.reshape("thinned.factual", [...engine.place("kept.trajectories").told.shape]);
    const [one, other] = ["thinned.factual", "kept.trajectories"].map((name) =>
      engine.floats(name),
    );
    NEEDED.forEach((name, place) => {
      for (let step = 0, to = place; step < steps; step += 1, to += NEEDED.length) {
        (one as Float64Array)[to] = factual.get(name)?.[step] as number;
        (other as Float64Array)[to] = edited.get(name)?.[step] as number;
      }
    });
    engine.call("thin_counts", { first, n: 1 });
    const found = engine.floats("kept.trajectories");
    return new Map(
      COUNTS.map((name) => {
        const place = NEEDED.indexOf(name);
        const path = Float64Array.from(
          { length: steps },
          (_, step) => found[step * NEEDED.length + place] as number,
        );
        return [name, path];
      }),
    );
  });
}

/** Do something while other states are kept of each quarter. */
function keeping<T>(engine: Engine, names: readonly string[], steps: number, work: () => T): T {
  const { lanes, reported, states } = engine.frame;
  const keep = (kept: readonly string[]): void => {
    engine.replace(
      "kept.reported",
      [kept.length],
      kept.map((name) => reported[name] as number),
    );
    engine.reshape("kept.trajectories", [lanes, steps, kept.length]);
  };
  keep(names);
  try {
    return work();
  } finally {
    keep(states);
  }
}
