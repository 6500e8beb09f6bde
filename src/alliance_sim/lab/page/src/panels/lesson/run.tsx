// The card of one what-if, the student's number for it, and what the model says.
import { useMemo, useState } from "preact/hooks";
import { effectOf } from "../../answer/answer";
import { drawsOf } from "../../answer/estimates";
import { outcomeTitle, stateOf } from "../../answer/words";
import type { Payload, Picture, Question } from "../../contract";
import { counted, of100 } from "../../parts/numbers";
import { useNextFocus } from "../../parts/focus";
import { ask } from "../../state/asking";
import { beginning } from "../../state/link";
import { t } from "../../text";
import { Hundred, Lines, Percent, score } from "./pieces";
import { expected, mean } from "./scoring";
import { type Sign, cardOf, say, write } from "./state";
import type { StepProps } from "./steps";
import { suggestionWords } from "./words";

const SIGNS: readonly Sign[] = ["less", "same", "more"];
export const NO_DIFFERENCE = 0.005; // below one in 200 a difference has no sign
const LITTLE = 0.025; // below this it is told to be little

/** Whether a picture answers a what-if, and is whole. */
function answers(picture: Picture | null, wanted: Wanted): boolean {
  if (picture === null || picture.done < picture.of) return false;
  return asks(picture.question, wanted);
}

/** What the lesson asks: a what-if under the theory, and with the luck, that the page begins with. */
type Wanted = Pick<Question, "edits" | "outcome" | "theory" | "noise">;

function wantedOf(
  { edits, outcome }: Pick<Question, "edits" | "outcome">,
  payload: Payload,
): Wanted {
  const { theory, noise } = beginning(payload).question;
  return { edits, outcome, theory, noise };
}

function asks(question: Question, { edits, outcome, theory, noise }: Wanted): boolean {
  return (
    question.outcome === outcome &&
    question.theory === theory &&
    question.noise === noise &&
    question.edits.join("\n") === edits.join("\n")
  );
}

export function shareOf(outcomes: ArrayLike<number>): number {
  return mean(Array.from(outcomes));
}

export function Run(props: StepProps) {
  const { store, lesson, said } = props;
  const [problems, setProblems] = useState<string[]>([]);
  const result = useNextFocus<HTMLHeadingElement>();
  const one = lesson.suggestions.find(({ name }) => name === said.suggestion);
  if (one === undefined) return <p>{t("lesson.run.nothing")}</p>;
  const words = suggestionWords(lesson, one.name, store.payload);
  const card = cardOf(said);
  const full = card.replaced.trim() !== "" && card.sign !== null && card.share !== null;
  const picture = store.picture.value;
  const wanted = wantedOf(one, store.payload);
  const whole = answers(picture, wanted);
  const start = () => {
    const { noise, runs } = beginning(store.payload).question;
    // With other luck a number of runs means something else.
    const told = ask(store, store.question.value.noise === noise ? wanted : { ...wanted, runs });
    setProblems(told);
    if (told.length > 0) return;
    write(lesson, { run: true });
    result.go();
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
              onChange={() => say(lesson, { suggestion: name })}
            />{" "}
            {suggestionWords(lesson, name, store.payload).title}
          </label>
        ))}
      </fieldset>
      <div class="lesson-card" key={one.name}>
        <h4>{words.title}</h4>
        <Lines
          label={t("lesson.run.replaced")}
          value={card.replaced}
          hint={t("lesson.run.replaced_hint")}
          onValue={(replaced) => write(lesson, { replaced })}
        />
        <Lines
          label={t("lesson.run.follows")}
          value={card.follows}
          hint={words.follows}
          onValue={(follows) => write(lesson, { follows })}
        />
        <fieldset class="lesson-choice row">
          <legend>{t("lesson.run.sign", { result: words.result })}</legend>
          {SIGNS.map((sign) => (
            <label key={sign}>
              <input
                type="radio"
                name="lesson-sign"
                checked={card.sign === sign}
                disabled={card.run}
                onChange={() => write(lesson, { sign })}
              />{" "}
              {t(`lesson.run.${sign}`)}
            </label>
          ))}
        </fieldset>
        <Percent
          label={t("lesson.run.share", { result: words.result })}
          value={card.share}
          disabled={card.run}
          onValue={(share) => write(lesson, { share })}
        />
      </div>
      {!card.run && (
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
              ? t(store.failed.value ? "page.cannot" : "lesson.run.no_model")
              : t(full ? "lesson.run.ready" : "lesson.run.first")}
          </p>
        </div>
      )}
      <Told problems={problems} />
      {card.run && (
        <h4 ref={result.place} tabIndex={-1}>
          {t("lesson.run.told")}
        </h4>
      )}
      {card.run && (
        <div role="status" class="lesson-answer">
          {whole && picture !== null ? (
            <Answer {...props} picture={picture} replaced={words.replaced} result={words.result} />
          ) : (
            <Waiting again={start} asked={asks(store.question.value, wanted)} />
          )}
        </div>
      )}
    </>
  );
}

