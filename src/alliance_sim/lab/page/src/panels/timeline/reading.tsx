// What a row says in the year that is pointed at, or in the last one shown: in figures.
import type { Signal } from "@preact/signals";
import { share } from "../../parts/numbers";
import { xOf, type Places } from "../../parts/window";
import type { Store } from "../../state/store";
import { stepAt, yearOf } from "../../state/time";
import { t } from "../../text";
import { rowName, type Row, type Shows } from "./rows";
import { quartersOf } from "./summary";

interface ReadingProps {
  store: Store;
  row: Row;
  places: Places;
  pointed: Signal<number | null>;
  shows: Signal<Shows>;
}

export function RowHead({ store, row, places, pointed, shows }: ReadingProps) {
  const name = rowName(row);
  return (
    <div class="timeline-head">
      <h3>{name.charAt(0).toUpperCase() + name.slice(1)}</h3>
      <Reading store={store} row={row} places={places} pointed={pointed} shows={shows} />
    </div>
  );
}

function Reading({ store, row, places, pointed, shows }: ReadingProps) {
  const picture = store.picture.value;
  if (picture === null) return null;
  const [, last] = quartersOf(places, store.payload, picture.steps);
  const at = pointed.value === null ? last : Math.floor(stepAt(pointed.value, store.payload));
  const step = Math.min(Math.max(at, 0), picture.steps - 1);
  const { factual, edited, difference } = picture.fans[row.state];
  const write = row.stepped ? String : share;
  const fact = write(factual.middle[step] ?? 0);
  const year = Math.floor(yearOf(step, store.payload));
  const differs = picture.touched !== null && step >= picture.touched;
  if (shows.value === "difference") {
    const by = differs ? (difference.middle[step] ?? 0) : 0;
    return (
      <span class="timeline-reading" aria-hidden="true">
        {t("timeline.reading.difference", { year, by: signed(by, write) })}
      </span>
    );
  }
  return (
    <span class="timeline-reading" aria-hidden="true">
      {differs
        ? t("timeline.reading.both", { year, fact, edited: write(edited.middle[step] ?? 0) })
        : t("timeline.reading.fact", { year, fact })}
    </span>
  );
}

function signed(value: number, write: (value: number) => string): string {
  const text = write(Math.abs(value));
  if (Number(text) === 0) return text;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** A hair line through all rows at the year that is pointed at. */
export function Hair({ places, pointed }: Pick<ReadingProps, "places" | "pointed">) {
  if (pointed.value === null) return null;
  const x = xOf(places, pointed.value);
  if (x < places.left || x > places.width - places.right) return null;
  return <div class="timeline-hair" aria-hidden="true" style={{ left: `${x}px` }} />;
}
