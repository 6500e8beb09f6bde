// What the package was asked beforehand, as `lab/beforehand.py` brings it along.
import type { Payload, Question, TriedBefore } from "../contract";

/**
 * Return what was tried of the very question, null if nothing was.
 *
 * @param effect What the page's own draws come to: anything else than what the package had, to the
 *   last bit, and what it tried is not of these draws.
 */
export function triedBefore(
  payload: Payload,
  question: Question,
  effect: number,
): TriedBefore | null {
  const known = payload.asked_before;
  if (known === null || question.noise !== "posterior") return null;
  const { theory, runs, seed } = known;
  if (question.theory !== theory || question.runs !== runs || question.seed !== seed) return null;
  const found = known.questions.find(
    ({ edits, outcome }) =>
      outcome === question.outcome &&
      edits.length === question.edits.length &&
      edits.every((edit, place) => edit === question.edits[place]),
  );
  return found?.effect === effect ? found : null;
}
