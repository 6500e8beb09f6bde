// When was it certain? A curve by five points, first the student's own, then the model's beside it.
import type { Asked, Curve, Lesson, Payload } from "../../contract";
import { useNextFocus } from "../../parts/focus";
import { MISSING, of100 } from "../../parts/numbers";
import { DataTable } from "../../parts/table";
import { useWidth } from "../../parts/size";
import { t } from "../../text";
import { Percent } from "./pieces";
import { type Half, say } from "./state";
import type { StepProps } from "./steps";
import { outcomeWords, suggestionWords } from "./words";

const BEFORE = [16, 8, 4, 2, 1]; // years before it was decided
const SPOKEN = 3; // place of the year that both halves speak of
const HIGH = 80; // above this the name of a line stands below it
const UNNAMED = 4; // place of the year whose name the axis has no room for
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [276, 40, 22, 30, 28];

/** Return the curve that a lesson draws, if it ships. */
export function curveOf(asked: Asked | null, payload: Payload): Curve | null {
  if (asked === null) return null;
  const edits = asked.edits.join("\n");
  const found = payload.curves.find(
    (one) => one.edits.join("\n") === edits && one.outcome === asked.outcome,
  );
  return found ?? null;
}

export function yearsOf(lesson: Lesson): number[] {
  const decided = Number(/@(\d{4})/.exec(lesson.curve?.outcome ?? "")?.[1] ?? NaN);
  return Number.isNaN(decided) ? [] : BEFORE.map((back) => decided - back);
}

export function Curves({ store, lesson, said }: StepProps) {
  const both = useNextFocus<HTMLHeadingElement>();
  const curve = curveOf(lesson.curve, store.payload);
  const years = yearsOf(lesson);
  if (lesson.curve === null || curve === null || years.length === 0) {
    return <p>{t("lesson.curves.none")}</p>;
  }
  const asked = lesson.curve.outcome;
  const same = lesson.suggestions.find((one) => one.outcome === asked);
  const outcome = same
    ? suggestionWords(lesson, same.name, store.payload).result
    : outcomeWords(asked, store.payload);
  const spoken = years[SPOKEN] ?? 0;
  const mine = said.drawn[SPOKEN] ?? 0;
  const half = said.half ?? "certain";
  const full = said.half !== null && !said.drawn.includes(null);
  return (
    <>
      <fieldset class="lesson-choice">
        <legend>{t("lesson.curves.half")}</legend>
        {(["certain", "possible"] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="lesson-half"
              checked={said.half === one}
              disabled={said.compared}
              onChange={() => say(lesson, { half: one })}
            />{" "}
            {t(`lesson.curves.${one}`, { outcome })}
          </label>
        ))}
      </fieldset>
      <div class="lesson-side">
        <div>
          {years.map((year, place) => (
            <Percent
              key={year}
              label={t("lesson.curves.end_of", { year })}
              value={said.drawn[place] ?? null}
              disabled={said.compared}
              onValue={(value) =>
                say(lesson, { drawn: said.drawn.map((old, at) => (at === place ? value : old)) })
              }
            />
          ))}
        </div>
        <Drawing
          years={years}
          drawn={said.drawn}
          half={half}
          curve={said.compared ? curve : null}
          world={lesson.curve.world}
        />
      </div>
      {said.compared ? (
        <>
          <h4 ref={both.place} tabIndex={-1}>
            {t("lesson.curves.both")}
          </h4>
          <Percent
            label={t("lesson.curves.other", { year: spoken })}
            value={said.other}
            onValue={(other) => say(lesson, { other })}
          />
          {said.other !== null && (
            <p class="lesson-total" role="status">
              {t(mine + said.other === 100 ? "lesson.curves.fits" : "lesson.curves.sum", {
                mine,
                other: said.other,
                sum: mine + said.other,
              })}
            </p>
          )}
          <p>{t(`lesson.curves.model_${half}`)}</p>
          <DataTable
            title={t("lesson.curves.table")}
            rows={() => ({
              caption: t("lesson.curves.table"),
              heads: [
                t("lesson.curves.year"),
                t("lesson.curves.you"),
                t(`lesson.curves.fact_${half}`),
                t(`lesson.curves.edited_${half}`),
              ],
              rows: years.map((year, place) => {
                const row = curve.years.find((one) => one.year === year);
                const turned = (share: number) => (half === "certain" ? share : 1 - share);
                const told = (share: number | undefined) =>
                  share === undefined ? MISSING : of100(turned(share));
                return [year, said.drawn[place] ?? MISSING, told(row?.fact), told(row?.edited)];
              }),
            })}
          />
        </>
      ) : (
        <div class="lesson-gate">
          <button
            type="button"
            class="main"
            disabled={!full}
            onClick={() => {
              say(lesson, { compared: true });
              both.go();
            }}
          >
            {t("lesson.curves.compare")}
          </button>
          <p class="lesson-soft">{t(full ? "lesson.curves.ready" : "lesson.curves.first")}</p>
        </div>
      )}
    </>
  );
}

