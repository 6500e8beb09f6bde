// What the parts of the page tell each other. Python writes `Payload`, see `lab/payload.py`; the
// engine answers a `Question` with a `Picture` that fills while blocks of histories come in.

import type { Frame } from "../../engine.mjs";

/** Dates are decimal years, as everywhere in the package: 2001.69 is 11 September 2001. */
export type Year = number;

export interface Payload {
  format: "alliance-sim lab";
  version: 1;
  program: string;
  /** Names of sides and domains, in order; words of the relationship by language. */
  relationship: {
    name: string;
    /** Always "en"; others where they have been written. */
    words: Record<string, Words>;
    /** Line and text colours by domain, light and dark theme. */
    colours: Record<Series, { light: string; dark: string }>;
  };
  scenario: {
    name: string;
    title: string;
    digest: string;
    description: string;
    /** How many of its numbers are judged, not read from a source or fitted. */
    assumed?: number;
  };
  frame: Frame;
  /** With the first step of each and one past the last, and the years that its title tells. */
  periods: {
    name: string;
    title: string;
    from: Year;
    until: Year;
    steps: [number, number];
    years: [number, number];
  }[];
  /** Formal steps, and as what kind of act each is coded. */
  rungs: { rung: number; title: string; domain: Series; kind: string; salience: number }[];
  /** Kinds of acts, sorted by series (in the order of `Series`), then by name. */
  kinds: { name: string; domain: Series; title: string }[];
  /** Proposals that are put to the alliance, sorted by name. */
  items: { name: string; title: string }[];
  junctures: Juncture[];
  leaders: Leader[];
  members: Member[];
  threats: { name: string; title: string }[];
  /** Choices of the alliance's decision rule; the first is the scenario's own. */
  councils: { name: string; title: string }[];
  motives: { name: string; title: string; path: string; value: number }[];
  /** "RID" and so on; only those whose draws come with the page can be asked given the history. */
  theories: Theory[];
  /** What theories weigh by, see `counterfactual.rivals`. */
  weighing?: "stacking" | "evidence" | "alike";
  states: { name: string; title: string; unit: string; low: number | null; high: number | null }[];
  /** States that can be held at a value. */
  holds: Holdable[];
  /** Outcomes that the page offers; others can be typed. */
  outcomes: { text: string; title: string }[];
  /** Every number of the scenario: what it is, where it comes from. */
  numbers: Numbered[];
  /** The coded record, or why there is none. */
  record: CodedRecord | null;
  /** Draws by theory, see engine/draws.ts; null where the scenario has no posterior. */
  draws: Record<string, unknown> | null;
  /** What the package was asked beforehand, with draws that the page has no room for. */
  asked_before: AskedBefore | null;
  /** What edits need beside numbers, see engine/edits.ts. */
  editable: unknown;
  /** Inevitability curves that ship with the package, one a headline question. */
  curves: Curve[];
  /** A made relationship whose truth is known, for the homework; null in exports that leave it out. */
  known: { truth: KnownTruth } | null;
  /** Lessons of the relationship; the last, "generic", has no words of its own. */
  lessons: Lesson[];
  /** Ready answers of the package to the headline questions, shown where nothing can be run. */
  headlines: Headline[];
  lesson: string | null;
  language: string;
  /** What the page opens with where its address says nothing, as an address would; "" for nothing. */
  start: string;
}

/** What `whatif` tried of some questions, see `lab/beforehand.py`; all have one theory and seed. */
export interface AskedBefore {
  theory: string;
  runs: number;
  seed: number;
  questions: TriedBefore[];
}

export interface TriedBefore extends Asked {
  /** The effect that it is of. */
  effect: number;
  /** Under each other reading of the record: the effect, and the ends of its 90 %. */
  readings: Record<string, [number, number, number]>;
  /** Posterior over prior standard deviation of what carries the effect; null: luck does. */
  sd_ratio: number | null;
  bistable: number | null;
  bits: number | null;
}

