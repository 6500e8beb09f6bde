// The numbers of a recipe in the engine's memory: those of a theory, changed by edits and by draws.

import type { Engine } from "../../../engine.mjs";
import type { Held } from "./holding";

/** What edits come to: numbers of the recipe, and what draws have no say in any more. */
export interface Changes {
  /** Array, place and value; null where there is to be none. */
  numbers: [array: string, place: number, value: number | null][];
  /** Paths of numbers that stay as set in every draw. */
  set: string[];
  /** Paths of numbers that are so many times as large as each draw has them. */
  times: Record<string, number>;
  /** Paths of numbers that are as another number is in each draw, and the path of that. */
  likes: Record<string, string>;
  /** States that are held at a value. */
  holds: readonly Held[];
}

export const NO_CHANGES: Changes = { numbers: [], set: [], times: {}, likes: {}, holds: [] };

export type Tables = Map<string, Float64Array>;

const EFFECTS = "tables.effect";
const SAME = ["juncture", "replacement", "moves", "of", "domain"]; // of what moves the same

/** A number that differs by draw: where it stands, its row of values, and how it is scaled. */
export interface Drawn {
  table: Float64Array;
  place: number;
  row: number;
  times: number | null;
  low: number;
  high: number;
}

export class Recipe {
  readonly base: Tables = new Map();
  private readonly width: number;
  private readonly column: (name: string) => number;
  private readonly alike: number[][];
  /** By effect where its leader's share stands in a row of inputs, -1 if nowhere. */
  private readonly drawnAt: Float64Array;
  private readonly numbers = new Map<string, { array: string; place: number }>();

  /** Take the numbers that stand in the memory. */
  constructor(readonly engine: Engine) {
    for (const name of Object.keys(engine.frame.arrays)) {
      if (name.startsWith("tables.") && name !== "tables.win_set") {
        this.base.set(name, engine.floats(name).slice());
      }
    }
    const table = engine.frame.tables["effect"];
    if (table === undefined) throw new Error("the frame has no table of effects");
    this.width = table.columns.length;
    this.column = (name) => table.columns.indexOf(name);
    this.alike = this.groups(table.rows.length);
    this.drawnAt = engine.floats("into.drawn_at").slice();
  }

  /** Return the numbers of a theory with those that edits set. */
  changed(base: Record<string, number>, changes: Changes): Tables {
    const tables: Tables = new Map([...this.base].map(([name, array]) => [name, array.slice()]));
    for (const [path, value] of Object.entries(base)) {
      const { array, place } = this.number(path);
      this.array(tables, array)[place] = value;
    }
    for (const [array, place, value] of changes.numbers) {
      this.array(tables, array)[place] = value ?? Infinity;
    }
    return tables;
  }

  /** Return which numbers draws set: all that edits have not set, what they multiply and copy. */
  drawn(paths: string[], ranges: [number, number][], changes: Changes, tables: Tables): Drawn[] {
    const set = new Set(changes.set);
    const own = paths.flatMap((path, row) => {
      const times = changes.times[path] ?? null;
      if (set.has(path) && times === null) return [];
      const [low, high] = ranges[row] ?? [-Infinity, Infinity];
      const { array, place } = this.number(path);
      return [{ table: this.array(tables, array), place, row, times, low, high }];
    });
    const copied = Object.entries(changes.likes).flatMap(([path, source]) => {
      const row = paths.indexOf(source);
      if (row < 0) return []; // no draw says anything of it, so what is stated stands
      const { array, place } = this.number(path);
      const table = this.array(tables, array);
      return [{ table, place, row, times: null, low: -Infinity, high: Infinity }];
    });
    return [...own, ...copied];
  }

  /** Put the numbers into the memory, with effects that move the same in the order of their sizes. */
  write(tables: Tables): void {
    for (const [name, array] of tables) {
      const room = this.engine.floats(name);
      room.set(array);
      if (name === EFFECTS) this.settle(room);
    }
  }

  /** Put effects in order, and let only those leaders be drawn whose effect says so. */
  private settle(effects: Float64Array): void {
    this.order(effects);
    const drawn = this.column("drawn");
    const places = this.engine.floats("into.drawn_at");
    this.drawnAt.forEach((place, row) => {
      places[row] = (effects[row * this.width + drawn] as number) > 0 ? place : -1;
    });
  }

  /** Return where a number stands, sought once. */
  private number(path: string): { array: string; place: number } {
    const found = this.numbers.get(path) ?? this.engine.number(path);
    this.numbers.set(path, found);
    return found;
  }

  private array(tables: Tables, name: string): Float64Array {
    const found = tables.get(name);
    if (found === undefined) throw new Error(`the recipe has no table ${name}`);
    return found;
  }

  /** Return rows of effects that move the same, where there are several. */
  private groups(rows: number): number[][] {
    const effects = this.base.get(EFFECTS);
    if (effects === undefined) return [];
    const found = new Map<string, number[]>();
    for (let row = 0; row < rows; row += 1) {
      const key = SAME.map((name) => effects[row * this.width + this.column(name)]).join(" ");
      found.set(key, [...(found.get(key) ?? []), row]);
    }
    return [...found.values()].filter((group) => group.length > 1);
  }

  /** Put effects in order, as a recipe has them: by size, half-life and whether they are drawn. */
  private order(effects: Float64Array): void {
    const keys = ["size", "half_life", "drawn"].map(this.column);
    const rank = (row: Float64Array): number[] =>
      keys.map((key, k) => (k === 1 && row[key] === Infinity ? 0 : (row[key] as number)));
    for (const group of this.alike) {
      const rows = group.map((row) => effects.slice(row * this.width, (row + 1) * this.width));
      rows.sort((one, other) => {
        const [a, b] = [rank(one), rank(other)];
        const k = a.findIndex((value, at) => value !== b[at]);
        return k < 0 ? 0 : (a[k] as number) - (b[k] as number);
      });
      group.forEach((row, k) => effects.set(rows[k] as Float64Array, row * this.width));
    }
  }
}
