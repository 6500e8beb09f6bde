// A made history whose luck is stored: here a what-if has a true answer, and can be scored.
import { signal } from "@preact/signals";
import type { KnownTruth, Payload } from "../../contract";
import { codedDay } from "../../parts/dates";
import { useNextFocus } from "../../parts/focus";
import { of100 } from "../../parts/numbers";
import { useWidth } from "../../parts/size";
import { DataTable } from "../../parts/table";
import { language, t } from "../../text";
import { Percent, SumInWords, score } from "./pieces";
import { brier, expected, mean } from "./scoring";

const given = signal<Record<string, number>>({});
const open = signal<Record<string, boolean>>({});
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [200, 34, 22, 10, 26];

export function Homework({ payload }: { payload: Payload }) {
  const { known } = payload;
  if (known === null) {
    return (
      <section>
        <h3>{t("lesson.view.homework")}</h3>
        <p>{t("lesson.homework.none")}</p>
      </section>
    );
  }
  const { truth } = known;
  const told = (title: string) => truth.told[language.value]?.[title] ?? title;
  const scores = truth.questions.flatMap(({ name, edited }) => {
    const said = given.value[name];
    return said === undefined || !open.value[name] ? [] : [brier(said / 100, edited === 1)];
  });
  return (
    <section aria-labelledby="lesson-homework-title">
      <h3 id="lesson-homework-title">{t("lesson.view.homework")}</h3>
      <p>
        {inWords(truth.titles)}. {t("lesson.homework.intro")}
      </p>
      <p>{inWords(truth.story)}</p>
      <ol>
        <li>{t("lesson.homework.first")}</li>
        <li>{t("lesson.homework.second")}</li>
        <li>{t("lesson.homework.third")}</li>
      </ol>
      <h4>{t("lesson.homework.known")}</h4>
      <ul>
        {truth.turns.map(({ day, kind, title }) => (
          <li key={day + kind}>
            {codedDay(day, language.value)}:{" "}
            {t(`lesson.homework.turn_${kind}`, { title: inWords(title) })}
          </li>
        ))}
      </ul>
      <DataTable
        title={t("lesson.homework.acts", { n: truth.acts.length })}
        rows={() => ({
          caption: t("lesson.homework.acts", { n: truth.acts.length }),
          heads: [t("lesson.homework.day"), t("lesson.homework.act")],
          rows: truth.acts.map(({ day, title }) => [codedDay(day, language.value), told(title)]),
        })}
      />
      {truth.questions.map((question) => (
        <OneQuestion key={question.name} truth={truth} question={question} />
      ))}
      {scores.length > 0 && (
        <p class="lesson-total" role="status">
          {t("lesson.homework.total", { score: score(mean(scores)), n: scores.length })}
        </p>
      )}
      <h4>{t("lesson.homework.think_title")}</h4>
      <ul>
        <li>{t("lesson.homework.think_luck")}</li>
        <li>{t("lesson.homework.think_real")}</li>
        <li>{t("lesson.homework.think_best")}</li>
      </ul>
    </section>
  );
}

function inWords(texts: Record<string, string>): string {
  return texts[language.value] ?? texts["en"] ?? "";
}

interface One {
  truth: KnownTruth;
  question: KnownTruth["questions"][number];
}

function OneQuestion({ truth, question }: One) {
  const said = given.value[question.name];
  const shown = open.value[question.name] === true;
  const { share } = question;
  const truly = useNextFocus<HTMLParagraphElement>();
  return (
    <div class="lesson-card">
      <h4>{inWords(question.title)}</h4>
      <p class="lesson-soft">
        {t(question.fact === 1 ? "lesson.homework.fact_yes" : "lesson.homework.fact_no")}
      </p>
      <Percent
        label={t("lesson.homework.your_number")}
        value={said ?? null}
        disabled={shown}
        onValue={(value) => {
          const { [question.name]: _, ...others } = given.value;
          given.value = value === null ? others : { ...others, [question.name]: value };
        }}
      />
      {!shown && (
        <button
          type="button"
          disabled={said === undefined}
          onClick={() => {
            open.value = { ...open.value, [question.name]: true };
            truly.go();
          }}
        >
          {t("lesson.homework.show")}
        </button>
      )}
      {shown && said !== undefined && (
        <div role="status">
          <p ref={truly.place} tabIndex={-1}>
            <strong class={question.edited === 1 ? "yes" : "no"}>
              {t(question.edited === 1 ? "lesson.reveal.yes" : "lesson.reveal.no")}
            </strong>{" "}
            {t("lesson.homework.truth")}
          </p>
          <SumInWords said={said / 100} happened={question.edited === 1} />
          <p>
            {t("lesson.homework.share", {
              free: truth.free,
              share: of100(share),
              best: score(expected(share, share).left),
            })}
          </p>
          <Worlds truth={truth} question={question} />
        </div>
      )}
    </div>
  );
}

/** What is asked about, at the end of each year, with and without the change. */
function Worlds({ truth, question }: One) {
  const [place, width] = useWidth<HTMLDivElement>();
  const wide = Math.max(width.value, 240);
  const fact = truth.levels[question.drawn] ?? [];
  const edited = question.levels[question.drawn] ?? [];
  const first = truth.years[0];
  const most = Math.max(1, ...fact, ...edited);
  const marks = most > 1 ? Array.from({ length: most + 1 }, (_, step) => step) : [0, 0.5, 1];
  const x = (at: number) => LEFT + (at / Math.max(1, fact.length - 1)) * (wide - LEFT - RIGHT);
  const y = (level: number) => TOP + (1 - level / most) * (HEIGHT - TOP - BOTTOM);
  const line = (levels: number[]) =>
    levels.map((level, at) => `${x(at).toFixed(1)},${y(level).toFixed(1)}`).join(" ");
  const what = t(`lesson.homework.drawn.${question.drawn}`);
  const [caption, title] = ["picture", "table"].map((key) => t(`lesson.homework.${key}`, { what }));
  return (
    <div ref={place} class="lesson-drawing">
      <svg width={wide} height={HEIGHT} role="img" aria-label={caption}>
        {marks.map((level) => (
          <g key={level} class="axis">
            <line x1={LEFT} x2={wide - RIGHT} y1={y(level)} y2={y(level)} />
            <text x={LEFT - 6} y={y(level) + 4} text-anchor="end">
              {level}
            </text>
          </g>
        ))}
        {fact.map(
          (_, at) =>
            at % 3 === 0 && (
              <text key={at} x={x(at)} y={HEIGHT - 8} text-anchor="middle">
                {first + at}
              </text>
            ),
        )}
        <polyline class="mine" points={line(fact)} />
        <polyline class="theirs" points={line(edited)} />
      </svg>
      <p class="lesson-soft">{caption}</p>
      <DataTable
        title={title ?? ""}
        rows={() => ({
          caption: title ?? "",
          heads: [
            t("lesson.curves.year"),
            t("lesson.homework.as_it_was"),
            t("lesson.homework.changed"),
          ],
          rows: fact.map((level, at) => [
            first + at,
            ...[level, edited[at] ?? 0].map((one) => (most > 1 ? one : score(one))),
          ]),
        })}
      />
    </div>
  );
}
