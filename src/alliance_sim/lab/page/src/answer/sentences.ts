// An answer in sentences. In English they are those of `whatif`, letter by letter; see
// `counterfactual/answer.py`, `labels.py` and `rivals.py`.
import type { Payload } from "../contract";
import { counted, fixed, of100, percent, percentClose, share } from "../parts/numbers";
import { timeOf } from "../state/time";
import { commas, language, said, semicolons, t } from "../text";
import type { Answer } from "./answer";
import type { Label, Reason } from "./labels";
import { begun, editsInWords, heldOf, monthOf, outcomeTitle, statesHeld } from "./words";

const NO_PREFERENCE = 4; // nats

/**
 * Return what it comes to, and what stands under it: what it is about and what it is not. With
 * "answer.between" they are what `whatif` says.
 */
export function inSentences(answer: Answer, payload: Payload): { told: string; under: string } {
  const under = [namedSentence(answer, payload), t("answer.fixed")].join(t("answer.between"));
  return { told: answerSentence(answer, payload), under };
}

/** Return what it comes to, in one sentence. */
function answerSentence(answer: Answer, payload: Payload): string {
  const { question, fact, edited, effect } = answer;
  const given = {
    what: begun(outcomeTitle(question.outcome, payload)),
    after: of100(edited.value),
    before: of100(fact.value),
    edits: editsInWords(question.edits, payload),
  };
  if (question.edits.length === 0) {
    return t(`answer.told.${question.noise}.unedited`, given);
  }
  if (effect.low === null || effect.high === null) {
    const told = question.noise === "fresh" ? "fresh.edited" : "posterior.open";
    return t(`answer.told.${told}`, { ...given, difference: counted(effect.value) });
  }
  const ends = { low: counted(effect.low), high: counted(effect.high) };
  return t("answer.told.posterior.edited", { ...given, ...ends });
}

/** Return which model and which coded list it is a statement about. */
function namedSentence(answer: Answer, payload: Payload): string {
  const { question, draws } = answer;
  const model = { model: payload.scenario.name, theory: question.theory };
  const held = payload.record?.held;
  if (question.noise === "fresh" || held === undefined) {
    return t("answer.named.fresh", { ...model, pairs: answer.histories });
  }
  const told = t("answer.named.posterior", {
    ...model,
    draws,
    ...held,
    series: t(`answer.series.${held.series}`),
  });
  return answer.label === null
    ? told
    : `${told} ${t("answer.named.label", { label: t(`answer.label.${answer.label.name}`) })}`;
}

export function reasonsInWords(label: Label): { words: string; unchecked: boolean }[] {
  return label.reasons.map((reason) => ({ words: inWords(reason), unchecked: reason.unchecked }));
}

function inWords({ key, given }: Reason): string {
  const told: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) {
    const own = key === "variant" && language.value !== "en";
    const names = typeof value === "object" && own ? value.map(readingInWords) : value;
    told[name] = typeof names === "object" ? commas(names) : names;
  }
  for (const name of ["share", "against"]) {
    const value = given[name];
    if (typeof value === "number") told[name] = percentClose(value);
  }
  if (typeof given["ratio"] === "number") told["ratio"] = percentClose(given["ratio"]);
  if (typeof given["bits"] === "number") told["bits"] = fixed(given["bits"], 0);
  return t(`answer.reason.${key}`, told);
}

/** Return how the record is read, by the package's name for it, as a reader says it. */
export function readingInWords(name: string): string {
  const [kind = "", ...more] = name.split(" ");
  const which = more.join(" ");
  if (kind === "edition") return t("answer.reading.edition", { which });
  const [, growth] = /^growing (\S+) a year$/.exec(which) ?? [];
  if (growth !== undefined) {
    return t("answer.reading.growing", { share: percent(Number.parseFloat(growth) / 100) });
  }
  const key = `answer.reading.${which.replaceAll(" ", "_")}`;
  return said("en", key) === undefined ? name : t(key);
}

/** Return what had to be assumed, in sentences. */
export function assumedSentences(answer: Answer, payload: Payload): string[] {
  const { question } = answer;
  const { name, assumed } = payload.scenario;
  const found = [
    assumed === undefined
      ? t("answer.assumed.rules", { model: name })
      : t("answer.assumed.numbers", { model: name, count: assumed }),
  ];
  if (question.noise === "fresh") return [...found, t("answer.assumed.fresh")];
  found.push(t("answer.assumed.coupling"));
  const until = payload.record?.held?.until;
  if (until !== undefined && until < timeOf(payload)[1]) {
    found.push(t("answer.assumed.until", { year: until }));
  }
  const [kept, states] = [heldOf(question.edits), statesHeld(question.edits, payload)];
  if (kept.length > 0) found.push(t("answer.assumed.held", { names: commas(kept) }));
  else if (states.length === 0) found.push(t("answer.assumed.total"));
  if (states.length > 0) found.push(t("answer.assumed.put", { edits: semicolons(states) }));
  const weights = weighing(answer, payload);
  if (weights !== "") found.push(weights);
  for (const theory of answer.missing) found.push(t("answer.assumed.missing", { theory }));
  if (answer.before !== null) {
    const count = Object.keys(answer.before.readings).length;
    found.push(t("answer.assumed.beforehand", { count }));
  }
  return found;
}

/** Return how theories weigh, in a sentence. */
function weighing({ theories, open, question }: Answer, payload: Payload): string {
  if (theories.length === 0 || open || question.edits.length === 0) return "";
  if (theories.length < 2) return t("answer.weighing.one");
  const told = commas(theories.map(({ name, weight }) => `${name} ${share(weight)}`));
  if (payload.weighing === "stacking") return t("answer.weighing.stacking", { told });
  if (payload.weighing !== "evidence") return t("answer.weighing.alike");
  const evidence = theories.flatMap(({ name }) => {
    const value = payload.theories.find((one) => one.name === name)?.evidence?.[0];
    return value === undefined ? [] : [{ name, value }];
  });
  const best = Math.max(...evidence.map(({ value }) => value));
  const near = evidence.filter(({ value }) => best - value < NO_PREFERENCE).map(({ name }) => name);
  return t("answer.weighing.evidence", { told, near: commas(near) });
}

/** Return what both worlds do by themselves from where the edits begin; "" where that is not known. */
export function futuresSentence(answer: Answer, payload: Payload): string {
  const { futures, touched, question } = answer;
  if (futures === null || touched === null) return "";
  const [low, high] = futures.bounds.necessity;
  return t("answer.futures", {
    day: `${monthOf(touched, payload)}-01`,
    before: of100(futures.fact),
    after: of100(futures.edited),
    edits: editsInWords(question.edits, payload),
    low: share(low),
    high: share(high),
  });
}
