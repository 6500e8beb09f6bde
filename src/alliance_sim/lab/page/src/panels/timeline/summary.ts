// The chart in two sentences, worked out of its numbers: level and trend, then what differs.
import type { Payload, Picture } from "../../contract";
import { share } from "../../parts/numbers";
import type { Window } from "../../parts/window";
import { stepAt, yearOf } from "../../state/time";
import { language, t } from "../../text";
import { rowName, ROWS, type Row } from "./rows";

/** A difference of levels below this is told as none. */
export const LEAST = 0.01;
const ALIKE = 1e-9; // of two differences that are one, the first quarter is told

/** Return the first and the last quarter that is looked at. */
export function quartersOf(view: Window, payload: Payload, steps: number): [number, number] {
  const from = Math.max(0, Math.round(stepAt(view.from, payload)));
  const until = Math.min(steps, Math.round(stepAt(view.until, payload))) - 1;
  return [Math.min(from, steps - 1), Math.max(until, 0)];
}

export function inTwoSentences(picture: Picture, payload: Payload, view: Window): string {
  const [from, until] = quartersOf(view, payload, picture.steps);
  const year = (step: number) => Math.floor(yearOf(step, payload));
  const levels = ROWS.filter(({ state }) => state.startsWith("level_"));
  const told = levels.map((row) => {
    const middle = picture.fans[row.state].factual.middle;
    return t("timeline.summary.level", {
      name: rowName(row),
      from: share(middle[from] ?? 0),
      until: share(middle[until] ?? 0),
    });
  });
  const list = new Intl.ListFormat(language.value, { type: "conjunction" }).format(told);
  const rung = picture.fans.rung.factual.middle[until] ?? 0;
  const fact = t("timeline.summary.fact", {
    from: year(from),
    until: year(until),
    list,
    rung,
  });
  return `${fact} ${edited(picture, [from, until], year)}`;
}

function edited(
  picture: Picture,
  [from, until]: [number, number],
  year: (step: number) => number,
): string {
  if (picture.question.edits.length === 0) return t("timeline.summary.none");
  const most = largest(picture, [from, until]);
  const rungs = picture.fans.rung;
  const [was, is] = [rungs.factual.middle[until] ?? 0, rungs.edited.middle[until] ?? 0];
  const steps =
    was === is
      ? t("timeline.summary.same_rung", { rung: is })
      : t("timeline.summary.other_rung", { rung: is, was });
  if (most === null || Math.abs(most.by) < LEAST) {
    return t("timeline.summary.alike", { least: share(LEAST), steps });
  }
  return t(most.by < 0 ? "timeline.summary.lower" : "timeline.summary.higher", {
    name: rowName(most.row),
    by: share(Math.abs(most.by)),
    year: year(most.step),
    steps,
  });
}

/** Return where the middle differences of levels are largest: row, quarter and size. */
export function largest(
  picture: Picture,
  [from, until]: [number, number],
): { row: Row; step: number; by: number } | null {
  let found: { row: Row; step: number; by: number } | null = null;
  for (const row of ROWS) {
    if (row.stepped) continue;
    const middle = picture.fans[row.state].difference.middle;
    for (let step = from; step <= until; step += 1) {
      const by = middle[step] ?? 0;
      if (found === null || Math.abs(by) > Math.abs(found.by) + ALIKE) found = { row, step, by };
    }
  }
  return found;
}
