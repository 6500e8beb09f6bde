// What the store asks is put to the model; whatever goes wrong there is told on the page.
import { expect, test, vi } from "vitest";
import type { Model, Question } from "../../src/contract";
import { run } from "../../src/state/running";
import { Store } from "../../src/state/store";
import { madeModel, madePayload, madePicture } from "./made";

let model: Model;
vi.mock("../../src/engine/pool", () => ({ startModel: async () => model }));

async function running(change: Partial<Model>): Promise<Store> {
  model = { ...madeModel(), ...change };
  const store = new Store(madePayload(), ["timeline"]);
  await run(store);
  return store;
}

const settled = () => new Promise((go) => setTimeout(go));

test("each question is asked once, and its picture shown", async () => {
  const asked: Question[] = [];
  const store = await running({
    ask: (question, paint) => {
      asked.push(question);
      return madeModel().ask(question, paint);
    },
  });
  store.change({ seed: 2 });
  store.change({ seed: 2 });
  store.show("timeline");
  expect(asked.map(({ seed }) => seed)).toEqual([1, 2]);
  expect(store.picture.value?.question.seed).toBe(2);
});

test("a question that needs more memory than there is is told, and the next one is asked", async () => {
  const full = (): never => {
    throw new RangeError("Array buffer allocation failed");
  };
  const store = await running({
    ask: (question, paint) => (question.runs > 1000 ? full() : madeModel().ask(question, paint)),
  });
  store.change({ runs: 20_000 });
  await settled();
  expect(store.problems.value).toEqual(["Array buffer allocation failed"]);
  store.change({ runs: 100 });
  expect([store.problems.value, store.picture.value?.question.runs]).toEqual([[], 100]);
});

test("what fails later is told, too", async () => {
  const store = await running({ ask: () => Promise.reject(new Error("worker 1 stopped")) });
  await settled();
  expect(store.problems.value).toEqual(["worker 1 stopped"]);
});

test("what comes later of a question is not shown once another is asked that cannot be", async () => {
  const late: { paint: () => void; fail: (error: Error) => void }[] = [];
  const store = await running({
    problems: ({ outcome }) => (outcome === "nonsense" ? ["no such outcome"] : []),
    ask: (question, paint) =>
      new Promise((_, fail) => {
        late.push({ paint: () => paint(madePicture(question, null)), fail });
      }),
  });
  const [first] = late;
  first?.paint();
  const before = store.picture.value;
  expect(before).not.toBeNull();
  store.change({ outcome: "nonsense" }, true); // passing by, as somebody drags
  expect(store.picture.value).toBe(before);
  store.change({ outcome: "nonsense" });
  store.change({ outcome: "nonsense", seed: 2 });
  first?.paint();
  first?.fail(new Error("worker 1 stopped"));
  await settled();
  expect(store.picture.value).toBeNull(); // that before answers another question
  expect(store.problems.value).toEqual(["no such outcome"]);
  store.undo();
  store.undo();
  late[1]?.paint();
  expect([late.length, store.problems.value]).toEqual([2, []]);
  expect(store.picture.value).not.toBe(before);
});
