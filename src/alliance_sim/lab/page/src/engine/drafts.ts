// A scenario while it is edited: what edits can change of it, and what it comes to in the recipe.

import type { Frame } from "../../../engine.mjs";
import type { Numbered } from "../contract";
import { holdText, inOrder, type Hold } from "../holds";
import { ordinal, position, readDay, writeDay, type Day } from "./days";
import { windowOf, type Held } from "./holding";
import { quoted } from "./letters";
import { unknownName, type Spellings } from "./nearest";
import type { Changes } from "./recipe";

/** `lab/editable.py`. */
export interface Editable {
  kinds: Record<string, { form: string; example: string }>;
  junctures: Record<
    string,
    {
      spellings: string[];
      kind: string;
      present: boolean;
      date: string;
      end: string | null;
      original: string | null;
      follows: string[];
      hazard: boolean;
      effects: { name: string; moves: string; fades: boolean }[];
      leads: { of: string; push: number; replacement: number | null; drawn: boolean } | null;
    }
  >;
  leaders: Record<string, { partner: string; push: number }>;
  settings: Record<string, Setting | null>;
  theories: Record<string, Record<string, number>>;
  holds: {
    /** By name lowest and highest value, and whether it has to be whole. */
    states: Record<string, [low: number, high: number, whole: boolean]>;
    /** By how names begin why they cannot be held. */
    cannot: Record<string, string>;
    /** By name the first step and one past the last. */
    periods: Record<string, [first: number, last: number]>;
  };
}

interface Setting {
  value: boolean | string;
  choices: Record<string, number> | null;
}

export interface EditedJuncture {
  present: boolean;
  date: Day;
  end: Day | null;
  original: Day | null;
  follows: string[];
  effects: { name: string; moves: string }[];
  /** Push of who stands in a leader's place; null for what the card says. */
  stands: number | null;
}

const day = (text: string): Day => readDay(text) as Day;

/** Every number of the recipe by its path, found once. */
export class Places {
  private readonly places = new Map<string, [array: string, place: number]>();

  constructor(frame: Frame) {
    for (const [name, table] of Object.entries(frame.tables)) {
      const usual = name === "series" ? "constant" : "value";
      table.rows.forEach((label, row) => {
        table.columns.forEach((column, k) => {
          const path = column === usual ? label : `${label}.${column}`;
          if (this.places.has(path)) return;
          this.places.set(path, [table.array, table.first + row * table.columns.length + k]);
        });
      });
    }
  }

  of(path: string): [array: string, place: number] | undefined {
    return this.places.get(path);
  }
}

/** What a scenario offers to edits; shared by all drafts of it. */
export class Offered {
  readonly numbers: Map<string, [value: number, low: number, high: number]>;
  readonly places: Places;
  readonly time: Frame["time"];
  /** Rows of reported states. */
  readonly rows: Frame["reported"];

  constructor(
    readonly editable: Editable,
    numbered: readonly Numbered[],
    frame: Frame,
  ) {
    this.places = new Places(frame);
    this.time = frame.time;
    this.rows = frame.reported;
    this.numbers = new Map(
      numbered
        .filter(
          ({ value, low, high }) => typeof value === "number" && low !== null && high !== null,
        )
        .map(({ path, value, low, high }) => [
          path,
          [value as number, low as number, high as number],
        ]),
    );
  }
}

export class Drafts {
  readonly scenario: Editable;
  readonly junctures = new Map<string, EditedJuncture>();
  theory: string | null = null;
  /** What is held, in the order in which a scenario keeps it. */
  holds: readonly Hold[] = [];
  private readonly values = new Map<string, number>();
  private readonly times = new Map<string, number>();
  private readonly likes = new Map<string, string>();
  private readonly chosen = new Map<string, boolean | string>();

