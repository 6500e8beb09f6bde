// What the chart shows, row by row, and on which scale.
import type { Kept, Payload, Picture, Series } from "../../contract";
import { t, wording } from "../../text";

export interface Row {
  state: Kept;
  /** Acts that are marked below the row; null where none belong to it. */
  series: Series | null;
  /** Whether it counts whole steps. */
  stepped: boolean;
}

export const ROWS: readonly Row[] = [
  { state: "level_political", series: "political", stepped: false },
  { state: "level_operations", series: "operations", stepped: false },
  { state: "level_equipment", series: "equipment", stepped: false },
  { state: "rung", series: "institution", stepped: true },
  { state: "agenda_overlap", series: null, stepped: false },
];

/** Return how a row is called. */
export function rowName({ state, series }: Row): string {
  if (series !== null && series !== "institution") return wording().domains[series];
  return t(`timeline.row.${state}`);
}

/** Return the lowest and the highest value of a row. */
export function limits({ state, stepped }: Row, payload: Payload): [number, number] {
  if (stepped) return [0, Math.max(1, ...payload.rungs.map(({ rung }) => rung))];
  const found = payload.states.find(({ name }) => name === state);
  return [found?.low ?? 0, found?.high ?? 1];
}

/** What the rows show: both worlds, or how far the changed one is from its twin. */
export type Shows = "worlds" | "difference";

const REACHES = { levels: [0.1, 0.2, 0.3, 0.5, 1], steps: [1, 3, 6, 12] };

/**
 * Return how far the scale of differences goes to both sides, so that none lies outside: one scale
 * for all levels, for they are to be held against each other.
 */
export function reachOf({ stepped }: Row, picture: Picture | null): number {
  const reaches = stepped ? REACHES.steps : REACHES.levels;
  if (picture === null) return reaches[0] ?? 1;
  let most = 0;
  for (const row of ROWS) {
    if (row.stepped !== stepped) continue;
    const { low, high } = picture.fans[row.state].difference;
    for (let step = 0; step < picture.steps; step += 1) {
      most = Math.max(most, -(low[step] ?? 0), high[step] ?? 0);
    }
  }
  return reaches.find((reach) => most <= reach) ?? most;
}

/** Return the values at which a row has a line, the lowest and the highest of its scale with them. */
export function valueTicks(row: Row, payload: Payload, reach: number | null): number[] {
  if (reach !== null) return [-reach, 0, reach];
  const [low, high] = limits(row, payload);
  if (!row.stepped) return [low, (low + high) / 2, high];
  const every = high > 6 ? 3 : 1;
  const ticks: number[] = [];
  for (let rung = low; rung <= high; rung += every) ticks.push(rung);
  return ticks;
}
