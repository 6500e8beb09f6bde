// The class as a whole, from codes that were pasted: nothing is sent, and no code has a name.
import { signal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Lesson, Payload } from "../../contract";
import { MISSING, of100 } from "../../parts/numbers";
import { Table } from "../../parts/table";
import { t } from "../../text";
import { type Pasted, MOST_LETTERS, MOST_LINES, readClass } from "./code";
import { score } from "./pieces";
import { type Bin, brier, calibration, mean, skill, spread } from "./scoring";
import { itemText } from "./words";

const pasted = signal("");
const SIZE = 280;
const EDGE = 52;

export function ClassResults({ lesson, payload }: { lesson: Lesson; payload: Payload }) {
  const id = useId();
  const told = readClass(pasted.value, lesson.name, lesson.items.length);
  return (
    <section class="lesson-class" aria-labelledby="lesson-class-title">
      <h3 id="lesson-class-title">{t("lesson.view.class")}</h3>
      <p>{t("lesson.class.intro")}</p>
      <label for={id}>{t("lesson.class.paste")}</label>
      <textarea
        id={id}
        rows={8}
        spellcheck={false}
        autocomplete="off"
        value={pasted.value}
        onInput={(event) => (pasted.value = event.currentTarget.value.slice(0, 2 * MOST_LETTERS))}
      />
      <p role="status">
        {t("lesson.class.read", { n: told.read.length, refused: told.refused.length })}
      </p>
      {told.cut && (
        <p class="lesson-problem" role="alert">
          {t("lesson.class.cut", { lines: MOST_LINES, letters: MOST_LETTERS })}
        </p>
      )}
      {told.refused.length > 0 && (
        <ul class="lesson-refused">
          {told.refused.map(({ line, shown, problem, before }, place) => (
            <li key={place}>
              {t("lesson.class.line", { line })} <code>{shown}</code>:{" "}
              {t(`lesson.code.${problem}`, { before: before ?? 0, items: lesson.items.length })}
            </li>
          ))}
        </ul>
      )}
      {told.read.length > 0 && <Results told={told} lesson={lesson} payload={payload} />}
    </section>
  );
}

interface Known {
  told: Pasted;
  lesson: Lesson;
  payload: Payload;
}

function Results({ told, lesson, payload }: Known) {
  const answers = told.read.map((one) => one.answers);
  const columns = lesson.items.map((item, place) => {
    const given = answers.flatMap(({ forecasts }) => forecasts[place] ?? []);
    return { item, given: given.map((number) => number / 100) };
  });
  const pairs = columns.flatMap(({ item, given }) =>
    given.map((said) => ({ said, came: item.happened })),
  );
  const classMeans = columns.flatMap(({ item, given }) =>
    given.length === 0 ? [] : [brier(mean(given), item.happened)],
  );
  const each = answers.flatMap(({ forecasts }) => {
    const own = lesson.items.flatMap((item, place) => {
      const number = forecasts[place];
      return number === null || number === undefined ? [] : [brier(number / 100, item.happened)];
    });
    return own.length === 0 ? [] : [mean(own)];
  });
  const ofClass = classMeans.length === 0 ? null : mean(classMeans);
  const better = ofClass === null ? 0 : each.filter((one) => one < ofClass).length;
  const moved = answers.flatMap(({ belief: [first, second] }) =>
    first === null || second === null ? [] : [second - first],
  );
  return (
    <>
      <Table
        caption={t("lesson.class.table")}
        heads={["item", "happened", "mean", "spread", "from_to", "mean_score"].map((key) =>
          t(`lesson.class.${key}`),
        )}
        rows={columns.map(({ item, given }) => [
          itemText(lesson, item, payload),
          t(item.happened ? "lesson.reveal.yes" : "lesson.reveal.no"),
          given.length === 0 ? MISSING : of100(mean(given)),
          given.length === 0 ? MISSING : of100(spread(given)),
          given.length === 0
            ? MISSING
            : `${of100(Math.min(...given))}–${of100(Math.max(...given))}`,
          given.length === 0
            ? MISSING
            : score(mean(given.map((said) => brier(said, item.happened)))),
        ])}
      />
      {ofClass !== null && each.length > 0 && (
        <p class="lesson-total">
          {t("lesson.class.skill", {
            each: score(mean(each)),
            group: score(ofClass),
            better,
            of: each.length,
            skill: score(skill(mean(each), ofClass) ?? 0).replace("-", "−"),
          })}
        </p>
      )}
      <Calibration bins={calibration(pairs)} pairs={pairs.length} />
      {moved.length > 0 && (
        <p>
          {t("lesson.class.moved", {
            n: moved.length,
            by: Math.round(mean(moved.map(Math.abs))),
            up: moved.filter((by) => by > 0).length,
            down: moved.filter((by) => by < 0).length,
          })}
        </p>
      )}
    </>
  );
}

/** How often what the class called likely came about; on the line it knew itself well. */
function Calibration({ bins, pairs }: { bins: Bin[]; pairs: number }) {
  if (bins.length === 0) return null;
  const at = (share: number) => EDGE + share * (SIZE - EDGE - 20);
  const most = Math.max(...bins.map(({ count }) => count));
  return (
    <div class="lesson-side">
      <figure>
        <svg
          viewBox={`0 0 ${SIZE} ${SIZE}`}
          class="lesson-calibration"
          role="img"
          aria-label={t("lesson.class.picture", { pairs })}
        >
          <line class="even" x1={at(0)} y1={SIZE - at(0)} x2={at(1)} y2={SIZE - at(1)} />
          {[0, 0.5, 1].map((share) => (
            <g key={share} class="axis">
              <text x={at(share)} y={SIZE - EDGE + 18} text-anchor="middle">
                {share * 100}
              </text>
              <text x={EDGE - 8} y={SIZE - at(share) + 4} text-anchor="end">
                {share * 100}
              </text>
            </g>
          ))}
          <text x={at(0.5)} y={SIZE - 10} text-anchor="middle">
            {t("lesson.class.across")}
          </text>
          <text transform={`translate(14 ${SIZE - at(0.5)}) rotate(-90)`} text-anchor="middle">
            {t("lesson.class.up")}
          </text>
          {bins.map(({ low, said, came, count }) => (
            <circle
              key={low}
              cx={at(said)}
              cy={SIZE - at(came)}
              r={4 + 8 * Math.sqrt(count / most)}
            />
          ))}
        </svg>
        <figcaption>{t("lesson.class.calibration")}</figcaption>
      </figure>
      <Table
        caption={t("lesson.class.bins")}
        heads={["bin", "count", "said", "came"].map((key) => t(`lesson.class.${key}`))}
        rows={bins.map(({ low, high, count, said, came }) => [
          `${low * 100}–${high * 100}`,
          count,
          of100(said),
          of100(came),
        ])}
      />
    </div>
  );
}
