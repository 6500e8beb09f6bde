// The model as the page sees it: workers that bring histories, and what they come to.

import { sha256 } from "@noble/hashes/sha2.js";
import { hasVectors, start, type Engine } from "../../../engine.mjs";
import type { Frame } from "../../../engine.mjs";
import type {
  Counted,
  Coupling,
  Model,
  OneRun,
  Outcomes,
  Payload,
  Picture,
  Question,
} from "../contract";
import { bytesIn } from "../payload";
import { MORE_RUNS, MOST_RUNS } from "../state/link";
import { yearOf } from "../state/time";
import { readEdits, type Read } from "./asking";
import { Canvas, Facts } from "./canvas";
import type { CarriedDraws } from "./draws";
import { Offered, type Editable } from "./drafts";
import { setByAHold } from "./holding";
import { unknownName } from "./nearest";
import { readOutcome, statesOf, type Fold, type States } from "./outcome";
import { Touching } from "./late";
import type { Ask, Brought, FromWorker, Redrawn, Start, ToWorker } from "./protocol";
import { Single } from "./single";
import { Turns } from "./turns";
import Worker from "./worker?worker&inline";

const MOST_WORKERS = 4;
const EVERY: readonly Coupling[] = ["quantile", "thinning", "redraw_after", "independent"];
const APART = 250; // milliseconds from one painting to the next
const REST = 200; // milliseconds after which what is shown is taken to stay

/** Start the module that can run here, try it, and let workers make ready. */
export async function startModel(payload: Payload): Promise<Model> {
  const modules = {
    get simd() {
      return moduleIn("lab-simd");
    },
    get scalar() {
      return moduleIn("lab-scalar");
    },
  };
  const engine = await start(modules, structuredClone(payload.frame as Frame), sha256);
  return new Pool(payload, engine, hasVectors());
}

function moduleIn(id: string): Uint8Array<ArrayBuffer> {
  const bytes = bytesIn(id);
  if (bytes === null) throw new Error("the page holds no module");
  return bytes;
}

/** Return the quarters in which junctures begin, in order: where edits of them first touch. */
function stopsOf({ junctures, frame }: Payload): number[] {
  const [first, , perYear] = (frame as Frame).time;
  const steps = junctures.map(({ date }) => Math.floor((date - first) * perYear));
  return [...new Set(steps)].sort((one, other) => one - other);
}

/** One asking that is under way. */
interface Running {
  id: number;
  take: (message: FromWorker) => void;
  stop: () => void;
}

class Pool implements Model {
  readonly program: string;
  readonly steps: number;
  readonly couplings: readonly Coupling[] = EVERY;
  private readonly workers: Worker[];
  private readonly offered: Offered;
  private readonly touching: Touching;
  private readonly states: States;
  private readonly carried: CarriedDraws | null;
  private readonly told = new Map<string, Set<number>>();
  private readonly start: Start;
  private facts: Facts | null = null;
  private running: Running | null = null;
  private beside: Running | null = null;
  /** Only one asking can go on beside what is shown: others wait for it. */
  private readonly turns = new Turns();
  private next = 0;
  /** When what was asked last was there, whole or dropped, in milliseconds. */
  private shown = -Infinity;
  /** How many questions were asked. */
  private asked = 0;
  /** Why a worker does not work any more; "" if all do. */
  private broken = "";
  private single: Single | null = null;

