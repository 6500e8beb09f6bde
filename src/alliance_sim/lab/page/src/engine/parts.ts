// Which histories are run side by side.

import type { Part } from "./past";

/** Return parts of a posterior's histories: the first set of uniforms of all draws comes first. */
export function ofPosterior(draws: number, sets: number, lanes: number): Part[] {
  const blocks = Math.ceil(draws / lanes);
  return Array.from({ length: blocks * sets }, (_, k) => {
    const [set, block] = [Math.floor(k / blocks), k % blocks];
    const first = block * lanes;
    const many = Math.min(lanes, draws - first);
    return {
      numbers: Int32Array.from({ length: many }, (_, lane) => set * draws + first + lane),
      draws: Int32Array.from({ length: many }, (_, lane) => first + lane),
      block,
    };
  });
}

/** Return parts of runs with fresh noise: run r has draw r modulo their number. */
export function ofRuns(draws: number | null, runs: number, lanes: number): Part[] {
  return Array.from({ length: Math.ceil(runs / lanes) }, (_, block) => {
    const first = block * lanes;
    const many = Math.min(lanes, runs - first);
    return {
      numbers: Int32Array.from({ length: many }, (_, lane) => first + lane),
      draws:
        draws === null
          ? null
          : Int32Array.from({ length: many }, (_, lane) => (first + lane) % draws),
      block: draws === null ? 0 : block,
    };
  });
}