export interface Words {
  title: string;
  state: string;
  alliance: string;
  domains: Record<Domain, string>;
  /** By key "juncture.great_raid", "member.hills", "rung.8" and so on. */
  names: Record<string, string>;
  /** What the record says, by its English text: titles of acts, formal steps and claims. */
  told?: Record<string, string>;
}

export type Domain = "political" | "operations" | "equipment";
export type Series = Domain | "institution";

export interface Juncture {
  name: string;
  title: string;
  kind: string;
  date: Year;
  /** The same as YYYY-MM-DD. */
  day?: string;
  end: Year | null;
  /** Earliest and latest day that the run holds. */
  range: [Year, Year];
  follows: string[];
  source: string;
  description: string;
}

export interface Leader {
  name: string;
  title: string;
  juncture: string | null;
  /** Who can take the place: names of others, "none", "drawn". */
  replacements: { name: string; title: string }[];
}

export interface Member {
  name: string;
  title: string;
  /** Numbers that can be edited: path after "member NAME:", what it is, value, range, unit. */
  numbers: {
    path: string;
    title: string;
    value: number;
    low: number;
    high: number;
    unit: string;
  }[];
}

/** A state that can be held, and between which values. */
export interface Holdable {
  name: string;
  low: number;
  high: number;
  /** Whether at whole numbers alone. */
  whole: boolean;
}

export interface Theory {
  name: string;
  title: string;
  /** Evidence weight over the lattice, null where it was not fitted. */
  weight: number | null;
  draws: number;
  /** Log evidence of its fit and the error of that, where it was kept. */
  evidence?: [number, number] | null;
}

export interface Numbered {
  path: string;
  title: string;
  kind: "known" | "fitted" | "assumed";
  source: string;
  value: number | boolean | string;
  low: number | null;
  high: number | null;
  unit: string;
  /** Of a fitted one: median and middle 90 % under posterior and prior, and what the data told. */
  told?: {
    posterior: [number, number, number];
    prior: [number, number, number];
    /** Posterior over prior standard deviation. */
    ratio: number;
    /** Whether the prior sets it: 90 % of its spread is left, and the mean has hardly moved. */
    byPrior: boolean;
  };
}

export interface CodedRecord {
  edition: string;
  /** What the draws have seen of it, as `whatif` says: "…@2", "all", 2025. */
  held?: { record: string; series: string; until: number };
  acts: Act[];
  /** Which acts of a history that comes to the record stand for which coded ones. */
  places?: CodedPlace[];
  rungs: { date: Year; rung: number; title: string; source: string }[];
  /** Claims of the description with the coding's verdict. */
  claims: { id: string; text: string; verdict: string }[];
}

export interface CodedPlace {
  step: number;
  /** As an act of a history has them; `which` of what is counted is its series. */
  what: RunEvent["what"];
  which: number;
  /** YYYY-MM-DD, the middle of what is known. */
  date: string;
  /** As it was coded. */
  day: string;
  title: string;
}

export interface Act {
  date: Year;
  /** As it was coded: YYYY, YYYY-MM or YYYY-MM-DD. */
  day: string;
  series: Series;
  kind: string;
  salience: 1 | 2 | 3;
  initiator: string;
  title: string;
  source: string;
}

/** Chances of an outcome, each with its 90 %, for who knows the record to the end of a year. */
export interface Headline {
  question: string;
  edits: string[];
  outcome: string;
  title: string;
  answer: { year: Year; fact: [number, number, number]; edited: [number, number, number] };
}

export interface Curve {
  edits: string[];
  outcome: string;
  years: { year: number; fact: number; edited: number }[];
}

/** Edits are texts in the grammar of `whatif`, in plainest form: "without nine_eleven". */
export interface Question {
  edits: string[];
  outcome: string;
  theory: string;
  /** "posterior": twins of the history that happened; "fresh": paired runs with noise of their own. */
  noise: "posterior" | "fresh";
  /** Sets of uniforms a draw (posterior), or runs (fresh). */
  runs: number;
  seed: number;
}

