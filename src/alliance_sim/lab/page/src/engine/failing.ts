// Histories that failed: a state became infinite, or is not a number. The package leaves them out;
// nothing that an edit may set has been seen to make one, so the page refuses to show any.

import type { Engine } from "../../../engine.mjs";
import { labelOf } from "./holding";

/**
 * Refuse lanes of which one failed in the quarters brought last, or whose outcome is no number.
 * @throws With the history, the state and the quarter.
 */
export function refuseFailed(engine: Engine, lanes: number): void {
  const { frame } = engine;
  const failures = engine.whole("kept.failures"); // (2, lane): quarter or -1, and which state
  const summaries = engine.floats("kept.summaries");
  for (let lane = 0; lane < lanes; lane += 1) {
    const [step, state] = [Number(failures[lane]), Number(failures[frame.lanes + lane])];
    if (step < 0 && Number.isFinite(summaries[lane])) continue;
    const what =
      step < 0
        ? "its outcome is no finite number"
        : `${frame.states[state]} is not finite in ${labelOf(step, frame.time)}`;
    const history = Number(engine.whole("asked.runs")[lane]) + 1;
    throw new Error(`history ${history} failed: ${what}, so nothing of this question is shown`);
  }
}
