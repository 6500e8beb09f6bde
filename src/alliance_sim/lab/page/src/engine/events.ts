// The dated acts of a history: rows of the module's `mark_events`, see `lab/marks.py`, in the words of
// the package's chronology, so that the page and `whatif` match the same acts.
import type { Payload, RunEvent, Series } from "../contract";
import { decimalYear, type Day } from "./days";

const SERIES: readonly Series[] = ["political", "operations", "equipment", "institution"];
const WHAT = [
  "counted",
  "climbed",
  "lost",
  "passed",
  "rung refused",
  "item refused",
  "agreement",
  "suspension",
] as const;
const COLUMNS = 8;
const DAY = 86_400_000; // milliseconds
const MONTHS_A_YEAR = 12;

/** What acts are told from. */
export interface Chronicled {
  /** First and last year, and steps in a year, as a frame has them. */
  time: readonly [number, number, number];
  /** Rows of `mark_events`, eight numbers each, and how many there are. */
  rows: Float64Array;
  told: number;
  /** All reported states by name, in the order of the frame. */
  states: Record<string, Float64Array>;
}

/** What acts are told by. */
export type Names = Pick<Payload, "kinds" | "items" | "rungs" | "members" | "relationship">;

/** Return the acts of a history by date, as the package's chronology sorts them. */
export function eventsOf(run: Chronicled, names: Names): RunEvent[] {
  const scribe = new Scribe(run, names);
  const events = Array.from({ length: run.told }, (_, row) => scribe.event(row * COLUMNS));
  const many = new Map<string, number>();
  for (const event of events) {
    if (event.what !== "counted") continue;
    const place = `${event.step} ${event.series}`;
    event.order = many.get(place) ?? 0;
    many.set(place, event.order + 1);
  }
  const key = (event: RunEvent) => [event.day, event.series, event.kind, event.title];
  return events
    .map((event) => ({ event, key: key(event) }))
    .sort((one, other) => byText(one.key, other.key))
    .map(({ event }) => event);
}

/** The order of two lists of texts by their letters' numbers, as Python has it. */
function byText(one: readonly string[], other: readonly string[]): number {
  for (const [k, text] of one.entries()) {
    const its = other[k] ?? "";
    if (text !== its) return text < its ? -1 : 1;
  }
  return 0;
}

/** Return the first day of a step as a time. */
export function startOf(time: Chronicled["time"], step: number): number {
  const [first, last, perYear] = time;
  if (step >= (last - first + 1) * perYear) return Date.UTC(last + 1, 0, 1);
  return Date.UTC(
    first + Math.floor(step / perYear),
    (step % perYear) * (MONTHS_A_YEAR / perYear),
    1,
  );
}

function dayOf(date: Date): Day {
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

class Scribe {
  private readonly run: Chronicled;
  private readonly names: Names;
  private readonly members: string[];
  private readonly titles: Map<string, string>;
  private readonly refusing: (item: number | null) => string[];

  constructor(run: Chronicled, names: Names) {
    const { members, items, relationship } = names;
    this.run = run;
    this.names = names;
    this.members = members.map(({ name }) => name).sort();
    const words = relationship.words["en"];
    this.titles = new Map([
      ...members.map(({ name, title }) => [name, title] as const),
      ["state", words?.state ?? "state"],
      ["alliance", words?.alliance ?? "alliance"],
      ["both", "both sides"],
    ]);
    const states = Object.keys(run.states);
    const many = this.members.length + 1;
    this.refusing = (item) => {
      const before = item === null ? "refused_" : `refused_${items[item]?.name}_`;
      const first = states.indexOf(`${before}${this.members[0]}`);
      return first < 0 ? [] : states.slice(first, first + many);
    };
  }

  event(row: number): RunEvent {
    const at = (column: number) => this.run.rows[row + column] ?? 0;
    const [step, code, which, kind] = [at(0), at(1), at(2), at(4)];
    const what = WHAT[code];
    if (what === undefined) throw new Error(`the module tells of an act of kind ${code}`);
    const begin = startOf(this.run.time, step);
    const days = Math.round((startOf(this.run.time, step + 1) - begin) / DAY);
    const day = new Date(begin + Math.trunc(at(3) * days) * DAY);
    const usual = {
      date: decimalYear(dayOf(day)),
      day: day.toISOString().slice(0, 10),
      step,
      what,
      which,
      series: "institution" as Series,
      kind: "suspension",
      salience: at(5),
      who: [this.who(at(6))],
      months: 0,
      order: 0,
      coded: null,
    };
    const told = (more: Partial<RunEvent> & { title: string }): RunEvent => ({ ...usual, ...more });
    const rung = this.names.rungs.find((one) => one.rung === which);
    const refused = (item: number | null, title: string) => {
      const who = this.refusers(item, step);
      return told({
        who,
        title: `Blocked by ${who.map((one) => this.title(one)).join(", ")}: ${title}`,
      });
    };
    switch (what) {
      case "counted": {
        const its = this.names.kinds[kind];
        const title = `${its?.title}, started by ${this.title(usual.who[0] ?? "")}`;
        return told({ series: SERIES[which] ?? "institution", kind: its?.name ?? "", title });
      }
      case "climbed":
        return told({
          series: rung?.domain ?? "institution",
          kind: rung?.kind ?? "",
          salience: rung?.salience ?? 1,
          title: rung?.title ?? "",
        });
      case "lost":
        return told({
          title: `Lost: ${rung?.title}${this.fell(step) > 1 ? " and all above it" : ""}`,
        });
      case "passed":
        return told({ kind: "office", title: this.names.items[which]?.title ?? "" });
      case "rung refused":
        return refused(null, rung?.title ?? "");
      case "item refused":
        return refused(which, this.names.items[which]?.title ?? "");
      case "agreement": {
        const title = `${AGREEMENT} ${this.title(usual.who[0] ?? "")}`;
        return told({ kind: "agreement", title });
      }
      case "suspension": {
        const months = Math.max(1, Math.round(at(7)));
        const title = `Operations suspended for ${months} months`;
        return told({ series: "operations", months: Math.round(at(7) * 10) / 10, title });
      }
    }
  }

  private who(place: number): string {
    return this.members[place] ?? ["state", "alliance"][place - this.members.length] ?? "both";
  }

  private title(name: string): string {
    return this.titles.get(name) ?? name;
  }

  /** Return by how many rungs the ladder fell in a step; by several only where it is held. */
  private fell(step: number): number {
    const rung = this.run.states["rung"];
    return (rung?.[Math.max(step - 1, 0)] ?? 0) - (rung?.[step] ?? 0);
  }

  private refusers(item: number | null, step: number): string[] {
    return this.refusing(item)
      .map((state, place) => ((this.run.states[state]?.[step] ?? 0) > 0 ? this.who(place) : ""))
      .filter((name) => name !== "");
  }
}

/** Begins the title of an agreement with a single member. */
export const AGREEMENT = "Agreement on protecting information with";
