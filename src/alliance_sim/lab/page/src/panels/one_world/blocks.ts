// The terms of a partner's log benefit/cost ratio, and the blocks that they are drawn in.
import type { Domain, OneRun } from "../../contract";

export const SIDES = ["state", "alliance"] as const;
export type Side = (typeof SIDES)[number];
export const DOMAINS: readonly Domain[] = ["political", "operations", "equipment"];

/** Blocks by letter, in the order in which they are drawn, and the terms of `lab/terms.py` in each. */
export const BLOCKS = [
  { block: "start", terms: ["floor", "offset"] },
  { block: "threat", terms: ["common_threat"] },
  { block: "distraction", terms: ["distraction"] },
  { block: "entrapment", terms: ["entrapment"] },
  { block: "guarantor", terms: ["abandonment", "substitute", "complement", "capability"] },
  {
    block: "built",
    terms: ["assets", "political", "operations", "spillback", "network", "missions"],
  },
  { block: "leader", terms: ["leader"] },
  { block: "need", terms: ["need"] },
  { block: "slow", terms: ["slow"] },
] as const;
export type Block = (typeof BLOCKS)[number]["block"];
export const TERMS: readonly string[] = BLOCKS.flatMap(({ terms }) => terms as readonly string[]);

export interface Weighing {
  side: Side;
  domain: Domain;
  /** By term. */
  terms: Record<string, number>;
  /** By block. */
  blocks: Record<Block, number>;
  /** The log benefit/cost ratio: all terms added up. */
  ratio: number;
  /** The level that it would choose alone, as the model has it. */
  alone: number;
}

/** Return what each side weighs in each domain in a quarter; nothing in the first, which is given. */
export function weighings(run: OneRun, step: number): Weighing[] {
  if (step === 0) return [];
  const willing = statesOf(run, "willing_"); // the state's by domain, then the alliance's
  return SIDES.flatMap((side, one) =>
    DOMAINS.flatMap((domain, other) => {
      const own = run.terms.filter((one) => one.side === side && one.domain === domain);
      const terms: Record<string, number> = {};
      let ratio = 0;
      for (const { term, values } of own) {
        const value = values[step] ?? Number.NaN;
        terms[term] = value;
        ratio += value;
      }
      if (own.length === 0 || !Number.isFinite(ratio)) return [];
      const alone = run.states[willing[DOMAINS.length * one + other] ?? ""]?.[step] ?? Number.NaN;
      return [{ side, domain, terms, blocks: inBlocks(terms), ratio, alone }];
    }),
  );
}

function inBlocks(terms: Record<string, number>): Record<Block, number> {
  const found = {} as Record<Block, number>;
  for (const { block, terms: own } of BLOCKS) {
    found[block] = own.reduce((sum, term) => sum + (terms[term] ?? 0), 0);
  }
  return found;
}

/** Return how far bars reach below and above 0 in any quarter of a run. */
export function reach(run: OneRun): { low: number; high: number } {
  let [low, high] = [-1, 1];
  const steps = run.terms[0]?.values.length ?? 0;
  for (let step = 0; step < steps; step += 1) {
    for (const { blocks } of weighings(run, step)) {
      let [below, above] = [0, 0];
      for (const value of Object.values(blocks)) {
        if (value < 0) below += value;
        else above += value;
      }
      [low, high] = [Math.min(low, below), Math.max(high, above)];
    }
  }
  return { low, high };
}

export interface Moved {
  side: Side;
  domain: Domain;
  /** By how much the ratio changed. */
  by: number;
  term: string;
  /** By how much that term did. */
  through: number;
}

/** Return the decision that moved most between two quarters, and the term that moved it most. */
export function mostMoved(run: OneRun, from: number, until: number): Moved | null {
  const before = weighings(run, from);
  let found: Moved | null = null;
  for (const now of weighings(run, until)) {
    const was = before.find(({ side, domain }) => side === now.side && domain === now.domain);
    if (was === undefined) continue;
    const by = now.ratio - was.ratio;
    const changes = Object.entries(now.terms).map(
      ([term, value]) => [term, value - (was.terms[term] ?? 0)] as const,
    );
    // Of the terms that pushed the way the ratio went, the one that pushed most.
    const [term, through] = changes.reduce((one, other) =>
      other[1] * Math.sign(by) > one[1] * Math.sign(by) ? other : one,
    );
    if (found === null || Math.abs(by) > Math.abs(found.by)) {
      found = { side: now.side, domain: now.domain, by, term, through };
    }
  }
  return found === null || found.by === 0 ? null : found;
}

/** Return the names of states that begin so, as the model declares them. */
export function statesOf(run: OneRun, beginning: string): string[] {
  return Object.keys(run.states).filter((name) => name.startsWith(beginning));
}

/** Return the level that a member would choose alone, from its log benefit/cost. */
export function chosenAlone(ratio: number): number {
  return 1 / (1 + Math.exp(-ratio));
}