interface Drawn {
  years: number[];
  drawn: (number | null)[];
  half: Half;
  curve: Curve | null;
  world: "fact" | "edited";
}

/** The student's line, and the model's once both are compared; the table below says the same. */
function Drawing({ years, drawn, half, curve, world }: Drawn) {
  const [place, width] = useWidth<HTMLDivElement>();
  const wide = Math.max(width.value, 240);
  const [first, last] = [years[0] ?? 0, (years.at(-1) ?? 0) + 1];
  const x = (year: number) => LEFT + ((year - first) / (last - first)) * (wide - LEFT - RIGHT);
  const y = (percent: number) => TOP + (1 - percent / 100) * (HEIGHT - TOP - BOTTOM);
  const line = (points: [number, number][]) =>
    points.map(([year, percent]) => `${x(year).toFixed(1)},${y(percent).toFixed(1)}`).join(" ");
  const mine = years.flatMap((year, at): [number, number][] => {
    const given = drawn[at] ?? null;
    return given === null ? [] : [[year, given]];
  });
  const named = [...years.filter((_, at) => at !== UNNAMED), last];
  const turned = (share: number) => 100 * (half === "certain" ? share : 1 - share);
  const shown = (curve?.years ?? []).filter(({ year }) => year >= first && year <= last);
  const theirs = shown.map((one): [number, number] => [one.year, turned(one[world])]);
  const mineFirst = mine[0];
  const theirsMiddle = theirs[Math.floor(theirs.length / 3)];
  return (
    <div ref={place} class="lesson-drawing">
      <svg
        width={wide}
        height={HEIGHT}
        role="img"
        aria-label={t(curve === null ? "lesson.curves.picture" : "lesson.curves.picture_both")}
      >
        {[0, 50, 100].map((percent) => (
          <g key={percent} class="axis">
            <line x1={LEFT} x2={wide - RIGHT} y1={y(percent)} y2={y(percent)} />
            <text x={LEFT - 6} y={y(percent) + 4} text-anchor="end">
              {percent}
            </text>
          </g>
        ))}
        <text x={2} y={14}>
          {t(`lesson.curves.axis_${half}`)}
        </text>
        {named.map((year) => (
          <text key={year} x={x(year)} y={HEIGHT - 8} text-anchor="middle">
            {year}
          </text>
        ))}
        <polyline class="mine" points={line(mine)} />
        {mine.map(([year, percent]) => (
          <circle key={year} class="mine" cx={x(year)} cy={y(percent)} r="4" />
        ))}
        {mineFirst && (
          <text
            class="mine"
            x={x(mineFirst[0]) + 4}
            y={y(mineFirst[1]) + (mineFirst[1] > HIGH ? 20 : -10)}
          >
            {t("lesson.curves.you")}
          </text>
        )}
        {theirs.length > 0 && <polyline class="theirs" points={line(theirs)} />}
        {theirsMiddle && (
          <text class="theirs" x={x(theirsMiddle[0])} y={y(theirsMiddle[1]) - 8}>
            {t("lesson.curves.the_model")}
          </text>
        )}
      </svg>
    </div>
  );
}
