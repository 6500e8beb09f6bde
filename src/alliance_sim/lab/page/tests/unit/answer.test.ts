// Numbers and sentences of the answer, beside what the package says of the same histories.
import { beforeAll, describe, expect, test } from "vitest";
import { answerOf, type Answer, type Beside } from "../../src/answer/answer";
import { assumedSentences, inSentences, reasonsInWords } from "../../src/answer/sentences";
import type { Outcomes, Payload, Picture, Question } from "../../src/contract";
import { language, t, words } from "../../src/text";
import data from "./data/answers.json";
import { frameOf, smallPayload } from "./payload";

interface Estimated {
  probability: number;
  low: number;
  high: number;
}
interface Case {
  edits: string[];
  outcome: string;
  given: {
    draws: number;
    touched: number;
    couplings: Record<string, [string, string]>;
    anew: string;
    theories: Record<string, [string, string]>;
    fresh: [string, string];
  };
  answer: {
    fact: Estimated;
    edited: Estimated;
    effect: Estimated;
    necessity: { given_history: number | null; ensemble: number | null };
    sufficiency: number | null;
    both: number;
    bounds: Record<"PN" | "PS" | "PNS", [number, number]>;
    couplings: Record<string, { effect: Estimated; necessity: number | null }> & {
      coupling_free: { fact: number; edited: number; bounds: Record<string, [number, number]> };
    };
    label: string;
    readings: Record<string, Estimated>;
    reasons: string[];
    card: { check: string; verdict: string; number: number | null; words: string }[];
    theories: ({ theory: string; weight: number } & Record<
      "fact" | "edited" | "effect",
      Estimated
    >)[];
    agreement: Record<string, number>;
    assumed: string[];
    sentence: string;
    bits: number | null;
  };
  /** What `whatif` says itself, where it was asked beforehand. */
  whatif: string | null;
  fresh: { fact: { probability: number }; necessity: { ensemble: number | null } };
}
interface Told {
  payload: Partial<Payload> & { time: [number, number, number] };
  uniforms: number;
  seed: number;
  cases: Case[];
}

const told = data as unknown as Told;
const payload = smallPayload({ ...told.payload, frame: frameOf(...told.payload.time) });
const STEPS = 304;

function ones(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => Number(letter));
}

function outcomes([factual, edited]: [string, string], draws: number, anew?: string): Outcomes {
  return {
    factual: ones(factual),
    edited: ones(edited),
    draw: Int32Array.from(factual, (_, history) => history % draws),
    anew: anew === undefined ? null : ones(anew),
  };
}

function pictureOf({ edits, outcome, given }: Case): Picture {
  const question: Question = {
    edits,
    outcome,
    theory: "RID",
    noise: "posterior",
    runs: told.uniforms,
    seed: told.seed,
  };
  const flat = () => new Float64Array(STEPS);
  const fan = () => ({ low: flat(), lower: flat(), middle: flat(), upper: flat(), high: flat() });
  const fans = () => ({ factual: fan(), edited: fan(), difference: fan() });
  const shown = outcomes(given.couplings["quantile"] ?? ["", ""], given.draws);
  const room = new Float64Array(STEPS * payload.rungs.length);
  return {
    question,
    done: shown.factual.length,
    of: shown.factual.length,
    steps: STEPS,
    fans: {
      level_political: fans(),
      level_operations: fans(),
      level_equipment: fans(),
      rung: fans(),
      agenda_overlap: fans(),
    },
    ladder: { factual: room, edited: room },
    touched: given.touched,
    outcome: shown,
    draw: shown.draw,
    milliseconds: 0,
  };
}

function besideOf({ given }: Case): Beside {
  const { draws } = given;
  const pair = (name: string) => given.couplings[name] ?? (["", ""] as [string, string]);
  return {
    couplings: {
      thinning: outcomes(pair("thinning"), draws),
      redraw_after: outcomes(pair("redraw_after"), draws),
      independent: outcomes(pair("independent"), draws, given.anew),
    },
    theories: Object.fromEntries(
      Object.entries(given.theories).map(([name, both]) => [name, outcomes(both, drawsOf(name))]),
    ),
    fresh: outcomes(given.fresh, 1),
    open: false,
  };
}

function drawsOf(theory: string): number {
  return payload.theories.find(({ name }) => name === theory)?.draws ?? 0;
}

function near(mine: number | null | undefined, its: number | null): void {
  if (its === null) expect(mine).toBeNull();
  else expect(Math.abs((mine ?? NaN) - its)).toBeLessThan(1e-11);
}

