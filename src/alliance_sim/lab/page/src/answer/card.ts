// The plausibility card: six checks of the question itself, as `counterfactual/card.py` has them. What
// a page cannot check is told as "not available", with where to get it.
import type { Payload, Picture, Question, TriedBefore } from "../contract";
import { fixed, MISSING, percentClose } from "../parts/numbers";
import { commas, semicolons, t } from "../text";
import { signOf, type Agreement, type Sign } from "./labels";
import { AMBER, GREEN } from "./rewrite";
import { heldOf, monthOf, statesHeld } from "./words";

export type Verdict = "pass" | "warn" | "refuse" | "not available";

export interface Check {
  check:
    "clarity" | "cotenability" | "minimal rewrite" | "theory" | "statistics" | "projectability";
  verdict: Verdict;
  number: number | null;
  words: string;
}

interface Asked {
  payload: Payload;
  question: Question;
  picture: Picture;
  agreed: Agreement | null;
  bits: number | null;
  before: TriedBefore | null;
}

/** Return all checks, in the language of the page. */
export function cardOf(asked: Asked): Check[] {
  return [
    clarity(asked),
    cotenability(asked),
    rewrite(asked),
    theory(asked),
    { check: "statistics", verdict: "not available", number: null, words: t("answer.card.free") },
    {
      check: "projectability",
      verdict: "not available",
      number: null,
      words: t("answer.card.unscored"),
    },
  ];
}

function clarity(asked: Asked): Check {
  const { question, picture, payload } = asked;
  const removed = question.edits.flatMap((edit) => {
    const name = edit.startsWith("without ") ? edit.slice(8) : "";
    return payload.junctures.filter((juncture) => juncture.name === name);
  });
  const named: Record<string, boolean> = {
    antecedent: question.edits.length > 0,
    difference: picture.touched !== null,
    replacement: removed.every(({ description }) => description !== ""),
    outcome: question.outcome !== "",
    after: true,
    horizon: true,
    held: true,
    population: payload.relationship.name !== "",
  };
  const parts = Object.values(named);
  const count = parts.filter(Boolean).length;
  const missing = Object.keys(named).filter((name) => !named[name]);
  const kept = heldOf(question.edits);
  const names = commas([...kept, ...statesHeld(question.edits, payload)]);
  const words = semicolons([
    t("answer.card.named", { count, of: parts.length }),
    ...(missing.length > 0
      ? [
          t("answer.card.missing", {
            names: commas(missing.map((n) => t(`answer.card.part.${n}`))),
          }),
        ]
      : []),
    t("answer.card.from", { day: dayOf(picture.touched, payload) }),
    names === "" ? t("answer.card.free_all") : t("answer.card.held", { names }),
  ]);
  const verdict = missing.length > 0 ? "warn" : "pass";
  return { check: "clarity", verdict, number: count / parts.length, words };
}

/** Return the first day of the first quarter that the edits touch. */
function dayOf(touched: number | null, payload: Payload): string {
  return touched === null ? MISSING : `${monthOf(touched, payload)}-01`;
}

function cotenability(asked: Asked): Check {
  const { question, payload } = asked;
  const [kept, states] = [heldOf(question.edits), statesHeld(question.edits, payload)];
  if (kept.length + states.length === 0) {
    return {
      check: "cotenability",
      verdict: "pass",
      number: null,
      words: t("answer.card.nothing_held"),
    };
  }
  const words =
    kept.length === 0
      ? t("answer.card.stays_unknown", { names: semicolons(states) })
      : t("answer.card.held_unknown", { names: commas([...kept, ...states]) });
  return { check: "cotenability", verdict: "not available", number: null, words };
}

function rewrite(asked: Asked): Check {
  const { bits } = asked;
  const check = "minimal rewrite";
  if (bits === null) {
    const held = statesHeld(asked.question.edits, asked.payload).length > 0;
    const key = held ? "no_rule" : asked.before === null ? "no_bits" : "no_chance";
    return { check, verdict: "not available", number: null, words: t(`answer.card.${key}`) };
  }
  const verdict = bits <= GREEN ? "pass" : bits <= AMBER ? "warn" : "refuse";
  return { check, verdict, number: bits, words: t("answer.card.bits", { bits: fixed(bits, 1) }) };
}

const MOVES: Record<Sign, string> = { 1: "raises", [-1]: "lowers", 0: "still" } as Record<
  Sign,
  string
>;

function theory({ agreed, question }: Asked): Check {
  if (agreed === null) {
    return {
      check: "theory",
      verdict: "not available",
      number: null,
      words: t(question.noise === "fresh" ? "answer.card.fresh" : "answer.card.no_theory"),
    };
  }
  const names = Object.keys(agreed.means);
  const told = semicolons(
    names.map((name) => {
      const mean = agreed.means[name] ?? 0;
      const sign = signOf(mean);
      const light = Object.hasOwn(agreed.signs, name) ? "" : t("answer.card.light");
      return t(`answer.card.${MOVES[sign]}`, { name }) + light;
    }),
  );
  if (names.length < 2) {
    return {
      check: "theory",
      verdict: "not available",
      number: null,
      words: t("answer.card.one_theory", { told }),
    };
  }
  const alike = new Set(Object.values(agreed.signs)).size === 1;
  const words = t("answer.card.majority", { told, weight: percentClose(agreed.agreement) });
  return { check: "theory", verdict: alike ? "pass" : "warn", number: agreed.agreement, words };
}
