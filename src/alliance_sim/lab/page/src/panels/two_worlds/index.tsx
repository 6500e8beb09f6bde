// A history as it was and its twin with the edits, act by act: what stayed, went, came and moved.
import type { FunctionComponent } from "preact";
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Counted, Payload, RunEvent, Series } from "../../contract";
import { isFormal, SERIES, seriesTitle, titleOf } from "../../parts/acts";
import { changeInWords } from "../../parts/edit_words";
import { asCoded, codedPlaces, dayShown, placesOf, titleShown } from "../../parts/coded";
import { codedDay } from "../../parts/dates";
import { ChooseHistory, outcomeText, useRun, type World } from "../../parts/histories";
import { MISSING } from "../../parts/numbers";
import { DataTable } from "../../parts/table";
import type { Store } from "../../state/store";
import { inQuarters } from "../../state/time";
import { Waiting } from "../../parts/waiting";
import { language, t } from "../../text";
import { CHANGES, later, matched, type Change, type Pair } from "./matching";
import "./two_worlds.css";

const COUNTED: readonly Counted[] = ["quantile", "thinning"];
const counted = signal<Counted>("quantile");
const hiddenSeries = signal<readonly Series[]>([]);
const hiddenChanges = signal<readonly Change[]>(["same"]);
const MARKS: Record<Change, string> = { same: "=", moved: "→", another: "⇄", gone: "✕", new: "+" };

export const TwoWorlds: FunctionComponent<{ store: Store }> = ({ store }) => {
  const factual = useRun(store, "factual");
  const given = store.question.value.noise === "posterior";
  const edited = useRun(store, "edited", given ? counted.value : "quantile");
  const { payload } = store;
  const both = useMemo((): Both | null => {
    const [one, other] = [factual.run, edited.run];
    if (one === null || other === null || factual.of !== edited.of) return null; // one comes first
    const coded = codedPlaces(one.events, placesOf(store) ?? []);
    const pairs = matched(asCoded(one.events, coded), asCoded(other.events, coded), payload);
    return { pairs, history: one.history };
  }, [factual, edited, payload, given]);
  const problem = factual.problem ?? edited.problem;
  return (
    <div class="two-worlds">
      <h2>{t("two_worlds.heading")}</h2>
      <div class="two-worlds-top">
        <div>
          <p>{t("two_worlds.intro")}</p>
          <p>{t(placesOf(store) === null ? "acts.made" : "acts.coded")}</p>
          <Changes store={store} />
          <ChooseHistory store={store} />
        </div>
        {given && store.question.value.edits.length > 0 && <ChooseCounts />}
      </div>
      <p>{outcomeText(store)}</p>
      {problem !== null && <p role="alert">{t("one_world.cannot", { problem })}</p>}
      {both === null ? (
        problem === null && <Waiting store={store}>{t("one_world.waiting")}</Waiting>
      ) : (
        <Shown {...both} store={store} />
      )}
    </div>
  );
};

/** The acts of a history and its twin, and which history it is. */
interface Both {
  pairs: Pair[];
  history: number;
}

/** How counts of acts in both worlds hang together. */
function ChooseCounts() {
  return (
    <fieldset class="two-worlds-coupling">
      <legend>{t("two_worlds.coupling.title")}</legend>
      {COUNTED.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="two-worlds-coupling"
            checked={counted.value === name}
            onChange={() => (counted.value = name)}
          />
          {t(`two_worlds.coupling.${name}`)}
        </label>
      ))}
      <p>{t("two_worlds.coupling.help")}</p>
    </fieldset>
  );
}

function Changes({ store }: { store: Store }) {
  const { edits } = store.question.value;
  if (edits.length === 0) return null;
  return (
    <>
      <p id="two-worlds-changes">{t("two_worlds.edits")}</p>
      <ul class="two-worlds-changes" aria-labelledby="two-worlds-changes">
        {edits.map((edit) => (
          <li key={edit}>{changeInWords(edit, store.payload)}</li>
        ))}
      </ul>
    </>
  );
}

function Shown({ pairs, history, store }: Both & { store: Store }) {
  const shown = pairs.filter(
    (pair) =>
      !hiddenSeries.value.includes(told(pair).series) && !hiddenChanges.value.includes(pair.change),
  );
  return (
    <>
      <p class="two-worlds-summary" aria-live="polite">
        {summaryOf(pairs, history + 1, store)}
      </p>
      <Filters pairs={pairs} />
      <p class="two-worlds-count">
        {t("two_worlds.shown", { n: shown.length, all: pairs.length })}
      </p>
      <div class="two-worlds-heads" aria-hidden="true">
        <span>{t("one_world.factual")}</span>
        <span />
        <span>{t("one_world.edited")}</span>
      </div>
      <ol class="two-worlds-list">
        {shown.map((pair, place) => (
          <Row key={place} pair={pair} store={store} />
        ))}
      </ol>
      <DataTable title={t("two_worlds.table")} rows={() => rowsOf(shown, store)} />
    </>
  );
}

