// A worker for histories that are told one by one: the page stays at hand while one is run.

import type { OneRun } from "../contract";
import type { CarriedDraws } from "./draws";
import type { FromWorker, One, Start, ToWorker } from "./protocol";
import Worker from "./worker?worker&inline";

interface Waiting {
  done: (run: OneRun) => void;
  failed: (error: Error) => void;
}

export class Single {
  private worker: Worker | null = null;
  private readonly told = new Set<string>();
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;

  constructor(private readonly start: Start) {}

  /** Return a history; if the worker stops all that wait are told, and the next one has another. */
  one(asked: Omit<One, "kind" | "id">, carried: CarriedDraws | null): Promise<OneRun> {
    const worker = (this.worker ??= this.made());
    const { theory } = asked.ask;
    const draws = carried?.theories[theory];
    if (draws !== undefined && !this.told.has(theory)) {
      worker.postMessage({ kind: "theory", told: draws } satisfies ToWorker);
      this.told.add(theory);
    }
    const id = (this.next += 1);
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      worker.postMessage({ kind: "one", id, ...asked } satisfies ToWorker);
    });
  }

  private made(): Worker {
    const made = new Worker();
    made.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
    made.onerror = ({ message }) => this.stopped(message);
    made.onmessageerror = () => this.stopped("what it says cannot be read");
    made.postMessage(this.start satisfies ToWorker);
    return made;
  }

  private hear(message: FromWorker): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === "told") waiting?.done(message.run);
    else if (message.kind === "failed") waiting?.failed(new Error(message.problem));
  }

  private stopped(why: string): void {
    this.worker?.terminate();
    this.worker = null;
    this.told.clear();
    const problem = new Error(`the worker for single histories stopped${why ? `: ${why}` : ""}`);
    for (const { failed } of this.waiting.values()) failed(problem);
    this.waiting.clear();
  }
}
