// The answer: what it comes to in 100 re-runs, how sure that is, what it hangs on, and what it is not.
import { answering } from "../../answer/asking";
import type { Answer } from "../../answer/answer";
import { assumedSentences, inSentences } from "../../answer/sentences";
import { outcomeTitle } from "../../answer/words";
import type { Payload } from "../../contract";
import { counted, of100 } from "../../parts/numbers";
import { Icons } from "../../parts/icons";
import type { Store } from "../../state/store";
import { Waiting } from "../../parts/waiting";
import { t } from "../../text";
import { Card } from "./card";
import { Hangs } from "./hangs";
import { Full, Trust } from "./trust";
import { Needed } from "./needed";
import { When } from "./when";
import "./answer.css";

export function AnswerPanel({ store }: { store: Store }) {
  const answer = answering(store).value;
  const { payload } = store;
  if (answer === null) return <Waiting store={store}>{t("answer.waiting")}</Waiting>;
  const edited = answer.question.edits.length > 0;
  const { told, under } = inSentences(answer, payload);
  return (
    <article class="answer">
      <h2>{t("answer.title")}</h2>
      {!edited && <p class="answer-hint">{t("answer.unedited")}</p>}
      <p class="answer-told" aria-live={answer.whole ? "polite" : "off"}>
        {told}
      </p>
      <Progress answer={answer} store={store} />
      <div class="answer-first">
        <Reruns answer={answer} payload={payload} />
        {edited && <Trust answer={answer} />}
      </div>
      {edited && (
        <div class="answer-sheet">
          <Needed answer={answer} />
          <Hangs answer={answer} payload={payload} />
          <When answer={answer} payload={payload} />
          <Card answer={answer} />
        </div>
      )}
      <section class="answer-assumed">
        <h3>{t("answer.heading.assumed")}</h3>
        <ul>
          {assumedSentences(answer, payload).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <p class="answer-fixed">{under}</p>
      </section>
      {edited && <Full answer={answer} payload={payload} />}
    </article>
  );
}

function Progress({ answer, store }: { answer: Answer; store: Store }) {
  const picture = store.picture.value;
  if (picture !== null && !answer.whole) {
    return <p class="answer-soft">{t("answer.so_far", { done: picture.done, of: picture.of })}</p>;
  }
  const { noise, edits } = answer.question;
  const open = noise === "posterior" && edits.length > 0 && answer.label === null;
  return (
    <p class="answer-soft" role="status">
      {open ? t("answer.more_to_come") : ""}
    </p>
  );
}

/** Both worlds in icons, the difference between them, and how to read it. */
export function Reruns({ answer, payload }: { answer: Answer; payload: Payload }) {
  const { fact, edited, effect, question } = answer;
  const what = outcomeTitle(question.outcome, payload);
  const changed = question.edits.length > 0;
  const { noise } = question;
  const label = (count: number, world: string) =>
    `${world}: ${t(`answer.icons.summary.${noise}`, { count, what })}`;
  const [title, unchanged] = [
    t(`answer.heading.question.${noise}`),
    t(`answer.icons.fact.${noise}`),
  ];
  const [before, after] = [of100(fact.value), of100(edited.value)];
  return (
    <section class="answer-reruns" aria-label={title}>
      <h3>{title}</h3>
      <div class="answer-icons">
        <figure>
          <Icons world="factual" count={before} label={label(before, unchanged)} />
          <figcaption>
            {unchanged} <strong>{before}</strong>
          </figcaption>
        </figure>
        {changed && (
          <figure>
            <Icons world="edited" count={after} label={label(after, t("answer.icons.edited"))} />
            <figcaption>
              {t("answer.icons.edited")} <strong>{after}</strong>
            </figcaption>
          </figure>
        )}
      </div>
      {changed && (
        <p class="answer-effect">
          {t("answer.effect.title")}:{" "}
          <strong>{t("answer.effect.value", { value: counted(effect.value) })}</strong>
          <span>
            {effect.low === null || effect.high === null
              ? question.noise === "fresh" && t("answer.effect.none")
              : t("answer.effect.interval", {
                  low: counted(effect.low),
                  high: counted(effect.high),
                })}
          </span>
        </p>
      )}
      <p class="answer-soft">{t(`answer.icons.legend.${noise}`, { what })}</p>
      <p class="answer-soft">{t(`answer.how.${noise}`, { draws: answer.draws })}</p>
    </section>
  );
}
