// All that the chart shows, as tables: levels by year, formal steps, acts, junctures.
import type { Signal } from "@preact/signals";
import { begun } from "../../answer/words";
import type { Picture } from "../../contract";
import { codedDay, monthText } from "../../parts/dates";
import { quartersOn } from "../../state/calendar";
import { of100, share } from "../../parts/numbers";
import { DataTable, type Rows } from "../../parts/table";
import type { Window } from "../../parts/window";
import { happens, movedBy } from "../../state/edits";
import type { Store } from "../../state/store";
import { stepAt, yearOf } from "../../state/time";
import { language, named, recorded, t, wording } from "../../text";
import { rowName, ROWS } from "./rows";

export function Tables({ store, view }: { store: Store; view: Signal<Window> }) {
  const { payload } = store;
  const picture = store.picture.value;
  return (
    <div class="timeline-tables">
      {picture &&
        ROWS.map((row) => (
          <DataTable
            key={row.state}
            title={t("timeline.table.title", { name: begun(rowName(row)) })}
            rows={() => years(store, picture, row, view.value)}
          />
        ))}
      {picture && (
        <DataTable title={t("timeline.table.ladder")} rows={() => ladder(store, picture)} />
      )}
      {payload.record && (
        <DataTable title={t("timeline.table.acts")} rows={() => acts(store, view.value)} />
      )}
      <DataTable title={t("timeline.table.junctures")} rows={() => junctures(store)} />
    </div>
  );
}

function years(store: Store, picture: Picture, row: (typeof ROWS)[number], view: Window): Rows {
  const { factual, edited, difference } = picture.fans[row.state];
  const write = row.stepped ? String : share;
  const rows: (string | number)[][] = [];
  for (let year = Math.ceil(view.from); year < view.until; year += 1) {
    const step = stepAt(year + 1, store.payload) - 1; // the last of the year
    if (step < 0 || step >= picture.steps) continue;
    const at = (values: Float64Array) => write(values[step] ?? 0);
    rows.push([
      year,
      at(factual.middle),
      t("timeline.table.range", { low: at(factual.low), high: at(factual.high) }),
      at(edited.middle),
      t("timeline.table.range", { low: at(edited.low), high: at(edited.high) }),
      at(difference.middle),
    ]);
  }
  const heads = ["year", "factual", "factual_range", "edited", "edited_range", "difference"];
  return {
    caption: t("timeline.table.caption", { name: begun(rowName(row)) }),
    heads: heads.map((head) => t(`timeline.table.${head}`)),
    rows,
  };
}

/** Each formal step: when half of the histories have reached it, and how many have at the end. */
function ladder(store: Store, picture: Picture): Rows {
  const { steps } = picture;
  const when = (shares: Float64Array, place: number) => {
    for (let step = 0; step < steps; step += 1) {
      if ((shares[place * steps + step] ?? 0) >= 0.5) {
        return monthText(yearOf(step, store.payload), language.value);
      }
    }
    return t("timeline.table.never");
  };
  const last = (shares: Float64Array, place: number) =>
    t("timeline.table.of_100", {
      n: of100(shares[(place + 1) * steps - 1] ?? 0),
    });
  const heads = ["rung", "half_factual", "half_edited", "end_factual", "end_edited"];
  return {
    caption: t("timeline.table.ladder"),
    heads: heads.map((head) => t(`timeline.table.${head}`)),
    rows: store.payload.rungs.map(({ rung, title }, place) => [
      `${rung}. ${named(`rung.${rung}`, title)}`,
      when(picture.ladder.factual, place),
      when(picture.ladder.edited, place),
      last(picture.ladder.factual, place),
      last(picture.ladder.edited, place),
    ]),
  };
}

function acts(store: Store, view: Window): Rows {
  const found = store.payload.record?.acts ?? [];
  return {
    caption: t("timeline.table.acts"),
    heads: ["day", "series", "act", "source"].map((head) => t(`timeline.table.${head}`)),
    rows: [...found]
      .sort((one, other) => one.date - other.date)
      .filter(({ date }) => date >= view.from && date <= view.until)
      .map(({ day, series, title, source }) => [
        codedDay(day, language.value),
        series === "institution" ? t("timeline.row.rung") : wording().domains[series],
        recorded(title),
        source,
      ]),
  };
}

function junctures(store: Store): Rows {
  const { edits } = store.question.value;
  return {
    caption: t("timeline.table.junctures"),
    heads: ["juncture", "was", "now", "source"].map((head) => t(`timeline.table.${head}`)),
    rows: store.payload.junctures.map((one) => [
      named(`juncture.${one.name}`, one.title),
      monthText(one.date, language.value),
      happens(edits, one.name)
        ? monthText(quartersOn(one.date, movedBy(edits, one)), language.value)
        : t("timeline.table.not"),
      recorded(one.source),
    ]),
  };
}
