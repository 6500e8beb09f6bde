// Which histories are run side by side.

import type { Part } from "./past";

/**
 * Return parts of a posterior's histories: all sets of uniforms of some draws, then those of others,
 * so that a world with the numbers of these draws is filled in once.
 */
export function ofPosterior(draws: number, sets: number, lanes: number): Part[] {
  const blocks = Math.ceil(draws / lanes);
  return Array.from({ length: blocks * sets }, (_, k) => {
    const [block, set] = [Math.floor(k / sets), k % sets];
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

/**
 * Return the parts that one of several workers brings. Whole blocks go round; what is left over is
 * shared out part by part, so that all have as much to do.
 */
export function shared(parts: Part[], mine: number, of: number): Part[] {
  const blocks = new Set(parts.map(({ block }) => block)).size;
  const whole = blocks - (blocks % of);
  let left = 0;
  return parts.filter(({ block }) => (block < whole ? block : left++) % of === mine);
}