  constructor(
    private readonly payload: Payload,
    engine: Engine,
    readonly simd: boolean,
  ) {
    this.touching = new Touching(engine);
    const frame = payload.frame as Frame;
    this.program = `alliance-sim ${frame.program}`;
    this.steps = frame.shape["steps"] as number;
    this.offered = new Offered(payload.editable as Editable, payload.numbers, frame);
    this.states = statesOf(payload, frame);
    this.carried = payload.draws as CarriedDraws | null;
    const { record = null, inputs = [], filled = [] } = this.carried ?? {};
    const stops = stopsOf(payload);
    this.start = { kind: "start", module: engine.module, frame, record, inputs, filled, stops };
    const many = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1));
    this.workers = Array.from({ length: many }, (_, place) => this.worker(place));
  }

  private worker(place: number): Worker {
    const made = new Worker();
    made.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
    const stopped = (why: string) => {
      this.broken = `worker ${place + 1} stopped${why ? `: ${why}` : ""}`;
      for (const running of [this.running, this.beside]) {
        running?.take({ kind: "failed", id: running.id, problem: this.broken });
      }
    };
    made.onerror = ({ message }) => stopped(message);
    made.onmessageerror = () => stopped("what it says cannot be read");
    made.postMessage(this.start satisfies ToWorker);
    return made;
  }

  private hear(message: FromWorker): void {
    for (const running of [this.running, this.beside]) {
      if (running?.id === message.id) running.take(message);
    }
  }

  year(step: number): number {
    return yearOf(step, this.payload);
  }

  problems(question: Question): string[] {
    const { read, fold, problems } = this.read(question);
    if (problems.length > 0 || fold === null) return problems;
    const { numbers, holds } = read.changes;
    if (numbers.length + holds.length === 0) return [];
    return this.touching.problems(read.changes, fold);
  }

  private read(question: Question): { read: Read; fold: Fold | null; problems: string[] } {
    const read = readEdits(this.offered, question.edits, this.payload.scenario.name);
    const outcome = readOutcome(question.outcome, this.states);
    const { fold } = outcome;
    const held = fold === null ? [] : setByAHold(read.changes.holds, fold);
    const problems = [...read.problems, ...held, ...outcome.problems];
    problems.push(...this.settings(question, read));
    return { read, fold, problems };
  }

  private under(question: Question, read: Read): { theory: string; base: Record<string, number> } {
    const theory = read.theory ?? question.theory;
    return { theory, base: this.offered.editable.theories[theory] ?? {} };
  }

  private *settings(question: Question, read: Read): Generator<string> {
    const { theory } = this.under(question, read);
    const known = Object.keys(this.offered.editable.theories);
    if (!known.includes(theory)) yield unknownName("theory", theory, known);
    const most = MOST_RUNS[question.noise];
    const { runs, seed, noise } = question;
    if (!Number.isInteger(runs) || runs < 1 || runs > most) {
      yield `runs is ${runs}, must be a whole number from 1 to ${most.toLocaleString("en")}; ${MORE_RUNS}`;
    }
    if (!Number.isSafeInteger(seed) || seed < 0) {
      yield `seed is ${seed}, must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
    }
    const has = this.carried?.theories[theory] !== undefined;
    if (noise === "posterior" && known.includes(theory) && !has) {
      yield `the page has no draws of theory ${theory}; ask it with fresh noise`;
    }
  }

  private draws(theory: string): number | null {
    return this.carried?.theories[theory]?.draws ?? null;
  }

  private many(question: Question, theory: string): number {
    const { noise, runs } = question;
    return noise === "posterior" ? runs * (this.draws(theory) ?? 0) : runs;
  }

  /** Put a question to the workers. */
  private put(
    question: Question,
    factual: boolean,
    id: number,
    beside: boolean,
    anew: Ask["anew"] = null,
  ): void {
    if (this.broken !== "") throw new Error(this.broken);
    const { read, fold } = this.read(question);
    if (fold === null) throw new Error("an outcome that cannot be read was asked for");
    const { theory, base } = this.under(question, read);
    const carried = this.carried?.theories[theory];
    this.workers.forEach((worker, mine) => {
      if (carried !== undefined && this.first(theory, mine)) {
        worker.postMessage({ kind: "theory", told: carried } satisfies ToWorker);
      }
      const ask: Ask = {
        ...{ kind: "ask", id, theory, base, fold, factual, beside, anew },
        ...{ noise: question.noise, runs: question.runs, seed: String(question.seed) },
        ...{ changes: read.changes, share: { mine, of: this.workers.length } },
      };
      worker.postMessage(ask satisfies ToWorker);
    });
  }

  /** Whether a worker has not been told of a theory's draws yet. */
  private first(theory: string, worker: number): boolean {
    const told = this.told.get(theory) ?? new Set<number>();
    this.told.set(theory, told);
    const before = told.has(worker);
    told.add(worker);
    return !before;
  }

  ask(question: Question, paint: (picture: Picture) => void): Promise<Picture | null> {
    this.asked += 1;
    this.running?.stop();
    this.beside?.stop();
    const { theory } = this.under(question, this.read(question).read);
    const many = this.many(question, theory);
    const key = JSON.stringify([theory, question.noise, question.seed, many]);
    const rungs = this.payload.rungs.length;
    const known = this.facts?.key === key && this.facts.whole;
    const facts = known && this.facts ? this.facts : new Facts(key, this.steps, many, rungs);
    this.facts = facts;
    const canvas = new Canvas(question, facts, rungs);
    const id = (this.next += 1);
    return new Promise((resolve, reject) => {
      let painted = 0;
      const finish = (picture: Picture | null): void => {
        if (this.running?.id === id) this.running = null;
        this.shown = performance.now();
        resolve(picture);
      };
      const take = (message: FromWorker): void => {
        if (message.kind === "failed") {
          this.running = null;
          reject(new Error(message.problem));
        } else if (message.kind === "came") {
          for (const part of message.parts) canvas.take(part);
          const now = performance.now();
          if (!canvas.whole && painted > 0 && now - painted < APART) return;
          const picture = canvas.picture();
          painted = performance.now();
          paint(picture);
          if (canvas.whole) finish(picture);
        }
      };
      this.running = { id, take, stop: () => finish(null) };
      try {
        this.put(question, !known, id, false);
      } catch (error) {
        this.running = null; // else whatever waits for quiet would wait for ever
        throw error;
      }
    });
  }

  outcomes(question: Question, coupling: Coupling): Promise<Outcomes | null> {
    const asked = this.asked;
    return this.turns.take(() => this.outcomesBeside(question, coupling, asked));
  }

  private async outcomesBeside(
    question: Question,
    coupling: Coupling,
    asked: number,
  ): Promise<Outcomes | null> {
    await this.quiet(asked);
    if (asked !== this.asked) return null;
    const twins = await this.gathered(question, null);
    if (coupling === "quantile" || twins === null) return twins?.found ?? null;
    if (question.noise === "fresh") {
      throw new Error(`pairs with fresh noise have no coupling ${coupling}`);
    }
    if (twins.touched >= this.steps) {
      return { ...twins.found, anew: coupling === "independent" ? twins.found.factual : null };
    }
    const again = await this.gathered(question, { coupling, first: twins.touched });
    return again?.found ?? null;
  }

  /** Return outcomes of all histories, and the first quarter touched; null if something else came. */
  private gathered(
    question: Question,
    anew: Ask["anew"],
  ): Promise<{ found: Outcomes; touched: number } | null> {
    const { theory } = this.under(question, this.read(question).read);
    const many = this.many(question, theory);
    const found: Outcomes = {
      factual: new Uint8Array(many),
      edited: new Uint8Array(many),
      draw: new Int32Array(many),
      anew: anew?.coupling === "independent" ? new Uint8Array(many) : null,
    };
    const id = (this.next += 1);
    let [done, touched] = [0, this.steps];
    return new Promise((resolve, reject) => {
      const put = ({ numbers, draws, outcome }: Brought | Redrawn): void => {
        const first = numbers[0] as number;
        found.factual.set(outcome.factual, first);
        found.edited.set(outcome.edited, first);
        found.draw.set(draws, first);
        done += numbers.length;
        if (done === many) finish({ found, touched });
      };
      const finish = (answer: { found: Outcomes; touched: number } | null): void => {
        if (this.beside?.id === id) this.beside = null;
        resolve(answer);
      };
      const take = (message: FromWorker): void => {
        if (message.kind === "failed") {
          this.beside = null;
          reject(new Error(message.problem));
        } else if (message.kind === "came") {
          for (const part of message.parts) {
            touched = Math.min(touched, part.touched);
            put(part);
          }
        } else if (message.kind === "redrawn") {
          if (message.outcome.anew !== null) {
            found.anew?.set(message.outcome.anew, message.numbers[0] as number);
          }
          put(message);
        }
      };
      this.beside = { id, take, stop: () => finish(null) };
      try {
        this.put(question, false, id, true, anew);
      } catch (error) {
        this.beside = null;
        throw error;
      }
    });
  }

  /**
   * Wait until nothing else is under way, and has not been for a moment, or something else is asked:
   * a worker ends the part it is at before it hears of that, and a hand that drags asks at once.
   */
  private async quiet(asked: number): Promise<void> {
    const rested = (): boolean => performance.now() - this.shown >= REST;
    while (asked === this.asked && (this.running !== null || this.beside !== null || !rested())) {
      await new Promise((go) => setTimeout(go, 20));
    }
  }

  async one(
    question: Question,
    history: number,
    world: "factual" | "edited",
    counts: Counted = "quantile",
  ): Promise<OneRun> {
    const { read, fold, problems } = this.read(question);
    if (problems.length > 0 || fold === null) throw new Error(problems.join("; "));
    const { theory, base } = this.under(question, read);
    const ask: Ask = {
      ...{ kind: "ask", id: 0, theory, base, fold, factual: true, beside: false, anew: null },
      ...{ noise: question.noise, runs: question.runs, seed: String(question.seed) },
      ...{ changes: read.changes, share: { mine: 0, of: 1 } },
    };
    const { members, items, kinds, rungs, relationship } = this.payload;
    const names = { members, items, kinds, rungs, relationship };
    this.single ??= new Single(this.start);
    return this.single.one({ ask, which: { history, world, counts }, names }, this.carried);
  }
}