/** Until the answer is whole; if the other parts ask something else meanwhile, how to ask again. */
function Waiting({ again, asked }: { again: () => void; asked: boolean }) {
  return (
    <>
      <p>{t(asked ? "lesson.run.running" : "lesson.run.elsewhere")}</p>
      <button type="button" onClick={again}>
        {t("lesson.run.again")}
      </button>
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

function Answer({ store, lesson, said, picture, replaced, result }: Given) {
  const card = cardOf(said);
  const [fact, edited] = [shareOf(picture.outcome.factual), shareOf(picture.outcome.edited)];
  const effect = useMemo(() => effectOf(picture), [picture]);
  const size = Math.abs(effect.value);
  const sign: Sign = size < NO_DIFFERENCE ? "same" : effect.value < 0 ? "less" : "more";
  const guess = card.share ?? 0;
  const { own, left } = expected(guess / 100, edited);
  const given = picture.question.noise === "posterior";
  const measured = !stateOf(picture.question.outcome).startsWith("level_");
  const inWords = (share: number) => t("lesson.run.in_100", { n: of100(share), result });
  return (
    <>
      <div class="lesson-pair">
        <figure>
          <Hundred share={fact} label={inWords(fact)} />
          <figcaption>
            <strong>{t("lesson.run.as_it_was")}</strong> {inWords(fact)}{" "}
            {given && t(measured ? "lesson.run.on_record" : "lesson.run.not_measured")}
          </figcaption>
        </figure>
        <figure>
          <Hundred share={edited} label={inWords(edited)} />
          <figcaption>
            <strong>{t("lesson.run.changed")}</strong> {inWords(edited)}
          </figcaption>
        </figure>
      </div>
      <p class="lesson-total">
        {t("lesson.run.difference", { by: counted((of100(edited) - of100(fact)) / 100) })}{" "}
        {effect.low !== null &&
          effect.high !== null &&
          t("lesson.run.span", {
            draws: drawsOf(picture.draw),
            low: counted(effect.low),
            high: counted(effect.high),
          })}
      </p>
      <p>
        {t(sign === card.sign ? "lesson.run.sign_right" : "lesson.run.sign_wrong", {
          sign: t(`lesson.run.${sign}`),
        })}{" "}
        {sign !== "same" && size < LITTLE && t("lesson.run.little")}{" "}
        {of100(effect.low ?? 0) < 0 && of100(effect.high ?? 0) > 0 && t("lesson.run.open")}
      </p>
      {given && <p>{t(lesson.curve === null ? "lesson.run.luck" : "lesson.run.luck_curve")}</p>}
      <p class="lesson-sum">
        {t("lesson.run.agreement", {
          guess,
          share: of100(edited),
          own: score(own),
          left: score(left),
        })}
      </p>
      <p>{t("lesson.run.no_truth")}</p>
      <p>
        {t("lesson.run.what_replaced")} {replaced.trim()}
      </p>
      <p class="lesson-soft">
        {t("lesson.run.time_left", {
          timeline: t("timeline.title"),
          one_world: t("one_world.title"),
          two_worlds: t("two_worlds.title"),
          outcome: outcomeTitle(picture.question.outcome, store.payload),
        })}
      </p>
    </>
  );
}
