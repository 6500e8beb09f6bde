// What the chart shows, row by row, and on which scale.
import type { Kept, Payload, Series } from "../../contract";
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

/** Return the values at which a row has a line. */
export function valueTicks(row: Row, payload: Payload): number[] {
  const [low, high] = limits(row, payload);
  if (!row.stepped) return [low, (low + high) / 2, high];
  const every = high > 6 ? 3 : 1;
  const ticks: number[] = [];
  for (let rung = low; rung <= high; rung += every) ticks.push(rung);
  return ticks;
}