  constructor(readonly offered: Offered) {
    this.scenario = offered.editable;
    for (const [name, card] of Object.entries(this.scenario.junctures)) {
      this.junctures.set(name, {
        present: card.present,
        date: day(card.date),
        end: card.end === null ? null : day(card.end),
        original: card.original === null ? null : day(card.original),
        follows: card.follows,
        effects: card.effects,
        stands: null,
      });
    }
  }

  get members(): string[] {
    return Object.keys(this.scenario.settings["council.leader"]?.choices ?? {});
  }

  spellings(): Spellings {
    const cards = Object.entries(this.scenario.junctures);
    return Object.fromEntries(cards.map(([name, card]) => [name, card.spellings]));
  }

  isNumber(path: string): boolean {
    return this.offered.numbers.has(path);
  }

  /** Return a number as edited so far, and its range. */
  number(path: string): [value: number, low: number, high: number] {
    const found = this.offered.numbers.get(path);
    if (found === undefined) throw new Error(`there is no number ${path}`);
    return [this.values.get(path) ?? found[0], found[1], found[2]];
  }

  setting(path: string): Setting | null | undefined {
    const { settings } = this.scenario;
    return Object.hasOwn(settings, path) ? settings[path] : undefined;
  }

  /** Return names of numbers right below a table. */
  under(table: string): string[] {
    const start = `${table}.`;
    const found = [...this.offered.numbers.keys()].filter((path) => path.startsWith(start));
    return found.map((path) => path.slice(start.length)).filter((name) => !name.includes("."));
  }

  isTable(path: string): boolean {
    const { numbers, editable } = this.offered;
    const known = [...numbers.keys(), ...Object.keys(editable.settings)];
    return known.some((one) => one.startsWith(`${path}.`));
  }

  unknownPath(path: string): string {
    const known = [...this.offered.numbers.keys(), ...Object.keys(this.scenario.settings)];
    if (this.isTable(path)) return `path ${quoted(path)} is a table; set one of its entries`;
    return `path ${quoted(path)}: ${unknownName("path", path, known)}`;
  }

  /** Return what an effect moves whose size stands at a path, null for another path. */
  movesAt(path: string): string | null {
    const found = /^juncture\.([^.]+)\.effect\.(\d+)\.size$/.exec(path);
    if (found === null) return null;
    return this.junctures.get(found[1] as string)?.effects[Number(found[2])]?.moves ?? null;
  }

  /** Return leaders of junctures: of which side, who can stand in. */
  offices(): Map<string, NonNullable<Editable["junctures"][string]["leads"]>> {
    const found = new Map<string, NonNullable<Editable["junctures"][string]["leads"]>>();
    for (const [name, card] of Object.entries(this.scenario.junctures)) {
      if (card.leads !== null) found.set(name, card.leads);
    }
    return found;
  }

  /** Return where the push of a leader stands. */
  pushOf(name: string): string {
    const path = `leader.${name}.push`;
    if (this.isNumber(path)) return path;
    const place = this.scenario.junctures[name]?.effects.findIndex((e) => e.moves === "leadership");
    return `juncture.${name}.effect.${place}.size`;
  }

  /** Let a number be in each draw what another one is. */
  copy(path: string, source: string): void {
    this.likes.set(path, source);
  }

  /** Return where the push of who stands in the place of an office's leader stands. */
  standing(name: string): string {
    return `juncture.${name}.replacement.${this.scenario.junctures[name]?.leads?.replacement ?? 0}.size`;
  }

  put(path: string, value: number, times: number | null): void {
    this.values.set(path, value);
    this.likes.delete(path);
    if (times === null) this.times.delete(path);
    else this.times.set(path, (this.times.get(path) ?? 1) * times);
  }

  choose(path: string, value: boolean | string): void {
    const present = /^juncture\.([^.]+)\.present$/.exec(path);
    const found = present === null ? undefined : this.junctures.get(present[1] as string);
    if (found !== undefined) found.present = value === true;
    else this.chosen.set(path, value);
  }

  hold(one: Hold): void {
    this.holds = inOrder([...this.holds, one]);
  }