export const KEPT = [
  "level_political",
  "level_operations",
  "level_equipment",
  "rung",
  "agenda_overlap",
] as const;
export type Kept = (typeof KEPT)[number];

/** Quantiles by quarter: arrays of `steps` numbers. */
export interface Fan {
  low: Float64Array;
  lower: Float64Array;
  middle: Float64Array;
  upper: Float64Array;
  high: Float64Array;
}

/** What is known of a question so far; `done === of` once it is whole. */
export interface Picture {
  question: Question;
  done: number;
  of: number;
  steps: number;
  /** By state: 5, 25, 50, 75 and 95 % of the histories, in both worlds, and of edited minus fact. */
  fans: Record<Kept, { factual: Fan; edited: Fan; difference: Fan }>;
  /** Shares of histories that have reached each rung, array (rung, quarter). */
  ladder: { factual: Float64Array; edited: Float64Array };
  /** First quarter that an edit touches; null if none does. */
  touched: number | null;
  /** Outcome by history, 1 or 0; in the order of histories. */
  outcome: { factual: Uint8Array; edited: Uint8Array };
  /** Draw of each history; -1 with fresh noise. */
  draw: Int32Array;
  milliseconds: number;
}

/** What the noise of one world says of the acts of the other; see `counterfactual.couplings`. */
export type Coupling = "quantile" | "thinning" | "redraw_after" | "independent";

/** Couplings by which acts of the edited world can be told one by one. */
export type Counted = Extract<Coupling, "quantile" | "thinning">;

/** Outcomes alone, by history. */
export interface Outcomes {
  factual: Uint8Array;
  edited: Uint8Array;
  /** Draw of each history; -1 with fresh noise. */
  draw: Int32Array;
  /**
   * Under "independent" the factual world with all drawn anew from the quarter that the edits touch,
   * as `counterfactual.coupling_free` does; else null.
   */
  anew: Uint8Array | null;
}

/** One history in one world, whole. */
export interface OneRun {
  history: number;
  world: "factual" | "edited";
  /** All reported states by name, each by quarter. */
  states: Record<string, Float64Array>;
  events: RunEvent[];
  /** Terms of the log benefit/cost ratio, by quarter; the alliance's are the mean of its members'. */
  terms: { side: "state" | "alliance"; domain: Domain; term: string; values: Float64Array }[];
  /** By quarter: weight, 0 while it is not in, and log benefit/cost in each domain. */
  members: { name: string; weight: Float64Array; ratios: Float64Array[] }[];
  /** Quarters in which a formal step or an item was refused: by whom, and what tipped it. */
  refusals: { step: number; what: "rung" | "item"; which: number; members: Refusing[] }[];
}

export interface Refusing {
  /** A member's name, or "state". */
  name: string;
  /** A term of the ratio, or "reluctance", "luck", "law": what made the answer a no. */
  term: string;
  /** Log benefit/cost of its least willing state; of the state the part that law leaves open. */
  ratio: number;
  demand: number;
  /** What chance added to the ratio. */
  luck: number;
}

/** A dated act of a history; see `engine/events.ts`. */
export interface RunEvent {
  date: Year;
  /** YYYY-MM-DD. */
  day: string;
  step: number;
  what:
    | "counted"
    | "climbed"
    | "lost"
    | "passed"
    | "rung refused"
    | "item refused"
    | "agreement"
    | "suspension";
  /** Rung, or position among the items; 0 for others. */
  which: number;
  series: Series;
  kind: string;
  salience: number;
  /** Who started, refused or signed it: "state", "alliance", "both", or members' names. */
  who: string[];
  /** Length of a suspension, else 0. */
  months: number;
  /** In English, letter by letter as the package's chronology has it. */
  title: string;
  /** Which it is of the acts of its step that are counted in its series, from 0; 0 for others. */
  order: number;
  /** The coded act that it stands for; null for one that is simulated. */
  coded: CodedPlace | null;
}

