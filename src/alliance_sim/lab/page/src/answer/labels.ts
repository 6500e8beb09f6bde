// What may be said of an answer, as `counterfactual/labels.py` says it: one word, and why not a better.
import { LEAST } from "./estimates";
import { AMBER } from "./rewrite";
import { meanOf, sumOf, varianceOf } from "./sums";

const LEAST_WEIGHT = 0.05;
const SURE = 0.9;
const LEARNT = 0.9;
const MOST_BISTABLE = 0.1;
const MOST_AMBIGUITY = 0.5;

export type Sign = -1 | 0 | 1;
export type LabelName = "robust" | "theory-dependent" | "fragile" | "silent";

export interface Agreement {
  mean: number;
  low: number;
  high: number;
  sign: Sign;
  agreement: number;
  probability: number;
  against: number;
  ambiguity: number;
  /** Signs of theories that weigh more than 0.05. */
  signs: Record<string, Sign>;
  /** Mean effect of every theory that was asked. */
  means: Record<string, number>;
}

/** What else was tried; null, or nothing in it, says that it was not. */
export interface Checks {
  couplings: Record<string, number>;
  variants: Record<string, number>;
  sdRatio: number | null;
  /** Whether what carries the effect was looked for, and no number does. */
  byLuck: boolean;
  bistable: number | null;
  bits: number | null;
  sign: Sign;
  /** Theories that there are no draws of here. */
  missing: readonly string[];
}

/** A reason by key of `answer.reason`, with what its text is filled with. */
export interface Reason {
  key: string;
  given: Record<string, string | number | readonly string[]>;
  /** Whether it speaks of something that was not checked, not of something that was found. */
  unchecked: boolean;
}

export interface Label {
  name: LabelName;
  reasons: Reason[];
}

/** Return the sign of an effect; 0 where it is too small to be told. */
export function signOf(value: number): Sign {
  return Math.abs(value) < LEAST ? 0 : value > 0 ? 1 : -1;
}

/** Return how far theories agree on an effect, from its draws under each and what each weighs. */
export function agreementOf(
  effects: Record<string, ArrayLike<number>>,
  weights: Record<string, number>,
): Agreement {
  const names = Object.keys(effects);
  const total = sumOf(names.map((name) => weights[name] ?? 0));
  const w = names.map((name) => (weights[name] ?? 0) / total);
  const drawn = names.map((name) => effects[name] ?? []);
  const means = drawn.map((values) => meanOf(values));
  const dot = (values: readonly number[]): number =>
    values.reduce((so_far, value, place) => so_far + (w[place] ?? 0) * value, 0);
  // What all theories agree on lies between none of them, whatever rounding leaves.
  const mean = Math.min(Math.max(dot(means), Math.min(...means)), Math.max(...means));
  const between = dot(means.map((one) => (one - mean) ** 2));
  const within = dot(drawn.map((values) => varianceOf(values)));
  const signs = means.map(signOf);
  const weightOf = (sign: Sign): number => sumOf(w.filter((_, place) => signs[place] === sign));
  const order: readonly Sign[] = [1, -1, 0];
  const majority = order.reduce((best, sign) => (weightOf(sign) > weightOf(best) ? sign : best));
  const having = (sign: number): number => dot(drawn.map((values) => shareOf(values, sign)));
  const heavy = names.filter((_, place) => (w[place] ?? 0) > LEAST_WEIGHT);
  const ofHeavy = means.filter((_, place) => (w[place] ?? 0) > LEAST_WEIGHT);
  return {
    mean,
    low: Math.min(...ofHeavy),
    high: Math.max(...ofHeavy),
    sign: majority,
    agreement: weightOf(majority),
    probability: having(majority),
    against: majority === 0 ? 0 : having(-majority),
    ambiguity: between + within > 0 ? between / (between + within) : 0,
    signs: Object.fromEntries(heavy.map((name) => [name, signs[names.indexOf(name)] ?? 0])),
    means: Object.fromEntries(names.map((name, place) => [name, means[place] ?? 0])),
  };
}

function shareOf(values: ArrayLike<number>, sign: number): number {
  let count = 0;
  for (let draw = 0; draw < values.length; draw += 1) {
    if (signOf(values[draw] ?? 0) === sign) count += 1;
  }
  return count / values.length;
}

/** Return what may be said of an answer; the order of checks is that of the package. */
export function labelOf(agreed: Agreement, checks: Checks): Label {
  const groups: [LabelName, Reason[]][] = [
    ["silent", silent(checks)],
    ["fragile", coupled(checks)],
    ["theory-dependent", ofTheories(agreed, checks)],
    ["fragile", unsure(agreed, checks)],
  ];
  const name = groups.find(([, reasons]) => reasons.length > 0)?.[0] ?? "robust";
  return { name, reasons: groups.flatMap(([, reasons]) => reasons) };
}

function found(key: string, given: Reason["given"] = {}): Reason {
  return { key, given, unchecked: false };
}

function unchecked(key: string): Reason {
  return { key, given: {}, unchecked: true };
}

function turned(sign: Sign, effects: Record<string, number>): string[] {
  return Object.keys(effects).filter((name) => signOf(effects[name] ?? 0) !== sign);
}

function silent({ sdRatio }: Checks): Reason[] {
  return sdRatio !== null && sdRatio > LEARNT ? [found("silent", { ratio: sdRatio })] : [];
}

function coupled({ sign, couplings, bistable }: Checks): Reason[] {
  const reasons: Reason[] = [];
  const names = turned(sign, couplings);
  if (names.length > 0) reasons.push(found("coupling", { names }));
  if (bistable !== null && bistable > MOST_BISTABLE) {
    reasons.push(found("bistable", { share: bistable }));
  }
  return reasons;
}

function ofTheories(agreed: Agreement, { sign }: Checks): Reason[] {
  const reasons: Reason[] = [];
  const names = Object.keys(agreed.signs).filter((name) => agreed.signs[name] !== sign);
  if (names.length > 0) reasons.push(found("theory", { names }));
  if (agreed.ambiguity > MOST_AMBIGUITY) reasons.push(found("size", { share: agreed.ambiguity }));
  return reasons;
}

function unsure(agreed: Agreement, checks: Checks): Reason[] {
  const reasons: Reason[] = [];
  if (agreed.sign === 0 || agreed.probability <= SURE) {
    reasons.push(
      found(agreed.sign === 0 ? "no_sign" : "sign", {
        share: agreed.probability,
        against: agreed.against,
      }),
    );
  }
  const names = turned(checks.sign, checks.variants);
  if (names.length > 0) reasons.push(found("variant", { names }));
  if (checks.bits !== null && checks.bits > AMBER) {
    reasons.push(found("rewrite", { bits: checks.bits }));
  }
  if (Object.keys(agreed.means).length < 2) reasons.push(unchecked("one_theory"));
  if (checks.missing.length > 0) {
    reasons.push({ ...unchecked("missing"), given: { names: checks.missing } });
  }
  if (Object.keys(checks.couplings).length < 2) reasons.push(unchecked("no_couplings"));
  if (Object.keys(checks.variants).length === 0) reasons.push(unchecked("no_variants"));
  if (checks.sdRatio === null && !checks.byLuck) reasons.push(unchecked("no_prior"));
  if (checks.bistable === null) reasons.push(unchecked("no_bistable"));
  if (checks.bits === null) reasons.push(unchecked("no_rewrite"));
  return reasons;
}
