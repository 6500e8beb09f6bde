// Draws of a posterior and the record that they were fitted to, as `lab/carried_draws.py` packs them.

import { floatsOf, ranksOf, type Packed } from "./packed";

export interface CarriedRecord {
  name: string;
  arrays: Record<string, Packed>;
  numbers: Record<string, number>;
  /** Channels of laws whose dates are inputs, in the order of `seen.dated`. */
  dated: number[];
  /** Rows of `seen.numbers` that say whether assets pull the weight of a kind. */
  pulls: number[];
  shares: number;
}

export interface CarriedTheory {
  theory: string;
  label: string;
  draws: number;
  until: number;
  /** Paths of the recipe's numbers that differ by draw. */
  paths: string[];
  ranges: [number, number][];
  values: Packed;
  ranks: Packed;
  /** Names of the channels of slow noise. */
  channels: string[];
  observed: { rows: number[]; values: Packed };
  /** Numbers of the recipe that the theory sets, by path. */
  base: Record<string, number>;
}

export interface CarriedDraws {
  record: CarriedRecord;
  /** Numbers of a row of inputs that may differ by draw. */
  inputs: number[];
  /** Those that are worked out with them. */
  filled: number[];
  theories: Record<string, CarriedTheory>;
}

/** A theory's draws as arrays. */
export interface Draws {
  told: CarriedTheory;
  /** Array (path, draw). */
  values: Float64Array;
  /** Array (draw, step, channel). */
  ranks: Uint16Array;
  /** Array (row, draw). */
  observed: Float64Array;
}

export function drawsOf(told: CarriedTheory): Draws {
  const what = `draws of ${told.theory}`;
  return {
    told,
    values: floatsOf(told.values, what),
    ranks: ranksOf(told.ranks, what),
    observed: floatsOf(told.observed.values, what),
  };
}
