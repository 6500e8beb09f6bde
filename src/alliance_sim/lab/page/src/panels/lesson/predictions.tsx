// Before the reveal, and the reveal: what was known, numbers for what comes, scores.
import type { LessonItem, Payload } from "../../contract";
import { codedDay } from "../../parts/dates";
import { useNextFocus } from "../../parts/focus";
import { language, recorded, t } from "../../text";
import { Percent, SumInWords, score } from "./pieces";
import { brier, mean } from "./scoring";
import { say } from "./state";
import type { StepProps } from "./steps";
import { afterText, beliefText, filled, itemText, own } from "./words";

const MOST_ACTS = 14;

/** What is known on the last day before the predictions, and the cards of causes. */
export function Before({ store, lesson }: StepProps) {
  const { record } = store.payload;
  const acts = (record?.acts ?? []).filter(({ date }) => date <= lesson.known);
  const grave = acts.filter(({ salience }) => salience === 3);
  const shown = (grave.length >= 4 ? grave : acts).slice(-MOST_ACTS);
  const rungs = (record?.rungs ?? []).filter(({ date }) => date <= lesson.known);
  const causes = own(lesson)?.causes ?? [
    { title: t("lesson.generic.cause.threat"), text: t("lesson.generic.cause.threat_text") },
    { title: t("lesson.generic.cause.rules"), text: t("lesson.generic.cause.rules_text") },
    { title: t("lesson.generic.cause.leader"), text: t("lesson.generic.cause.leader_text") },
  ];
  return (
    <>
      <ul class="lesson-cards">
        {causes.map(({ title, text }) => (
          <li key={title}>
            <h4>{title}</h4>
            <p>{text.trim()}</p>
          </li>
        ))}
      </ul>
      {record === null ? (
        <p>{t("lesson.before.no_record")}</p>
      ) : (
        <>
          <h4>{t("lesson.before.list")}</h4>
          <ol class="lesson-acts">
            {shown.map((act) => (
              <li key={`${act.day}${act.title}`}>
                <time>{codedDay(act.day, language.value)}</time> <span>{recorded(act.title)}</span>
              </li>
            ))}
          </ol>
          <p class="lesson-soft">
            {t("lesson.before.count", { n: acts.length, shown: shown.length, steps: rungs.length })}
          </p>
          <p class="lesson-note">{t("lesson.before.others")}</p>
        </>
      )}
    </>
  );
}

export function Predict({ store, lesson, said }: StepProps) {
  if (lesson.items.length === 0) return <p>{t("lesson.predict.nothing")}</p>;
  const { forecasts } = said;
  const asked = lesson.items.length + (lesson.belief === null ? 0 : 1);
  const given = Object.keys(forecasts).length + (said.belief[0] === null ? 0 : 1);
  const give = (name: string, value: number | null) => {
    const { [name]: _, ...others } = forecasts;
    say(lesson, { forecasts: value === null ? others : { ...others, [name]: value } });
  };
  return (
    <>
      {said.revealed && <p class="lesson-note">{t("lesson.predict.closed")}</p>}
      <ol class="lesson-items">
        {lesson.items.map((item) => (
          <li key={item.name}>
            <Percent
              label={itemText(lesson, item, store.payload)}
              value={forecasts[item.name] ?? null}
              disabled={said.revealed}
              onValue={(value) => give(item.name, value)}
            />
          </li>
        ))}
      </ol>
      {lesson.belief !== null && (
        <>
          <h4>{t("lesson.predict.what_if")}</h4>
          <Percent
            label={beliefText(lesson, store.payload)}
            value={said.belief[0]}
            disabled={said.revealed}
            onValue={(value) => say(lesson, { belief: [value, said.belief[1]] })}
          />
        </>
      )}
      <p role="status" class="lesson-soft">
        {t("lesson.predict.given", { given, of: asked })}
      </p>
    </>
  );
}

export function Reveal({ store, lesson, said }: StepProps) {
  const came = useNextFocus<HTMLHeadingElement>();
  if (lesson.items.length === 0) return <p>{t("lesson.predict.nothing")}</p>;
  if (!said.revealed) {
    const missing = lesson.items.filter(({ name }) => said.forecasts[name] === undefined).length;
    return (
      <div class="lesson-gate">
        <p>{missing > 0 ? t("lesson.reveal.missing", { n: missing }) : t("lesson.reveal.ready")}</p>
        <button
          type="button"
          class="main"
          onClick={() => {
            say(lesson, { revealed: true });
            came.go();
          }}
        >
          {t("lesson.reveal.show")}
        </button>
      </div>
    );
  }
  const scores = lesson.items.flatMap((item) => {
    const forecast = said.forecasts[item.name];
    return forecast === undefined ? [] : [brier(forecast / 100, item.happened)];
  });
  return (
    <>
      <h4 ref={came.place} tabIndex={-1}>
        {t("lesson.reveal.came")}
      </h4>
      <ol class="lesson-items">
        {lesson.items.map((item, place) => (
          <Outcome
            key={item.name}
            item={item}
            text={itemText(lesson, item, store.payload)}
            after={afterText(lesson, item)}
            said={said.forecasts[item.name]}
            first={place === 0}
          />
        ))}
      </ol>
      {scores.length > 0 && (
        <p class="lesson-total">
          {t("lesson.reveal.total", { score: score(mean(scores)), of: scores.length })}
        </p>
      )}
      <p>{t("lesson.reveal.meaning")}</p>
      <details>
        <summary>{t("lesson.reveal.record_title")}</summary>
        <p>{recordWords(store.payload)}</p>
      </details>
    </>
  );
}

interface Shown {
  item: LessonItem;
  text: string;
  after: string;
  said: number | undefined;
  first: boolean;
}

function Outcome({ item, text, after, said, first }: Shown) {
  return (
    <li class="lesson-outcome">
      <p>
        <strong class={item.happened ? "yes" : "no"}>
          {item.happened ? t("lesson.reveal.yes") : t("lesson.reveal.no")}
        </strong>{" "}
        {text}
      </p>
      <p>{after}</p>
      {item.acts.length > 0 && (
        <ul class="lesson-evidence">
          {item.acts.map((act) => (
            <li key={act.day + act.title}>
              {codedDay(act.day, language.value)}: {recorded(act.title)}
              <small> {t("lesson.reveal.source", { source: act.source })}</small>
            </li>
          ))}
        </ul>
      )}
      {said === undefined ? (
        <p class="lesson-soft">{t("lesson.reveal.not_said")}</p>
      ) : first ? (
        <SumInWords said={said / 100} happened={item.happened} />
      ) : (
        <p class="lesson-sum">
          {t("lesson.reveal.one", {
            percent: said,
            score: score(brier(said / 100, item.happened)),
          })}
        </p>
      )}
    </li>
  );
}

function recordWords(payload: Payload): string {
  const acts = payload.record?.acts.length ?? 0;
  return t("lesson.reveal.record", { acts, edition: payload.record?.edition ?? "" });
}

export function summaryOf({ lesson }: Pick<StepProps, "lesson">): string {
  const mine = own(lesson);
  return mine === null ? t("lesson.generic.summary") : filled(mine.summary, lesson);
}
