// Thirteen ways of going wrong, see the method, section F.3: each a task of two minutes.
import { signal } from "@preact/signals";
import { t } from "../../text";

/** The best answer to each task; the other answers are explained. */
export const BEST = {
  hindsight: "b",
  one_cause: "c",
  necessary: "a",
  anything: "b",
  all_else: "c",
  big: "b",
  after: "c",
  would_have: "a",
  no_effect: "b",
  blame: "c",
  average: "a",
  detail: "b",
  leaders: "c",
} as const;
type Task = keyof typeof BEST;
const LETTERS = ["a", "b", "c"] as const;
type Letter = (typeof LETTERS)[number];

const picked = signal<Partial<Record<Task, Letter>>>({});

export function Tasks() {
  const names = Object.keys(BEST) as Task[];
  const right = names.filter((name) => picked.value[name] === BEST[name]).length;
  return (
    <section aria-labelledby="lesson-tasks-title">
      <h3 id="lesson-tasks-title">{t("lesson.view.tasks")}</h3>
      <p>{t("lesson.tasks.intro")}</p>
      <p role="status" class="lesson-soft">
        {t("lesson.tasks.right", { n: right, of: names.length })}
      </p>
      {names.map((name, place) => (
        <OneTask key={name} name={name} number={place + 1} />
      ))}
    </section>
  );
}

function OneTask({ name, number }: { name: Task; number: number }) {
  const mine = picked.value[name];
  return (
    <details class="lesson-task">
      <summary>
        {number}. {t(`lesson.tasks.${name}.title`)}
        {mine === BEST[name] && <span class="yes"> {t("lesson.tasks.done")}</span>}
      </summary>
      <fieldset class="lesson-choice">
        <legend>{t(`lesson.tasks.${name}.task`)}</legend>
        {LETTERS.map((letter) => (
          <label key={letter}>
            <input
              type="radio"
              name={`lesson-task-${name}`}
              checked={mine === letter}
              onChange={() => (picked.value = { ...picked.value, [name]: letter })}
            />{" "}
            {t(`lesson.tasks.${name}.${letter}`)}
          </label>
        ))}
      </fieldset>
      <p role="status" class={mine === undefined ? "" : "lesson-note"}>
        {mine !== undefined && (
          <>
            <strong class={mine === BEST[name] ? "yes" : "no"}>
              {t(mine === BEST[name] ? "lesson.tasks.good" : "lesson.tasks.not_quite")}
            </strong>{" "}
            {t(`lesson.tasks.${name}.say_${mine}`)}
          </>
        )}
      </p>
    </details>
  );
}
