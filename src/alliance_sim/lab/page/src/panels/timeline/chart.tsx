// The chart: periods and junctures above, a row for each thing that is followed, years below. What
// stretch of time is looked at can be changed by buttons, keys, wheel, and by dragging over a row.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { yearTicks } from "../../parts/dates";
import { useWidth } from "../../parts/size";
import { inside, nearer, spanOf, xOf, yearAt, type Places, type Window } from "../../parts/window";
import type { Store } from "../../state/store";
import { named, t } from "../../text";
import { actAt, STRIP } from "./acts";
import { actsShown, type ActsShown } from "./acts_shown";
import { Handles } from "./handles";
import { Plot } from "./plot";
import { Hair, RowHead } from "./reading";
import { ROWS, type Row, type Shows } from "./rows";

const NARROW = 640; // below this width the junctures are a list beside the chart
const WIDE = 1200; // from this width on rows are high enough for the back of a class
const MEANT = 6; // pixels from which on a pointer drags

interface ChartProps {
  store: Store;
  view: Signal<Window>;
  shows: Signal<Shows>;
}

export function Chart({ store, view, shows }: ChartProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const span = useMemo(() => spanOf(store.payload), [store]);
  const narrow = width.value < NARROW;
  const places: Places = {
    ...view.value,
    width: width.value,
    left: narrow ? 28 : 36,
    right: narrow ? 8 : 14,
  };
  const shown = useMemo(
    () => actsShown(store.payload, (date) => reveal(date, view, span)),
    [store, view, span],
  );
  const drag = useSignal<[number, number] | null>(null);
  const pointed = useSignal<number | null>(null);
  useWheel(place, view, span, places);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") shown.told.value = null;
    };
    document.addEventListener("keydown", leave);
    return () => document.removeEventListener("keydown", leave);
  }, [shown]);
  const ticks = yearTicks(places.from, places.until, narrow ? 5 : 12);
  const shared = { store, view, shows, places, span, shown, drag, pointed, ticks };
  return (
    <div
      ref={place}
      class={narrow ? "timeline-chart narrow" : "timeline-chart"}
      role="group"
      aria-label={t("timeline.chart")}
      aria-describedby="timeline-told"
      onKeyDown={(event) => zoomByKey(event, view, span)}
    >
      {width.value > 0 && (
        <>
          <Periods store={store} places={places} />
          {!narrow && <Handles store={store} places={places} />}
          {ROWS.map((row, order) => (
            <RowOfChart key={row.state} {...shared} row={row} last={order === ROWS.length - 1} />
          ))}
          <Hair places={places} pointed={pointed} />
          <Chosen drag={drag} places={places} />
        </>
      )}
    </div>
  );
}

/** Move what is looked at so that a date is in it. */
function reveal(date: number, view: Signal<Window>, span: Window): void {
  const { from, until } = view.peek();
  if (date >= from && date <= until) return;
  const half = (until - from) / 2;
  view.value = inside({ from: date - half, until: date + half }, span);
}

interface RowProps extends ChartProps {
  row: Row;
  places: Places;
  span: Window;
  ticks: readonly number[];
  shown: ActsShown;
  /** Where a drag over the rows began and has come to, in CSS pixels; the year pointed at. */
  drag: Signal<[number, number] | null>;
  pointed: Signal<number | null>;
  last: boolean;
}

