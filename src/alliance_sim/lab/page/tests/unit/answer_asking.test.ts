// What is asked beside the picture: in which order, and what ends it.
import { expect, test } from "vitest";
import { answering, gather } from "../../src/answer/asking";
import { commandOf } from "../../src/answer/words";
import type { Beside } from "../../src/answer/answer";
import type { Model, Outcomes, Picture, Question } from "../../src/contract";
import { Store } from "../../src/state/store";
import { madePayload, madePicture } from "./made";
import { smallPayload } from "./payload";

const question: Question = {
  edits: ["without great_raid"],
  outcome: "rung>=2@2010",
  theory: "RID",
  noise: "posterior",
  runs: 2,
  seed: 1,
};
const payload = smallPayload({
  theories: [
    { name: "RID", title: "all", weight: 0.5, draws: 3 },
    { name: "N", title: "none", weight: 0.1, draws: 3 },
    { name: "ID", title: "two", weight: 0.4, draws: 3 },
    { name: "R", title: "one", weight: 0, draws: 0 },
  ],
});
const outcomes: Outcomes = {
  factual: Uint8Array.of(1),
  edited: Uint8Array.of(0),
  draw: Int32Array.of(0),
  anew: null,
};

function pictureOf(change: Partial<Question> = {}): Picture {
  const asked = { ...question, ...change };
  const picture: Partial<Picture> = { question: asked, outcome: outcomes, done: 1, of: 1 };
  return { ...picture, draw: outcomes.draw } as Picture;
}

function modelTelling(asked: string[], answers: (Outcomes | null)[] = []): Model {
  return {
    couplings: ["quantile", "independent"],
    outcomes: async ({ noise, runs, theory }: Question, coupling: string) => {
      asked.push([noise, runs, theory, coupling].join(" "));
      return asked.length <= answers.length ? (answers[asked.length - 1] ?? null) : outcomes;
    },
  } as Partial<Model> as Model;
}

test("pairs with fresh noise come first, then couplings, then theories by weight", async () => {
  const asked: string[] = [];
  const told: Beside[] = [];
  await gather(payload, modelTelling(asked), pictureOf(), (found) => told.push(found));
  expect(asked).toEqual([
    "fresh 1000 RID quantile",
    "posterior 2 RID independent",
    "posterior 2 ID quantile",
    "posterior 2 N quantile",
  ]);
  const last = told.at(-1);
  expect(last?.open).toBe(false);
  // Thinning is another coupling for counts only, so the picture itself says it.
  expect(Object.keys(last?.couplings ?? {})).toEqual(["thinning", "independent"]);
});

test("once something else is asked nothing more is asked for", async () => {
  const asked: string[] = [];
  const told: Beside[] = [];
  await gather(payload, modelTelling(asked, [outcomes, null]), pictureOf(), (found) =>
    told.push(found),
  );
  expect(asked).toHaveLength(2);
  expect(told.every(({ open }) => open)).toBe(true);
});

test("with new luck, or with nothing changed, the picture is all", async () => {
  for (const change of [{ noise: "fresh" } as const, { edits: [] }]) {
    const asked: string[] = [];
    const told: Beside[] = [];
    await gather(payload, modelTelling(asked), pictureOf(change), (found) => told.push(found));
    expect([asked.length, told.length, told[0]?.open]).toEqual([0, 1, false]);
  }
});

const shown: Question = { ...question, outcome: "rung>=3@1998" };
const settled = () => new Promise((go) => setTimeout(go));

/** A store whose model answers what is asked beside by `outcomes`. */
function storeWith(outcomes: Model["outcomes"]): Store {
  const store = new Store(madePayload(), ["timeline"]);
  store.model.value = { couplings: ["quantile"], outcomes } as Partial<Model> as Model;
  return store;
}

test("whoever comes back to a question before another is answered has its answer whole", async () => {
  let open = true;
  const store = storeWith(async () => (open ? outcomes : null));
  const answer = answering(store);
  open = false; // something else is asked while this one's answer is put together …
  store.picture.value = madePicture(shown, 12);
  await settled();
  open = true; // … and this one again, before the other has a whole picture
  store.picture.value = { ...madePicture(shown, 12), done: 4 };
  store.picture.value = madePicture(shown, 12);
  await settled();
  expect(answer.value?.label).not.toBeNull();
});

test("an answer that cannot be put together says why, and what is known stays", async () => {
  const store = storeWith(async () => {
    throw new Error("worker 2 stopped: out of memory");
  });
  const answer = answering(store);
  store.picture.value = madePicture(shown, 12);
  await settled();
  expect(store.problems.value).toEqual(["worker 2 stopped: out of memory"]);
  expect(answer.value?.fact.value).toBe(0);
});

test("the same question is to be had on the command line", () => {
  const whatif = commandOf(question, payload);
  expect(whatif).toContain("whatif two_islands/baseline --without great_raid --outcome");
  expect(whatif).toContain("'rung>=2@2010' --uniforms 2 --seed 1");
  const fresh = commandOf({ ...question, noise: "fresh" }, payload);
  expect(fresh).toMatch(
    /^python -c 'from alliance_sim\.lab import solution; print\(solution\("#v=1/,
  );
  expect(fresh).toContain("noise=fresh");
});