describe.each(told.cases)("$edits, $outcome", (one) => {
  let answer: Answer;
  beforeAll(() => {
    language.value = "en";
    words.value = payload.relationship.words;
    answer = answerOf(payload, pictureOf(one), besideOf(one));
  });

  test("both worlds and the effect are the numbers of the package", () => {
    for (const name of ["fact", "edited", "effect"] as const) {
      const { probability, low, high } = one.answer[name];
      expect(answer[name].value).toBe(probability);
      near(answer[name].low, low);
      near(answer[name].high, high);
    }
    near(answer.given, one.answer.necessity.given_history);
  });

  test("necessity and sufficiency of fresh pairs, with their bounds", () => {
    near(answer.ensemble?.necessity, one.answer.necessity.ensemble);
    near(answer.ensemble?.sufficiency, one.answer.sufficiency);
    near(answer.ensemble?.both, one.answer.both);
    for (const name of ["PN", "PS", "PNS"] as const) {
      const [low, high] = answer.ensemble?.bounds[name] ?? [NaN, NaN];
      near(low, one.answer.bounds[name][0]);
      near(high, one.answer.bounds[name][1]);
    }
  });

  test("every coupling, and what none can change", () => {
    expect(answer.couplings.map(({ name }) => name)).toHaveLength(4);
    for (const { name, effect, necessity } of answer.couplings) {
      const its = one.answer.couplings[name];
      expect(effect.value).toBe(its?.effect.probability);
      near(effect.low, its?.effect.low ?? NaN);
      near(effect.high, its?.effect.high ?? NaN);
      near(necessity, its?.necessity ?? null);
    }
    const free = one.answer.couplings.coupling_free;
    near(answer.futures?.fact, free.fact);
    near(answer.futures?.edited, free.edited);
    near(answer.futures?.bounds.necessity[0], free.bounds["necessity"]?.[0] ?? NaN);
    near(answer.futures?.bounds.necessity[1], free.bounds["necessity"]?.[1] ?? NaN);
  });

  test("rival theories, and how far they agree", () => {
    expect(answer.theories.map(({ name }) => name)).toEqual(
      one.answer.theories.map(({ theory }) => theory),
    );
    answer.theories.forEach((mine, place) => {
      const its = one.answer.theories[place];
      near(mine.weight, its?.weight ?? NaN);
      near(mine.effect.value, its?.effect.probability ?? NaN);
    });
    near(answer.agreed?.mean, one.answer.agreement["mean"] ?? NaN);
    near(answer.agreed?.probability, one.answer.agreement["probability_of_sign"] ?? NaN);
    near(answer.agreed?.ambiguity, one.answer.agreement["ambiguity"] ?? NaN);
  });

  test("label and reasons, letter by letter", () => {
    expect(answer.label?.name).toBe(one.answer.label);
    const mine = answer.label === null ? [] : reasonsInWords(answer.label);
    expect(mine.map(({ words }) => words)).toEqual(one.answer.reasons);
  });

  test("what other readings of the record say, where that was asked beforehand", () => {
    expect(answer.before === null).toBe(one.whatif === null);
    const readings = Object.entries(answer.before?.readings ?? {});
    const mine = readings.map(([name, [probability, low, high]]) => [
      name,
      { probability, low, high },
    ]);
    expect(Object.fromEntries(mine)).toEqual(one.answer.readings);
    if (one.whatif !== null) expect(answer.label?.name).toBe(one.whatif);
  });

  test("the plausibility card, letter by letter", () => {
    near(answer.bits, one.answer.bits);
    expect(answer.card.map(({ check, verdict, words }) => [check, verdict, words])).toEqual(
      one.answer.card.map(({ check, verdict, words }) => [check, verdict, words]),
    );
  });

  test("the sentence and what was assumed, letter by letter", () => {
    const { told, under } = inSentences(answer, payload);
    expect([told, under].join(t("answer.between"))).toBe(one.answer.sentence);
    expect(assumedSentences(answer, payload)).toEqual(one.answer.assumed);
  });
});

test("an answer is robust where all was tried and nothing speaks against it", () => {
  const office = told.cases.find(({ edits }) => edits[0] === "council weighted_majority");
  if (office === undefined) throw new Error("the question is not among the cases");
  const theories = payload.theories.filter(({ draws }) => draws > 0);
  const ask = (change: Partial<Payload>) =>
    answerOf({ ...payload, theories, ...change }, pictureOf(office), besideOf(office));
  expect(ask({}).label).toEqual({ name: "robust", reasons: [] });
  const alone = ask({ asked_before: null });
  expect(alone.label?.name).toBe("fragile");
  expect(alone.label?.reasons.map(({ key }) => key)).toEqual([
    "no_variants",
    "no_prior",
    "no_bistable",
  ]);
});