/** One row: point at a year or an act, drag over a stretch to look at it alone. */
function RowOfChart({ row, last, ...shared }: RowProps) {
  const { store, view, shows, places, span, shown, drag, pointed, ticks } = shared;
  const height = heightOf(row, places.width);
  const pointedAt = (event: PointerEvent): number | null => {
    if (row.series === null) return null;
    const ground = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const high = event.clientY - ground.top - (height - STRIP);
    return high < -8 ? null : actAt(shown, row.series, places, xIn(event));
  };
  const move = (event: PointerEvent) => {
    const x = xIn(event);
    if (event.buttons === 0) drag.value = null; // it was let go somewhere else
    if (drag.value !== null) {
      const ground = event.currentTarget as HTMLElement;
      if (Math.abs(x - drag.value[0]) > MEANT) ground.setPointerCapture(event.pointerId);
      drag.value = [drag.value[0], x];
    } else if (event.pointerType !== "touch") {
      shown.told.value = pointedAt(event);
      pointed.value = yearAt(places, x);
    }
  };
  const drop = (event: PointerEvent) => {
    const [from, until] = drag.value ?? [0, 0];
    drag.value = null;
    if (Math.abs(until - from) > MEANT) {
      const [a, b] = [yearAt(places, from), yearAt(places, until)];
      view.value = inside({ from: Math.min(a, b), until: Math.max(a, b) }, span);
    } else {
      shown.told.value = pointedAt(event);
    }
  };
  const leave = (event: PointerEvent) => {
    if (event.pointerType === "touch") return; // what was tapped stays told
    pointed.value = null;
    const held = document.activeElement?.classList.contains("timeline-act") === true;
    if (!held) shown.told.value = null;
  };
  return (
    <section class="timeline-row">
      <RowHead store={store} row={row} places={places} pointed={pointed} shows={shows} />
      <div
        class="timeline-ground-of-row"
        onPointerDown={(event) => {
          if (event.button === 0 && event.isPrimary) drag.value = [xIn(event), xIn(event)];
        }}
        onPointerMove={move}
        onPointerUp={drop}
        onPointerCancel={() => (drag.value = null)}
        onPointerLeave={leave}
        onDblClick={(event) => {
          const factor = event.shiftKey ? 2 : 0.5;
          view.value = nearer(view.value, factor, yearAt(places, xIn(event)), span);
        }}
      >
        <Plot
          store={store}
          row={row}
          places={places}
          ticks={ticks}
          height={height}
          shown={shown}
          shows={shows}
          last={last}
        />
      </div>
    </section>
  );
}

/** Return how far from the left of the chart a pointer is; rows are as wide as the chart. */
function xIn(event: MouseEvent): number {
  return event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left;
}

/** Return how high a row is, its acts with it: higher where the chart is wide. */
function heightOf(row: Row, width: number): number {
  const strip = row.series === null ? 0 : STRIP;
  const size = width < NARROW ? 0 : width < WIDE ? 1 : 2;
  const heights = row.stepped ? [84, 104, 130] : row.series === null ? [58, 60, 80] : [58, 78, 104];
  return strip + (heights[size] ?? 0);
}

/** The stretch that a drag over the rows has marked so far. */
function Chosen({ drag, places }: { drag: Signal<[number, number] | null>; places: Places }) {
  if (drag.value === null) return null;
  const [low, high] = [Math.min(...drag.value), Math.max(...drag.value)];
  if (high - low <= MEANT) return null;
  const left = Math.max(low, places.left);
  const right = Math.min(high, places.width - places.right);
  return (
    <div
      class="timeline-chosen"
      aria-hidden="true"
      style={{ left: `${left}px`, width: `${Math.max(right - left, 0)}px` }}
    />
  );
}

function Periods({ store, places }: { store: Store; places: Places }) {
  return (
    <ol class="timeline-periods" aria-label={t("timeline.periods")}>
      {store.payload.periods.map(({ name, title, from, until }) => {
        const left = xOf(places, Math.max(from, places.from));
        const right = xOf(places, Math.min(until, places.until));
        if (right - left < 2) return null;
        const called = named(`period.${name}`, title);
        return (
          <li key={name} title={called} style={{ left: `${left}px`, width: `${right - left}px` }}>
            <span>{called}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** With ctrl (or two fingers on a pad) the wheel goes nearer to what lies below the pointer. */
function useWheel(
  place: { current: HTMLElement | null },
  view: Signal<Window>,
  span: Window,
  places: Places,
): void {
  const now = useRef(places);
  now.current = places;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200)));
      view.value = nearer(view.value, factor, yearAt(now.current, xIn(event)), span);
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [place, view, span]);
}

function zoomByKey(event: KeyboardEvent, view: Signal<Window>, span: Window): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { from, until } = view.value;
  const middle = (from + until) / 2;
  if (event.key === "+" || event.key === "=") view.value = nearer(view.value, 0.5, middle, span);
  else if (event.key === "-") view.value = nearer(view.value, 2, middle, span);
  else if (event.key === "0") view.value = span;
  else return;
  event.preventDefault();
}