/** The engine as the page sees it; made by `engine/pool.ts`. */
export interface Model {
  /** The package that has the same bits, "alliance-sim 1.2.3"; an error is thrown before. */
  readonly program: string;
  readonly simd: boolean;
  /** Problems of edits and outcome, [] if it can be asked. */
  problems(question: Question): string[];
  /** Ask; each call ends the one before. `paint` is called on every block that comes in. */
  ask(question: Question, paint: (picture: Picture) => void): Promise<Picture | null>;
  /** @param counts How counts of acts of the edited world hang on those of the factual one. */
  one(
    question: Question,
    history: number,
    world: "factual" | "edited",
    counts?: Counted,
  ): Promise<OneRun>;
  /** Couplings that `outcomes` can be asked under. */
  readonly couplings: readonly Coupling[];
  /**
   * Outcomes of a question beside the one that is shown: another coupling, another theory, or pairs
   * with fresh noise. They wait for what is shown; null once something else is asked.
   */
  outcomes(question: Question, coupling: Coupling): Promise<Outcomes | null>;
  /** Date of a quarter's begin. */
  year(step: number): Year;
  readonly steps: number;
}

export type StepKind =
  "before" | "predict" | "reveal" | "curves" | "run" | "compare" | "claim" | "exit";

/** Edits and outcome of a what-if. */
export interface Asked {
  edits: string[];
  outcome: string;
}

/** What Python makes of a lesson's files, see `lab/lessons.py`. */
export interface Lesson {
  name: string;
  /** Acts up to here are shown before the reveal: decimal year, and the day. */
  known: Year;
  known_day: string;
  minutes: number;
  steps: { kind: StepKind; minutes: number }[];
  /** Words and names that students may look up, and the steps under which they are told. */
  words: { name: string; steps: StepKind[] }[];
  items: LessonItem[];
  suggestions: (Asked & { name: string })[];
  /** Which of the payload's curves is drawn, and that of which world. */
  curve: (Asked & { world: "fact" | "edited" }) | null;
  /** Estimated at the beginning and at the end; null where nothing can be asked. */
  belief: Asked | null;
  /** By language; none in the generic lesson, whose words are the page's. */
  texts: Record<string, LessonText>;
}

export interface LessonItem {
  name: string;
  /** Day by which it has to have come about. */
  by: string;
  rung: number | null;
  /** Whether more acts come of the first field than of the second, with how many they are. */
  series: [Series, Series] | null;
  counts?: [number, number];
  outcome: string | null;
  happened: boolean;
  acts: { date: Year; day: string; title: string; source: string }[];
}

/** Words; {by} and {known} stand for dates. */
export interface LessonText {
  title: string;
  question: string;
  summary: string;
  /** Says that no native speaker has read a translation. */
  unread: string | null;
  words: Record<string, { term: string; text: string }>;
  causes: { title: string; text: string }[];
  steps: Partial<Record<StepKind, { title: string; text: string; notes: string[] }>>;
  items: Record<string, { text: string; after: string }>;
  suggestions: Record<string, { title: string; replaced: string; follows: string; result: string }>;
  belief: string;
}

/** A made history whose luck is stored, see `lab/known.py`; levels are those at the end of years. */
export interface KnownTruth {
  titles: Record<string, string>;
  /** By language and English text what its acts and steps are called. */
  told: Record<string, Record<string, string>>;
  /** Who is who, by language. */
  story: Record<string, string>;
  sides: [string, string];
  scenario: string;
  digest: string;
  description: string;
  seed: number;
  run: number;
  years: [number, number];
  acts: { date: Year; day: string; series: Series; salience: number; title: string }[];
  rungs: { day: string; rung: number; title: string }[];
  /** Turning points, proposals and formal steps, in order of time. */
  turns: { day: string; kind: "juncture" | "item" | "rung"; title: Record<string, string> }[];
  levels: Record<string, number[]>;
  /** How many free runs `share` is of. */
  free: number;
  questions: (Asked & {
    name: string;
    title: Record<string, string>;
    fact: number;
    edited: number;
    share: number;
    levels: Record<string, number[]>;
    /** Which of the levels is drawn. */
    drawn: string;
  })[];
}
