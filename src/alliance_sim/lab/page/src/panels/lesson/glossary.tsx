// Words and names of a step that students may not know, folded until somebody looks them up.
import type { Lesson, StepKind } from "../../contract";
import { t } from "../../text";
import { own } from "./words";

export function Glossary({ lesson, kind }: { lesson: Lesson; kind: StepKind }) {
  const told = own(lesson)?.words ?? {};
  const shown = lesson.words.flatMap(({ name, steps }) =>
    steps.includes(kind) ? (told[name] ?? []) : [],
  );
  if (shown.length === 0) return null;
  return (
    <details class="lesson-words">
      <summary>{t("lesson.words", { n: shown.length })}</summary>
      <dl>
        {shown.map(({ term, text }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
