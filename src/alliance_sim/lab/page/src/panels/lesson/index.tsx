// A lesson: its steps for students, and beside them what a teacher needs.
import type { FunctionComponent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Lesson as LessonData, StepKind } from "../../contract";
import type { Store } from "../../state/store";
import { language, t } from "../../text";
import { Claim, Exit } from "./claim";
import { minutesGone, runs } from "./clock";
import { ClassResults } from "./class_results";
import { Compare } from "./compare";
import { Curves } from "./curves";
import { Glossary } from "./glossary";
import { Homework } from "./homework";
import { Before, Predict, Reveal, summaryOf } from "./predictions";
import { Run } from "./run";
import { Sheets } from "./sheets";
import { VIEWS, bringBack, chosen, forget, forgotten, lessonOf } from "./state";
import { saidIn, step, view, type View } from "./state";
import type { StepProps } from "./steps";
import { Tasks } from "./tasks";
import { Teacher } from "./teacher";
import { own, stepWords, titleOf } from "./words";
import "./lesson.css";

const SHOWN: Record<StepKind, FunctionComponent<StepProps>> = {
  before: Before,
  predict: Predict,
  reveal: Reveal,
  curves: Curves,
  run: Run,
  compare: Compare,
  claim: Claim,
  exit: Exit,
};

export function Lesson({ store }: { store: Store }) {
  const lesson = lessonOf(store.payload);
  if (lesson === null) return <p>{t("lesson.none")}</p>;
  const unread = own(lesson)?.unread ?? null;
  return (
    <div class="lesson">
      <Head store={store} lesson={lesson} />
      {view.value === "steps" && <Steps store={store} lesson={lesson} />}
      {view.value === "tasks" && <Tasks />}
      {view.value === "homework" && <Homework payload={store.payload} />}
      {view.value === "teacher" && <Teacher lesson={lesson} />}
      {view.value === "class" && <ClassResults lesson={lesson} payload={store.payload} />}
      {view.value === "sheets" && <Sheets lesson={lesson} payload={store.payload} />}
      {language.value !== "en" && unread !== null && <p class="lesson-soft">{unread}</p>}
    </div>
  );
}

function Head({ store, lesson }: { store: Store; lesson: LessonData }) {
  const { lessons } = store.payload;
  const open = (one: View) => (view.value = one);
  return (
    <div class="lesson-head">
      <h2>{titleOf(lesson)}</h2>
      {lessons.length > 1 && (
        <label class="lesson-which">
          <span>{t("lesson.which")}</span>
          <select
            value={lesson.name}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
              step.value = 0;
            }}
          >
            {lessons.map((one) => (
              <option key={one.name} value={one.name}>
                {titleOf(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      <nav class="lesson-views" aria-label={t("lesson.views")}>
        {VIEWS.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={view.value === one ? "page" : undefined}
            onClick={() => open(one)}
          >
            {t(`lesson.view.${one}`)}
          </button>
        ))}
      </nav>
    </div>
  );
}

function Steps({ store, lesson }: { store: Store; lesson: LessonData }) {
  const count = lesson.steps.length;
  const at = Math.min(step.value, count - 1);
  const one = lesson.steps[at];
  const head = useRef<HTMLHeadingElement>(null);
  const shown = useRef(at);
  useEffect(() => {
    if (shown.current === at) return;
    shown.current = at;
    head.current?.focus();
    head.current?.scrollIntoView({ block: "start" });
  }, [at]);
  if (one === undefined) return null;
  const words = stepWords(lesson, one.kind);
  const View = SHOWN[one.kind];
  return (
    <section class="lesson-step" aria-labelledby="lesson-step-title">
      <Cleared lesson={lesson} back={() => head.current?.focus()} />
      {at === 0 && <p class="lesson-summary">{summaryOf({ lesson })}</p>}
      <p class="lesson-soft">
        {t("lesson.step_of", { n: at + 1, of: count, minutes: one.minutes })}
        {runs() && <Minute of={lesson.minutes} />}
      </p>
      <h3 id="lesson-step-title" ref={head} tabIndex={-1}>
        {words.title}
      </h3>
      <p class="lesson-text">{words.text}</p>
      <Glossary key={`${lesson.name}.${one.kind}`} lesson={lesson} kind={one.kind} />
      <View key={lesson.name + one.kind} store={store} lesson={lesson} said={saidIn(lesson)} />
      <div class="lesson-next">
        <button type="button" disabled={at === 0} onClick={() => (step.value = at - 1)}>
          {t("lesson.back")}
        </button>
        <button
          type="button"
          class={at < count - 1 ? "main" : ""}
          disabled={at === count - 1}
          onClick={() => (step.value = at + 1)}
        >
          {t("lesson.next")}
        </button>
        <button type="button" class="lesson-forget" onClick={() => forget(lesson)}>
          {t("lesson.forget")}
        </button>
      </div>
    </section>
  );
}

function Minute({ of }: { of: number }) {
  return <> · {t("lesson.teacher.clock", { n: Math.floor(minutesGone()), of })}</>;
}

/** That answers were cleared, and the way back. */
function Cleared({ lesson, back }: { lesson: LessonData; back: () => void }) {
  const last = forgotten.value;
  return (
    <div role="status">
      {last?.lesson === lesson.name && (
        <p class="lesson-note">
          {t("lesson.cleared")}{" "}
          <button
            type="button"
            onClick={() => {
              bringBack(last);
              back();
            }}
          >
            {t("lesson.bring_back")}
          </button>
        </p>
      )}
    </div>
  );
}
