// The model as the page sees it, with workers that stop.
import { beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "../../../engine.mjs";
import type { Coupling, Model, Question } from "../../src/contract";
import type { Editable } from "../../src/engine/drafts";
import { startModel } from "../../src/engine/pool";
import { smallPayload } from "./payload";

const { made, Stub } = vi.hoisted(() => {
  const made: { onmessage: unknown; onerror: unknown; said: unknown[] }[] = [];
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

test("where the edits touch nothing the factual world is drawn anew only if all is", async () => {
  const carried = { theories: { RID: { draws: 4 } } };
  const some = await startModel({ ...payload, draws: carried });
  const [worker] = made.slice(-1);
  const asked: Question = { ...question, noise: "posterior", runs: 2 };
  const anew = async (coupling: Coupling) => {
    const found = some.outcomes(asked, coupling);
    await vi.waitFor(() => expect(worker?.said.at(-1)).toMatchObject({ kind: "ask" }));
    const { id } = worker?.said.pop() as { id: number };
    const outcome = {
      factual: Float64Array.of(0, 1, 0, 1, 1, 1, 0, 0),
      edited: new Float64Array(8),
    };
    const numbers = Int32Array.from({ length: 8 }, (_, k) => k);
    const part = { numbers, draws: numbers, touched: 40, factual: null, edited: {}, outcome };
    const hear = worker?.onmessage as (event: object) => void;
    hear({ data: { kind: "came", id, parts: [part] } });
    return (await found)?.anew;
  };
  expect(await anew("independent")).toEqual(Uint8Array.of(0, 1, 0, 1, 1, 1, 0, 0));
  expect([await anew("thinning"), await anew("redraw_after")]).toEqual([null, null]);
  expect(await anew("quantile")).toBeNull();
});
