// Chronologies to be told apart, all in one form: acts of weight, by year, domain and kind. Small acts
// are left out, as many of them are in no list.
import type { OneRun, Payload, Series } from "../../contract";
import { SERIES } from "../../parts/acts";
import { timeOf } from "../../state/time";

const WEIGHTY = 2; // salience from which an act counts
const LEAST_ACTS = 10; // that a stretch of the record holds
const LEAST_YEARS = 4; // that it lasts

/** A stretch of time, its first and its last year. */
export type Years = readonly [first: number, last: number];

export interface Told {
  date: number;
  series: Series;
  kind: string;
  salience: number;
}

/** What can be counted in a chronology, by key of `guess.feature`. */
export const FEATURES = [
  "total",
  "first",
  "busiest",
  "quiet",
  "late",
  "political",
  "operations",
  "equipment",
  "institution",
] as const;
export type Feature = (typeof FEATURES)[number];
export type Features = Record<Feature, number | null>;

/** Return the record as a run would be told, null where there is none or too little of it. */
export function recordTold(payload: Payload): Told[] | null {
  const [first, last] = timeOf(payload);
  const known = new Set(payload.kinds.map(({ name, domain }) => `${domain}.${name}`));
  const found = (payload.record?.acts ?? []).filter(
    ({ date, series, kind, salience }) =>
      salience >= WEIGHTY && date >= first && date < last + 1 && known.has(`${series}.${kind}`),
  );
  return found.length === 0 ? null : sorted(found);
}

/** Return a simulated history as it would be coded: counted acts and formal steps. */
export function runTold({ events }: OneRun): Told[] {
  return sorted(
    events.filter(
      ({ what, salience }) => (what === "counted" || what === "climbed") && salience >= WEIGHTY,
    ),
  );
}

/**
 * Return the years of the record cut into stretches, one for each round: whoever has seen the record in
 * one of them does not know it in another. There is one where its acts are too few to be cut.
 */
export function stretchesOf(acts: readonly Told[], payload: Payload): Years[] {
  const [first, last] = timeOf(payload);
  const found: Years[] = [];
  let from = first;
  for (let year = first; year <= last; year += 1) {
    const enough = within(acts, [from, year]).length >= LEAST_ACTS;
    if (!enough || year - from + 1 < LEAST_YEARS) continue;
    found.push([from, year]);
    from = year + 1;
  }
  if (from > last) return found;
  const [begun] = found.pop() ?? [first]; // what is left over is too short for one of its own
  return [...found, [begun, last]];
}

/** Return the acts of a stretch. */
export function within(acts: readonly Told[], [first, last]: Years): Told[] {
  return acts.filter(({ date }) => date >= first && date < last + 1);
}

function sorted(acts: readonly Told[]): Told[] {
  return acts
    .map(({ date, series, kind, salience }) => ({ date, series, kind, salience }))
    .sort((one, other) => one.date - other.date);
}

/** Return what can be counted in the chronology of a stretch; null where there is nothing to count. */
export function featuresOf(acts: readonly Told[], [first, last]: Years): Features {
  const years = new Map<number, number>();
  for (const { date } of acts) {
    const year = Math.floor(date);
    years.set(year, (years.get(year) ?? 0) + 1);
  }
  const gaps = acts.slice(1).map(({ date }, place) => date - (acts[place]?.date ?? date));
  const late = last + 1 - (last + 1 - first) / 4;
  const of = (series: Series): number => acts.filter((act) => act.series === series).length;
  return {
    total: acts.length,
    first: acts[0] === undefined ? null : Math.floor(acts[0].date),
    busiest: acts.length === 0 ? null : Math.max(...years.values()),
    quiet: gaps.length === 0 ? null : Math.floor(Math.max(...gaps)),
    late: acts.filter(({ date }) => date >= late).length,
    ...(Object.fromEntries(SERIES.map((series) => [series, of(series)])) as Record<Series, number>),
  };
}

/** What the record holds beside what simulated histories hold; those farthest outside first. */
export interface Trace {
  feature: Feature;
  record: number;
  low: number;
  high: number;
  outside: boolean;
}

export function tracesOf(record: Features, simulated: readonly Features[]): Trace[] {
  const found = FEATURES.flatMap((feature) => {
    const mine = record[feature];
    const its = simulated.flatMap((one) => one[feature] ?? []);
    if (mine === null || its.length === 0) return [];
    const [low, high] = [Math.min(...its), Math.max(...its)];
    const beyond = Math.max(low - mine, mine - high) / (high - low + 1);
    return [{ feature, record: mine, low, high, outside: beyond > 0, beyond }];
  });
  return found
    .sort((one, other) => other.beyond - one.beyond)
    .map(({ beyond: _, ...trace }) => trace);
}

/** Return the Brier score of one guess among three: 0 at best, 2 at worst. */
export function brier(chosen: number, sure: number, real: number, many = 3): number {
  const rest = (1 - sure) / (many - 1);
  return Array.from({ length: many }, (_, place) => {
    const said = place === chosen ? sure : rest;
    return (said - (place === real ? 1 : 0)) ** 2;
  }).reduce((so_far, square) => so_far + square, 0);
}

/** Return acts by year, each kind with how often it came. */
export function byYear(acts: readonly Told[]): { year: number; kinds: [Told, number][] }[] {
  const years = new Map<number, Map<string, [Told, number]>>();
  for (const act of acts) {
    const year = Math.floor(act.date);
    const kinds = years.get(year) ?? new Map<string, [Told, number]>();
    const key = `${act.series}.${act.kind}`;
    kinds.set(key, [act, (kinds.get(key)?.[1] ?? 0) + 1]);
    years.set(year, kinds);
  }
  return [...years].map(([year, kinds]) => ({ year, kinds: [...kinds.values()] }));
}

/** Return round years at which a strip is marked, between its first and its last. */
export function yearsBetween(first: number, last: number): number[] {
  const every = [1, 2, 5, 10, 25, 50].find((years) => (last - first) / years <= 4) ?? 100;
  const years: number[] = [];
  for (let year = Math.ceil(first / every) * every; year <= last - every / 2; year += every) {
    if (year >= first + every / 2) years.push(year);
  }
  return years;
}
