// Which history is looked at: the same one in every part of the page that shows a single one.
import { useEffect, useState } from "preact/hooks";
import { outcomeTitle } from "../answer/words";
import type { Counted, OneRun, Picture } from "../contract";
import { worded, type Store } from "../state/store";
import { t } from "../text";
import { Press } from "./press";
import "./histories.css";

export type World = "factual" | "edited";

/** How many histories the question asked has; 0 until the first come in. */
function manyOf(store: Store): number {
  return store.picture.value?.of ?? 0;
}

/** The history that is looked at, from 0: the last where there are fewer than the one chosen. */
export function historyShown(store: Store): number {
  return Math.min(store.history.value, Math.max(0, manyOf(store) - 1));
}

/** The picture, once the outcomes of all histories are in it and stand by their numbers. */
function wholePicture(store: Store): Picture | null {
  const picture = store.picture.value;
  return picture !== null && picture.done === picture.of ? picture : null;
}

/** What is known of a run that was asked for. */
export interface Asked {
  run: OneRun | null;
  problem: string | null;
  /** Of which question and history it is: both worlds of one have the same; "" until it is there. */
  of: string;
}

/** Return a history of the question in a world; what was shown stays until the next is there. */
export function useRun(store: Store, world: World, counts: Counted = "quantile"): Asked {
  const [asked, setAsked] = useState<Asked>({ run: null, problem: null, of: "" });
  const model = store.model.value;
  const question = store.question.value;
  const history = historyShown(store);
  const ready = model !== null && manyOf(store) > 0 && store.problems.value.length === 0;
  const of = JSON.stringify([question, history]);
  const key = JSON.stringify([of, world, counts]);
  useEffect(() => {
    if (!ready || model === null) return;
    let wanted = true;
    model.one(question, history, world, counts).then(
      (run) => wanted && setAsked({ run, problem: null, of }),
      (error: unknown) => {
        if (wanted) setAsked({ run: null, problem: worded(error), of });
      },
    );
    return () => {
      wanted = false;
    };
  }, [model, ready, key]);
  return asked;
}

/** The number of the history, another one, and one in which the edits change the outcome. */
export function ChooseHistory({ store }: { store: Store }) {
  const many = manyOf(store);
  const now = historyShown(store);
  const picture = wholePicture(store);
  const turned = picture === null ? null : nextTurned(picture.outcome, now);
  const take = (value: number) => {
    if (Number.isInteger(value) && value >= 1 && value <= many) store.look(value - 1);
  };
  return (
    <div class="histories" role="group" aria-label={t("histories.which")}>
      <label>
        <span>{t("histories.number", { many: many.toLocaleString("en") })}</span>
        <input
          type="number"
          inputMode="numeric"
          min={1}
          max={Math.max(1, many)}
          value={now + 1}
          onChange={(event) => {
            take(Number(event.currentTarget.value));
            event.currentTarget.value = String(historyShown(store) + 1);
          }}
        />
      </label>
      <Press can={many > 1} onPress={() => store.look((now + 1) % many)}>
        {t("histories.another")}
      </Press>
      <Press can={turned !== null} onPress={() => turned !== null && store.look(turned)}>
        {t("histories.turned")}
      </Press>
    </div>
  );
}

/** Return the next history whose outcome differs between the worlds, around the end; null if none. */
export function nextTurned(
  { factual, edited }: { factual: ArrayLike<number>; edited: ArrayLike<number> },
  from: number,
): number | null {
  const many = Math.min(factual.length, edited.length);
  for (let on = 1; on <= many; on += 1) {
    const place = (from + on) % many;
    if (factual[place] !== edited[place]) return place;
  }
  return null;
}

/** Return the outcome of the history that is looked at, in words. */
export function outcomeText(store: Store): string {
  const picture = wholePicture(store);
  const place = historyShown(store);
  const [one, other] = [picture?.outcome.factual[place], picture?.outcome.edited[place]];
  if (picture === null || one === undefined || other === undefined) return "";
  const yes = (value: number) => t(value > 0 ? "histories.yes" : "histories.no");
  const title = outcomeTitle(picture.question.outcome, store.payload);
  return t("histories.outcome", { title, factual: yes(one), edited: yes(other) });
}
