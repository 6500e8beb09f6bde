// What the page and its workers say to each other.

import type { Frame } from "../../../engine.mjs";
import type { Kept } from "../contract";
import type { Coupling, OneRun } from "../contract";
import type { AnewOutcomes } from "./anew";
import type { CarriedRecord, CarriedTheory } from "./draws";
import type { Names } from "./events";
import type { Which } from "./one";
import type { Fold } from "./outcome";
import type { Changes } from "./recipe";

/** First word to a worker. */
export interface Start {
  kind: "start";
  module: WebAssembly.Module;
  frame: Frame;
  record: CarriedRecord | null;
  inputs: number[];
  filled: number[];
  /** Steps before which factual histories are kept: edits touch these first. */
  stops?: number[];
}

/** Draws of a theory, sent once. */
export interface Theory {
  kind: "theory";
  told: CarriedTheory;
}

/** Histories to bring, part by part; each asking ends the one before. */
export interface Ask {
  kind: "ask";
  id: number;
  theory: string;
  /** Numbers of the recipe that the theory sets, by path. */
  base: Record<string, number>;
  noise: "posterior" | "fresh";
  /** Sets of uniforms a draw, or runs. */
  runs: number;
  seed: string;
  changes: Changes;
  fold: Fold;
  /** Which parts are this worker's: those whose block gives this rest. */
  share: { mine: number; of: number };
  /** Whether the paths of the factual world are wanted again. */
  factual: boolean;
  /** Whether it is asked beside what is shown. */
  beside: boolean;
  /**
   * Outcomes alone, under another coupling, which draws noise anew from a step on if it draws any;
   * null for twins on the same noise.
   */
  anew: { coupling: Exclude<Coupling, "quantile">; first: number } | null;
}

/** Parts that have come in. */
export interface Came {
  kind: "came";
  id: number;
  parts: Brought[];
}

/** A part in both worlds. Paths are arrays (quarter, lane), by kept state. */
export interface Brought {
  /** Numbers of the histories. */
  numbers: Int32Array;
  /** Draw of each; -1 where there is none. */
  draws: Int32Array;
  touched: number;
  factual: Record<Kept, Float64Array> | null;
  /** From the first quarter touched on. */
  edited: Record<Kept, Float64Array>;
  outcome: { factual: Float64Array; edited: Float64Array };
}

/** Outcomes of a part under another coupling. */
export interface Redrawn {
  kind: "redrawn";
  id: number;
  numbers: Int32Array;
  draws: Int32Array;
  outcome: AnewOutcomes;
}

export interface Ended {
  kind: "ended";
  id: number;
}

/** One history in one world, whole; it ends nothing that is under way. */
export interface One {
  kind: "one";
  id: number;
  ask: Ask;
  which: Which;
  names: Names;
}

export interface OneTold {
  kind: "told";
  id: number;
  run: OneRun;
}

export interface Failed {
  kind: "failed";
  id: number;
  problem: string;
}

export type ToWorker = Start | Theory | Ask | One;
export type FromWorker = OneTold | Came | Redrawn | Ended | Failed;
