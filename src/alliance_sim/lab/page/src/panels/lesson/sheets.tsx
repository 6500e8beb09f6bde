// Hand-outs to print, two on each side of one sheet of paper; only they are on paper.
import type { ComponentChildren } from "preact";
import type { Lesson, Payload } from "../../contract";
import { t } from "../../text";
import { BLANKS } from "./claim";
import { yearsOf } from "./curves";
import { score } from "./pieces";
import { beliefText, filled, itemText, own, stepWords, suggestionWords, titleOf } from "./words";

const LINES = [1, 2, 3] as const;
/** How long a blank of the sentence is on paper, in letters. */
const LETTERS_OF = { change: 40, outcome: 40, size: 12, range: 16, because: 60, wrong: 60 };

export function Sheets({ lesson, payload }: { lesson: Lesson; payload: Payload }) {
  const mine = own(lesson);
  return (
    <section class="lesson-sheets" aria-labelledby="lesson-sheets-title">
      <div class="lesson-noprint">
        <h3 id="lesson-sheets-title">{t("lesson.view.sheets")}</h3>
        <p>{t("lesson.sheets.intro")}</p>
        <button type="button" class="main" onClick={() => window.print()}>
          {t("lesson.sheets.print")}
        </button>
      </div>
      <div class="lesson-paper">
        <Sheet lesson={lesson} name="numbers">
          <p>{mine === null ? t("lesson.generic.summary") : filled(mine.summary, lesson)}</p>
          <p>
            {t("lesson.sheets.predict")} {lesson.belief !== null && t("lesson.sheets.what_if")}
          </p>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("lesson.class.item")}</th>
                <th scope="col">{t("lesson.sheets.your_number")}</th>
                <th scope="col">{t("lesson.sheets.came")}</th>
                <th scope="col">{t("lesson.class.score")}</th>
              </tr>
            </thead>
            <tbody>
              {lesson.items.map((item) => (
                <tr key={item.name}>
                  <th scope="row">{itemText(lesson, item, payload)}</th>
                  <td />
                  <td />
                  <td />
                </tr>
              ))}
              {lesson.belief && (
                <tr>
                  <th scope="row">{beliefText(lesson, payload)}</th>
                  <td />
                  <td>{t("lesson.sheets.nobody")}</td>
                  <td>–</td>
                </tr>
              )}
            </tbody>
          </table>
          <p>{t("lesson.sheets.sum", { half: score(0.25) })}</p>
        </Sheet>
        {lesson.curve !== null && (
          <Sheet lesson={lesson} name="curve">
            <p>{stepWords(lesson, "curves").text}</p>
            <Grid years={yearsOf(lesson)} />
            <p>{t("lesson.sheets.both")}</p>
          </Sheet>
        )}
      </div>
      <div class="lesson-paper">
        <Sheet lesson={lesson} name="card">
          <p>{t("lesson.sheets.choose")}</p>
          <ul class="lesson-boxes">
            {lesson.suggestions.map(({ name }) => (
              <li key={name}>{suggestionWords(lesson, name, payload).title}</li>
            ))}
          </ul>
          <Ruled label={t("lesson.run.replaced")} />
          <Ruled label={t("lesson.run.follows")} />
          <Ruled label={t("lesson.sheets.sign")} lines={1} />
          <Ruled label={t("lesson.sheets.share")} lines={1} />
          <Ruled label={t("lesson.sheets.found")} />
        </Sheet>
        <Sheet lesson={lesson} name="claim">
          <p>{stepWords(lesson, "claim").text}</p>
          <blockquote class="lesson-blanks">
            {t(
              "lesson.claim.sentence",
              Object.fromEntries(BLANKS.map((blank) => [blank, "_".repeat(LETTERS_OF[blank])])),
            )}
          </blockquote>
          <Ruled label={t("lesson.compare.name_one")} />
          {lesson.belief && <Ruled label={beliefText(lesson, payload)} lines={1} />}
        </Sheet>
      </div>
    </section>
  );
}

interface Given {
  lesson: Lesson;
  name: string;
  children: ComponentChildren;
}

function Sheet({ lesson, name, children }: Given) {
  return (
    <article class="lesson-sheet">
      <header>
        <h4>
          {titleOf(lesson)} · {t(`lesson.sheets.${name}`)}
        </h4>
      </header>
      {children}
    </article>
  );
}

function Ruled({ label, lines = 3 }: { label: string; lines?: number }) {
  return (
    <div class="lesson-ruled">
      <p>{label}</p>
      {LINES.slice(0, lines).map((line) => (
        <div key={line} class="line" />
      ))}
    </div>
  );
}

/** An empty grid with the years, to draw on. */
function Grid({ years }: { years: number[] }) {
  const [wide, high, edge] = [600, 300, 40];
  const [first, last] = [years[0] ?? 0, (years.at(-1) ?? 0) + 1];
  const x = (year: number) => edge + ((year - first) / (last - first)) * (wide - edge - 24);
  const y = (percent: number) => 10 + (1 - percent / 100) * (high - 40);
  const marks = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return (
    <svg
      viewBox={`0 0 ${wide} ${high}`}
      class="lesson-grid"
      role="img"
      aria-label={t("lesson.sheets.grid")}
    >
      {[0, 25, 50, 75, 100].map((percent) => (
        <g key={percent}>
          <line x1={edge} x2={wide - 24} y1={y(percent)} y2={y(percent)} />
          <text x={edge - 6} y={y(percent) + 4} text-anchor="end">
            {percent}
          </text>
        </g>
      ))}
      {marks.map((year) => (
        <g key={year}>
          <line x1={x(year)} x2={x(year)} y1={y(100)} y2={y(0)} />
          {(year - first) % 4 === 0 && (
            <text x={x(year)} y={high - 10} text-anchor="middle">
              {year}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
