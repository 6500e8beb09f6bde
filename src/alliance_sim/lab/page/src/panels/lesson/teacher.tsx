// The teacher's side: what comes when, what to say, and a clock that only tells the time.
import type { Lesson } from "../../contract";
import { Press } from "../../parts/press";
import { t } from "../../text";
import { anew, minutesGone, runs, toggle } from "./clock";
import { step, view } from "./state";
import { stepWords } from "./words";

export function Teacher({ lesson }: { lesson: Lesson }) {
  const starts = lesson.steps.map((_, place) =>
    lesson.steps.slice(0, place).reduce((sum, { minutes }) => sum + minutes, 0),
  );
  const at = Math.min(step.value, lesson.steps.length - 1);
  const one = lesson.steps[at];
  const until = (starts[at] ?? 0) + (one?.minutes ?? 0);
  const late = Math.floor(minutesGone()) - until;
  return (
    <section class="lesson-teacher" aria-labelledby="lesson-teacher-title">
      <h3 id="lesson-teacher-title">{t("lesson.view.teacher")}</h3>
      <p>{t("lesson.teacher.intro")}</p>
      <div class="lesson-clock">
        <p role="timer">
          {t("lesson.teacher.clock", { n: Math.floor(minutesGone()), of: lesson.minutes })}
        </p>
        <button type="button" onClick={toggle}>
          {t(runs() ? "lesson.teacher.stop" : "lesson.teacher.start")}
        </button>
        <button type="button" onClick={anew}>
          {t("lesson.teacher.anew")}
        </button>
      </div>
      {one && (
        <div class="lesson-now">
          <p class="lesson-soft">
            {t("lesson.teacher.now", {
              from: starts[at] ?? 0,
              until,
            })}{" "}
            {late > 0 && t("lesson.teacher.late", { n: late })}
          </p>
          <h4>{stepWords(lesson, one.kind).title}</h4>
          <ul>
            {stepWords(lesson, one.kind).notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
          <div class="lesson-next">
            <Press can={at > 0} onPress={() => (step.value = at - 1)}>
              {t("lesson.back")}
            </Press>
            <Press
              class={at < lesson.steps.length - 1 ? "main" : ""}
              can={at < lesson.steps.length - 1}
              onPress={() => (step.value = at + 1)}
            >
              {t("lesson.next")}
            </Press>
            <button type="button" onClick={() => (view.value = "steps")}>
              {t("lesson.teacher.show")}
            </button>
          </div>
        </div>
      )}
      <h4>{t("lesson.teacher.plan")}</h4>
      <ol class="lesson-plan">
        {lesson.steps.map(({ kind, minutes }, place) => (
          <li key={kind} aria-current={place === at ? "step" : undefined}>
            <span class="lesson-when">
              {starts[place]}–{(starts[place] ?? 0) + minutes}
            </span>{" "}
            <button type="button" class="lesson-link" onClick={() => (step.value = place)}>
              {stepWords(lesson, kind).title}
            </button>
          </li>
        ))}
      </ol>
      <h4>{t("lesson.teacher.variants")}</h4>
      <ul>
        <li>{t("lesson.teacher.late_cut")}</li>
        <li>{t("lesson.teacher.short")}</li>
        <li>{t("lesson.teacher.double")}</li>
        <li>{t("lesson.teacher.paper")}</li>
      </ul>
      <h4>{t("lesson.teacher.fair_title")}</h4>
      <p>{t("lesson.teacher.fair")}</p>
    </section>
  );
}
