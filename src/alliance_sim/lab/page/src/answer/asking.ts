// What an answer needs beside the picture: other couplings, other theories, pairs with fresh noise.
// It is asked for once the picture is whole, and dropped when something else is asked.
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Coupling, Model, Outcomes, Payload, Picture, Question } from "../contract";
import { same, worded, type Store } from "../state/store";
import { answerOf, COUPLINGS, NOTHING_BESIDE, PAIRS, type Answer, type Beside } from "./answer";
import { stateOf } from "./words";

const known = new WeakMap<Store, ReadonlySignal<Answer | null>>();

/** Return the answer to what is shown, null until the first histories are in; the same for all. */
export function answering(store: Store): ReadonlySignal<Answer | null> {
  const before = known.get(store);
  if (before !== undefined) return before;
  const beside = signal<{ of: Picture | null; found: Beside }>({ of: null, found: NOTHING_BESIDE });
  effect(() => {
    const [model, picture] = [store.model.value, store.picture.value];
    if (model === null || picture === null || picture.done < picture.of) return;
    const { of, found } = beside.peek();
    const known = of !== null && !found.open && same(of.question, picture.question);
    if (of === picture || known) return;
    beside.value = { of: picture, found: NOTHING_BESIDE };
    // Whoever asks something else ends what goes on; if the same is asked again, so does this.
    const wanted = () => beside.peek().of === picture;
    gather(store.payload, model, picture, (found) => {
      if (wanted()) beside.value = { of: picture, found };
    }).catch((error: unknown) => {
      if (wanted()) store.problems.value = [worded(error)];
    });
  });
  const answer = computed(() => {
    const picture = store.picture.value;
    if (picture === null || picture.done === 0) return null;
    const { of, found } = beside.value;
    const whole = picture.done === picture.of;
    const mine = of !== null && whole && same(of.question, picture.question);
    return answerOf(store.payload, picture, mine ? found : NOTHING_BESIDE);
  });
  known.set(store, answer);
  return answer;
}

/** Ask for everything, one after the other, the quickest first. */
export async function gather(
  payload: Payload,
  model: Model,
  picture: Picture,
  told: (found: Beside) => void,
): Promise<void> {
  const { question } = picture;
  let found: Beside = { ...NOTHING_BESIDE };
  if (question.noise === "fresh" || question.edits.length === 0) {
    told({ ...found, open: false });
    return;
  }
  const take = (part: Partial<Beside>): void => {
    found = { ...found, ...part };
    told(found);
  };
  const fresh = await model.outcomes({ ...question, noise: "fresh", runs: PAIRS }, "quantile");
  if (fresh === null) return;
  take({ fresh });
  for (const name of askable(model, question)) {
    const outcomes =
      name === "thinning" && !counts(question)
        ? shownOf(picture)
        : await model.outcomes(question, name);
    if (outcomes === null) return;
    take({ couplings: { ...found.couplings, [name]: outcomes } });
  }
  const heaviest = [...payload.theories].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  for (const { name, draws } of heaviest) {
    if (draws === 0 || name === question.theory) continue;
    const outcomes = await model.outcomes({ ...question, theory: name }, "quantile");
    if (outcomes === null) return;
    take({ theories: { ...found.theories, [name]: outcomes } });
  }
  take({ open: false });
}

/** Thinning is another coupling for counts of acts only; for all else it comes to the quantile. */
function counts(question: Question): boolean {
  return stateOf(question.outcome).startsWith("count_");
}

function askable(model: Model, question: Question): Coupling[] {
  return COUPLINGS.filter(
    (name) =>
      name !== "quantile" &&
      (model.couplings.includes(name) || (name === "thinning" && !counts(question))),
  );
}

function shownOf({ outcome, draw }: Picture): Outcomes {
  return { ...outcome, draw, anew: null };
}