/** The act of a pair that its place and domain are told by. */
function told({ factual, edited }: Pair): RunEvent {
  const found = factual ?? edited;
  if (found === null) throw new Error("an act is in one of both histories");
  return found;
}

function summaryOf(pairs: Pair[], history: number, store: Store): string {
  const many = (change: Change) => pairs.filter((pair) => pair.change === change).length;
  const first = pairs.find(({ change }) => change !== "same");
  if (store.question.value.edits.length === 0) return t("two_worlds.nothing_edited");
  if (first === undefined) return t("two_worlds.all_same", { n: many("same"), history });
  return [
    t("two_worlds.differs", {
      history,
      day: codedDay(told(first).day, language.value),
      same: many("same"),
    }),
    t("two_worlds.counts", {
      gone: many("gone"),
      new: many("new"),
      moved: many("moved"),
      another: many("another"),
    }),
  ].join(" ");
}

function Filters({ pairs }: { pairs: Pair[] }) {
  const toggled = <T,>(list: readonly T[], one: T) =>
    list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  const many = (keep: (pair: Pair) => boolean) => pairs.filter(keep).length;
  return (
    <div class="two-worlds-filters">
      <fieldset>
        <legend>{t("two_worlds.domains")}</legend>
        {SERIES.map((series) => (
          <label key={series}>
            <input
              type="checkbox"
              checked={!hiddenSeries.value.includes(series)}
              onChange={() => (hiddenSeries.value = toggled(hiddenSeries.value, series))}
            />
            {`${seriesTitle(series)} (${many((pair) => told(pair).series === series)})`}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{t("two_worlds.changes")}</legend>
        {CHANGES.map((change) => (
          <label key={change}>
            <input
              type="checkbox"
              checked={!hiddenChanges.value.includes(change)}
              onChange={() => (hiddenChanges.value = toggled(hiddenChanges.value, change))}
            />
            <span aria-hidden="true">{MARKS[change]}</span>
            {`${t(`two_worlds.change.${change}`)} (${many((pair) => pair.change === change)})`}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function Row({ pair, store }: { pair: Pair; store: Store }) {
  const { change, factual, edited } = pair;
  const { payload } = store;
  const formal = isFormal(told(pair)) ? " two-worlds-formal" : "";
  return (
    <li class={`two-worlds-pair two-worlds-${change}${formal}`}>
      <Act event={factual} store={store} world="factual" />
      <span class="two-worlds-mark">
        <b aria-hidden="true">{MARKS[change]}</b> {changeText(pair, payload)}
      </span>
      {change === "same" ? (
        <span class="two-worlds-twin" aria-hidden="true">
          {edited !== null && titleOf(edited, payload)}
        </span>
      ) : (
        <Act event={edited} store={store} world="edited" />
      )}
    </li>
  );
}

interface ActProps {
  event: RunEvent | null;
  store: Store;
  world: World;
}

function Act({ event, store, world }: ActProps) {
  if (event === null) {
    return <span class={`two-worlds-none two-worlds-in-${world}`}>{t("two_worlds.none")}</span>;
  }
  return (
    <span class={`two-worlds-act two-worlds-in-${world} two-worlds-of-${event.series}`}>
      <span class="two-worlds-when">
        <span class="two-worlds-world">{t(`one_world.${world}`)}: </span>
        <time dateTime={dayShown(event)}>{codedDay(dayShown(event), language.value)}</time>
        {` · ${seriesTitle(event.series)}`}
      </span>
      <span class="two-worlds-what">{titleShown(event, world, store)}</span>
    </span>
  );
}

function changeText(pair: Pair, payload: Payload): string {
  const by = inQuarters(later(pair), payload);
  if (pair.change !== "moved") return t(`two_worlds.mark.${pair.change}`);
  if (by === 0) return t("two_worlds.mark.within");
  return t(by > 0 ? "two_worlds.mark.later" : "two_worlds.mark.earlier", { n: Math.abs(by) });
}

function rowsOf(pairs: Pair[], store: Store) {
  const { payload } = store;
  const day = (event: RunEvent | null) => (event === null ? MISSING : dayShown(event));
  const title = (event: RunEvent | null, world: World) =>
    event === null ? MISSING : titleShown(event, world, store);
  return {
    caption: t("two_worlds.table"),
    heads: ["change", "domain", "factual_day", "factual_act", "edited_day", "edited_act"].map(
      (head) => t(`two_worlds.head.${head}`),
    ),
    rows: pairs.map((pair) => [
      changeText(pair, payload),
      seriesTitle(told(pair).series),
      ...[day(pair.factual), title(pair.factual, "factual")],
      ...[day(pair.edited), title(pair.edited, "edited")],
    ]),
  };
}
