// Timeline: what happened in the histories, as they were and as they are with the reader's changes.
import { signal, type Signal } from "@preact/signals";
import { answering } from "../../answer/asking";
import { begun, outcomeTitle } from "../../answer/words";
import { changeInWords } from "../../parts/edit_words";
import { of100 } from "../../parts/numbers";
import { Press } from "../../parts/press";
import { along, firstWindow, nearer, spanOf, type Window } from "../../parts/window";
import type { Store } from "../../state/store";
import { t } from "../../text";
import { ShortAnswer } from "../answer/short";
import { Chart } from "./chart";
import { Controls } from "./controls";
import type { Shows } from "./rows";
import { inTwoSentences } from "./summary";
import { Tables } from "./tables";
import "./timeline.css";

/** What is looked at; it stays while the reader visits other parts of the page. */
interface Looked {
  view: Signal<Window>;
  shows: Signal<Shows>;
}
const looked = new WeakMap<Store, Looked>();

function lookedAt(store: Store): Looked {
  const found = looked.get(store) ?? {
    view: signal(firstWindow(store.payload)),
    shows: signal<Shows>("worlds"),
  };
  looked.set(store, found);
  return found;
}

export function Timeline({ store }: { store: Store }) {
  const { view, shows } = lookedAt(store);
  return (
    <div class="timeline">
      <div class="timeline-main">
        <h2 class="unseen">{t("timeline.title")}</h2>
        <Headline store={store} />
        <div class="timeline-bar">
          <Legend shows={shows} />
          <Switch shows={shows} />
          <Zoom store={store} view={view} />
        </div>
        <Printed store={store} />
        <Chart store={store} view={view} shows={shows} />
        <Summary store={store} view={view} />
        <p class="timeline-hint">{t("timeline.bands")}</p>
        <ShortAnswer store={store} />
        <Tables store={store} view={view} />
      </div>
      <Controls store={store} />
    </div>
  );
}

/** The answer in one line, in sight while something is changed. */
function Headline({ store }: { store: Store }) {
  const answer = answering(store).value;
  if (answer === null) return <p class="timeline-headline"> </p>;
  const { fact, edited, question } = answer;
  const what = begun(outcomeTitle(question.outcome, store.payload));
  const [was, is] = [of100(fact.value), of100(edited.value)];
  return (
    <p class="timeline-headline">
      {what}: <strong>{was}</strong> {t(`timeline.headline.fact.${question.noise}`)}
      {question.edits.length > 0 && (
        <>
          {" "}
          → <strong class="edited">{is}</strong> {t("timeline.headline.edited")}
        </>
      )}
    </p>
  );
}

/** What was changed, for paper, where the controls are not. */
function Printed({ store }: { store: Store }) {
  return (
    <ul class="timeline-printed">
      {store.question.value.edits.map((edit) => (
        <li key={edit}>{changeInWords(edit, store.payload)}</li>
      ))}
    </ul>
  );
}

function Legend({ shows }: { shows: Signal<Shows> }) {
  if (shows.value === "difference") {
    return (
      <ul class="timeline-legend">
        <li>
          <Sample class="edited" />
          {t("timeline.minus")}
        </li>
      </ul>
    );
  }
  return (
    <ul class="timeline-legend">
      <li>
        <Sample class="factual" />
        {t("timeline.factual")}
      </li>
      <li>
        <Sample class="edited" />
        {t("timeline.edited")}
      </li>
    </ul>
  );
}

function Switch({ shows }: { shows: Signal<Shows> }) {
  return (
    <div class="timeline-zoom" role="group" aria-label={t("timeline.shows.title")}>
      {(["worlds", "difference"] as const).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={shows.value === name}
          onClick={() => (shows.value = name)}
        >
          {t(`timeline.shows.${name}`)}
        </button>
      ))}
    </div>
  );
}

function Sample({ class: name }: { class: string }) {
  return (
    <svg class={`timeline-sample ${name}`} width="34" height="16" aria-hidden="true">
      <rect width="34" height="16" class="outer" />
      <rect y="4" width="34" height="8" class="inner" />
      <line x2="34" y1="8" y2="8" />
    </svg>
  );
}

function Zoom({ store, view }: { store: Store; view: Signal<Window> }) {
  const span = spanOf(store.payload);
  const { from, until } = view.value;
  const middle = (from + until) / 2;
  const whole = from <= span.from && until >= span.until;
  const ways: [string, string, Window, boolean][] = [
    ["earlier", "←", along(view.value, -0.25, span), from <= span.from],
    ["later", "→", along(view.value, 0.25, span), until >= span.until],
    ["nearer", "+", nearer(view.value, 0.5, middle, span), false],
    ["farther", "−", nearer(view.value, 2, middle, span), whole],
  ];
  return (
    <div class="timeline-zoom" role="group" aria-label={t("timeline.zoom.title")}>
      <span class="timeline-span" aria-live="polite">
        {t("timeline.zoom.shown", { from: Math.floor(from), until: Math.ceil(until) - 1 })}
      </span>
      {ways.map(([name, sign, to, ended]) => (
        <Press
          key={name}
          can={!ended}
          aria-label={t(`timeline.zoom.${name}`)}
          title={t(`timeline.zoom.${name}`)}
          onPress={() => (view.value = to)}
        >
          {sign}
        </Press>
      ))}
      <Press can={!whole} onPress={() => (view.value = span)}>
        {t("timeline.zoom.all")}
      </Press>
    </div>
  );
}

/** Two sentences; said to whoever listens once a question is answered whole. */
function Summary({ store, view }: { store: Store; view: Signal<Window> }) {
  const picture = store.picture.value;
  const whole = picture !== null && picture.done === picture.of;
  const waiting = store.problems.value.length > 0 ? "" : t("timeline.working");
  return (
    <div class="timeline-told">
      <p id="timeline-told" aria-live="polite">
        {whole ? inTwoSentences(picture, store.payload, view.value) : waiting}
      </p>
    </div>
  );
}