  takeTheory(name: string): void {
    this.theory = name;
  }

  /** Return what stands at a path, as edited so far. */
  at(path: string): string {
    const [table, name = "", field = ""] = path.split(".");
    const card = table === "juncture" ? this.junctures.get(name) : undefined;
    if (card !== undefined && field === "present") return String(card.present);
    if (card !== undefined && field === "date") return writeDay(card.date);
    if (card !== undefined && field === "end") return card.end === null ? "" : writeDay(card.end);
    if (path === "hold") return JSON.stringify(this.holds);
    if (this.isNumber(path)) return String(this.number(path)[0]);
    return String(this.chosen.get(path) ?? this.scenario.settings[path]?.value);
  }

  /** Return what lies between tables and is wrong, a sentence each. */
  *problems(): Generator<string> {
    for (const [name, card] of this.junctures) {
      if (card.end !== null && ordinal(card.end) <= ordinal(card.date)) {
        const days = `end ${writeDay(card.end)} must be after date ${writeDay(card.date)}`;
        yield `juncture ${quoted(name)}: ${days}`;
      }
      const drawn = this.chosen.get(`juncture.${name}.when_cause_removed`) === "drawn";
      if (drawn) yield* this.drawn(name);
    }
  }

  private *drawn(name: string): Generator<string> {
    const card = this.scenario.junctures[name];
    if (card === undefined) return;
    const start = `juncture ${quoted(name)}: `;
    if (!card.hazard) yield `${start}when_cause_removed is 'drawn', so log_hazard is needed`;
    if (card.kind !== "law")
      yield `${start}only a law can be drawn, found kind ${quoted(card.kind)}`;
    if (card.effects.some((effect) => effect.fades)) {
      yield `${start}a law that can be drawn opens a domain for good or to its end, without half_life`;
    }
    if (card.effects.some((effect) => effect.moves !== "win_set")) {
      yield `${start}a law that can be drawn may only move the win_set`;
    }
    if (card.follows.length === 0) {
      yield `${start}when_cause_removed is 'drawn', but it follows nothing`;
    }
  }

  /** Return what the edits come to in the recipe. */
  changes(): Changes {
    const numbers: Changes["numbers"] = [];
    const { time, places } = this.offered;
    const put = (path: string, value: number | null): void => {
      const place = places.of(path);
      if (place !== undefined) numbers.push([...place, value]);
    };
    for (const [path, value] of this.values) put(path, value);
    for (const [path, value] of this.chosen) {
      const choices = this.scenario.settings[path]?.choices;
      put(path, typeof value === "boolean" ? Number(value) : (choices?.[value] ?? null));
    }
    for (const [name, card] of this.junctures) {
      const before = this.scenario.junctures[name];
      const start = `juncture.${name}`;
      if (before === undefined) continue;
      if (card.present !== before.present) put(`${start}.present`, Number(card.present));
      if (writeDay(card.date) !== before.date || card.original !== null) {
        put(`${start}.date`, position(card.date, time));
        put(`${start}.end`, card.end === null ? null : position(card.end, time));
        put(`${start}.original_date`, card.original && position(card.original, time));
      }
      if (card.stands !== null) {
        const stands = `${start}.replacement.${before.leads?.replacement ?? 0}`;
        put(`${stands}.size`, card.stands);
        put(`${stands}.half_life`, null);
        put(`${stands}.drawn`, 0);
      }
    }
    const holds = this.holds.flatMap((hold): Held[] => {
      const row = Object.hasOwn(this.offered.rows, hold.state)
        ? this.offered.rows[hold.state]
        : null;
      const [first, last] = windowOf(hold, time);
      return typeof row === "number" && first < last
        ? [{ text: holdText(hold), state: hold.state, row, value: hold.value, first, last }]
        : [];
    });
    const [times, likes] = [Object.fromEntries(this.times), Object.fromEntries(this.likes)];
    return { numbers, set: [...this.values.keys()], times, likes, holds };
  }
}
