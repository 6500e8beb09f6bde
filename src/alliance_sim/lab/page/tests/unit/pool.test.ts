// The model as the page sees it, with workers that stop.
import { beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "../../../engine.mjs";
import type { Model, Question } from "../../src/contract";
import type { Editable } from "../../src/engine/drafts";
import { startModel } from "../../src/engine/pool";
import { smallPayload } from "./payload";

const { made, Stub } = vi.hoisted(() => {
  const made: { onerror: unknown; said: unknown[] }[] = [];
  class Stub {
    onmessage: unknown = null;
    onmessageerror: unknown = null;
    onerror: unknown = null;
    readonly said: unknown[] = [];
    constructor() {
      made.push(this);
    }
    postMessage(message: unknown): void {
      this.said.push(message);
    }
  }
  return { made, Stub };
});
vi.mock("../../src/engine/worker?worker&inline", () => ({ default: Stub }));
vi.mock("../../../engine.mjs", () => ({ start: async () => ({}), hasVectors: () => false }));
vi.mock("../../src/engine/late", () => ({ Touching: class {} }));

const frame: Partial<Frame> = {
  ...{ time: [1990, 1999, 4], shape: { steps: 40 }, tables: {}, reported: { rung: 0 } },
  ...{ program: "0", states: ["rung"] },
};
const editable: Partial<Editable> = {
  ...{ kinds: {}, junctures: {}, leaders: {}, settings: {}, theories: { RID: {} } },
  holds: { states: {}, cannot: {}, periods: {} },
};
const payload = smallPayload({
  frame: frame as Frame,
  editable,
  rungs: [{ rung: 4, title: "", domain: "political", kind: "", salience: 1 }],
  states: [{ name: "rung", title: "rung", unit: "1", low: 0, high: 4 }],
});
const question: Question = {
  ...{ edits: [], outcome: "rung>=2@1995", theory: "RID" },
  ...{ noise: "fresh", runs: 8, seed: 1 },
};
const stop = () => (made[0]?.onerror as (event: object) => void)({ message: "out of memory" });
const ask = (model: Model) => model.ask(question, () => undefined);
let model: Model;

beforeEach(async () => {
  made.length = 0;
  model = await startModel(payload);
});

test("who waits is told that a worker has stopped", async () => {
  const waiting = ask(model);
  stop();
  await expect(waiting).rejects.toThrow("worker 1 stopped: out of memory");
});

test("once a worker has stopped nothing that is asked waits for an answer", async () => {
  stop();
  const told = made[0]?.said.length;
  for (const _ of [1, 2]) {
    await expect(ask(model)).rejects.toThrow("worker 1 stopped");
    await expect(model.outcomes(question, "quantile")).rejects.toThrow("worker 1 stopped");
  }
  expect(made[0]?.said.length).toBe(told);
});
