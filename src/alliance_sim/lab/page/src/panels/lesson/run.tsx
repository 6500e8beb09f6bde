// The card of one what-if, the student's number for it, and what the model says.
import { useState } from "preact/hooks";
import type { Picture } from "../../contract";
import { ask } from "../../state/asking";
import { t } from "../../text";
import { Hundred, Lines, Percent, score } from "./pieces";
import { expected, mean } from "./scoring";
import { type Sign, nothingSaid, say } from "./state";
import type { StepProps } from "./steps";
import { suggestionWords } from "./words";

const SIGNS: readonly Sign[] = ["less", "same", "more"];
export const NO_DIFFERENCE = 0.005; // below one in 200 a difference has no sign

/** Whether a picture answers a what-if, and is whole. */
export function answers(picture: Picture | null, edits: string[], outcome: string): boolean {
  if (picture === null || picture.done < picture.of) return false;
  const { question } = picture;
  return question.outcome === outcome && question.edits.join("\n") === edits.join("\n");
}

export function shareOf(outcomes: ArrayLike<number>): number {
  return mean(Array.from(outcomes));
}

export function Run(props: StepProps) {
  const { store, lesson, said } = props;
  const [problems, setProblems] = useState<string[]>([]);
  const one = lesson.suggestions.find(({ name }) => name === said.suggestion);
  if (one === undefined) return <p>{t("lesson.run.nothing")}</p>;
  const words = suggestionWords(lesson, one.name, store.payload);
  const full = said.replaced.trim() !== "" && said.sign !== null && said.share !== null;
  const picture = store.picture.value;
  const whole = answers(picture, one.edits, one.outcome);
  const choose = (name: string) => {
    const { replaced, follows, sign, share, run } = nothingSaid(lesson);
    say(lesson, { suggestion: name, replaced, follows, sign, share, run });
  };
  const start = () => {
    const told = ask(store, { edits: one.edits, outcome: one.outcome });
    setProblems(told);
    if (told.length === 0) say(lesson, { run: true });
  };
  return (
    <>
      <fieldset class="lesson-choice">
        <legend>{t("lesson.run.choose")}</legend>
        {lesson.suggestions.map(({ name }) => (
          <label key={name}>
            <input
              type="radio"
              name="lesson-suggestion"
              checked={name === said.suggestion}
              onChange={() => choose(name)}
            />{" "}
            {suggestionWords(lesson, name, store.payload).title}
          </label>
        ))}
      </fieldset>
      <div class="lesson-card">
        <h4>{words.title}</h4>
        <Lines
          label={t("lesson.run.replaced")}
          value={said.replaced}
          onValue={(replaced) => say(lesson, { replaced })}
        />
        <Lines
          label={t("lesson.run.follows")}
          value={said.follows}
          hint={words.follows}
          onValue={(follows) => say(lesson, { follows })}
        />
        <fieldset class="lesson-choice row">
          <legend>{t("lesson.run.sign", { result: words.result })}</legend>
          {SIGNS.map((sign) => (
            <label key={sign}>
              <input
                type="radio"
                name="lesson-sign"
                checked={said.sign === sign}
                disabled={said.run}
                onChange={() => say(lesson, { sign })}
              />{" "}
              {t(`lesson.run.${sign}`)}
            </label>
          ))}
        </fieldset>
        <Percent
          label={t("lesson.run.share", { result: words.result })}
          value={said.share}
          disabled={said.run}
          onValue={(share) => say(lesson, { share })}
        />
      </div>
      {!said.run && (
        <div class="lesson-gate">
          <button
            type="button"
            class="main"
            disabled={!full || store.model.value === null}
            onClick={start}
          >
            {t("lesson.run.start")}
          </button>
          <p class="lesson-soft">
            {store.model.value === null
              ? t("lesson.run.no_model")
              : t(full ? "lesson.run.ready" : "lesson.run.first")}
          </p>
        </div>
      )}
      <Told problems={problems} />
      {said.run && (
        <div role="status" class="lesson-answer">
          {whole && picture !== null ? (
            <Answer {...props} picture={picture} replaced={words.replaced} result={words.result} />
          ) : (
            <>
              <p>{t("lesson.run.running")}</p>
              <button type="button" onClick={start}>
                {t("lesson.run.again")}
              </button>
            </>
          )}
        </div>
      )}
    </>
  );
}

export function Told({ problems }: { problems: string[] }) {
  return (
    <>
      {problems.map((problem) => (
        <p key={problem} class="lesson-problem" role="alert">
          {problem}
        </p>
      ))}
    </>
  );
}

type Given = StepProps & { picture: Picture; replaced: string; result: string };

function Answer({ said, picture, replaced, result }: Given) {
  const [fact, edited] = [shareOf(picture.outcome.factual), shareOf(picture.outcome.edited)];
  const difference = edited - fact;
  const sign: Sign =
    Math.abs(difference) < NO_DIFFERENCE ? "same" : difference < 0 ? "less" : "more";
  const guess = (said.share ?? 0) / 100;
  const { own, left } = expected(guess, edited);
  const inWords = (share: number) => t("lesson.run.in_100", { n: Math.round(share * 100), result });
  return (
    <>
      <div class="lesson-pair">
        <figure>
          <Hundred share={fact} label={inWords(fact)} />
          <figcaption>
            <strong>{t("lesson.run.as_it_was")}</strong> {inWords(fact)}
          </figcaption>
        </figure>
        <figure>
          <Hundred share={edited} label={inWords(edited)} />
          <figcaption>
            <strong>{t("lesson.run.changed")}</strong> {inWords(edited)}
          </figcaption>
        </figure>
      </div>
      <p>
        {t(sign === said.sign ? "lesson.run.sign_right" : "lesson.run.sign_wrong", {
          sign: t(`lesson.run.${sign}`),
        })}
      </p>
      <p class="lesson-sum">
        {t("lesson.run.agreement", {
          guess: score(guess),
          share: score(edited),
          own: score(own),
          left: score(left),
          sum: score(own + left),
        })}
      </p>
      <p>{t("lesson.run.no_truth")}</p>
      <p>
        {t("lesson.run.what_replaced")} {replaced.trim()}
      </p>
    </>
  );
}
