// Coded acts below a row, one mark each: the taller, the weightier. One of all acts takes the focus;
// arrow keys go on from it.
import { useEffect, useRef } from "preact/hooks";
import type { Act, Series } from "../../contract";
import { codedDay } from "../../parts/dates";
import { xOf, yearAt, type Places } from "../../parts/window";
import { language, recorded, t } from "../../text";
import { nearestAct, nextAct, type ActsShown } from "./acts_shown";

/** How high the strip of acts is, in CSS pixels. */
export const STRIP = 26;
const HEIGHTS = { 1: 8, 2: 14, 3: 20 } as const;
const REACH = 14; // pixels from a pointer within which an act is meant

interface ActsProps {
  places: Places;
  shown: ActsShown;
  series: Series;
  top: number;
}

export function Acts({ places, shown, series, top }: ActsProps) {
  const { acts, stop, told } = shown;
  const mine = acts
    .map((act, place) => ({ act, place }))
    .filter(({ act }) => act.series === series)
    .filter(({ act, place }) => place === stop.value || inView(act, places));
  return (
    <g class={`timeline-acts timeline-${series}`}>
      <line
        class="timeline-ground"
        x1={places.left}
        x2={places.width - places.right}
        y1={top + STRIP - 1}
        y2={top + STRIP - 1}
      />
      {mine.map(({ act, place }) => (
        <Mark
          key={place}
          act={act}
          x={xOf(places, act.date)}
          top={top}
          first={place === stop.value}
          told={place === told.value}
          onFocus={() => {
            shown.reveal(act.date);
            stop.value = place;
            told.value = place;
          }}
          onBlur={() => (told.value = null)}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === "Escape") told.value = null;
            const next = nextAct(acts, place, event.key);
            if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            event.stopPropagation();
            shown.reveal(acts[next]?.date ?? act.date);
            stop.value = next;
            told.value = next;
          }}
        />
      ))}
    </g>
  );
}

interface MarkProps {
  act: Act;
  x: number;
  top: number;
  first: boolean;
  told: boolean;
  onFocus: () => void;
  onBlur: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function Mark({ act, x, top, first, told, onFocus, onBlur, onKeyDown }: MarkProps) {
  const place = useRef<SVGGElement>(null);
  // The mark that the keys have come to takes the focus over from the one they left.
  useEffect(() => {
    const chart = place.current?.closest(".timeline-chart");
    const from = document.activeElement;
    if (first && told && from !== place.current && from?.classList.contains("timeline-act")) {
      if (chart?.contains(from)) place.current?.focus();
    }
  }, [first, told]);
  const height = HEIGHTS[act.salience];
  return (
    <g
      ref={place}
      class={told ? "timeline-act told" : "timeline-act"}
      role="img"
      tabindex={first ? 0 : -1}
      aria-label={actInWords(act)}
      onFocus={onFocus}
      onBlur={onBlur}
      onKeyDown={onKeyDown}
    >
      <rect x={x - 1} y={top + STRIP - 1 - height} width={2} height={height} />
      {told && <circle cx={x} cy={top + STRIP - 1 - height} r={4} />}
    </g>
  );
}

function inView(act: Act, { from, until }: Places): boolean {
  return act.date >= from && act.date <= until;
}

function actInWords(act: Act): string {
  return t("timeline.act", {
    day: codedDay(act.day, language.value),
    title: recorded(act.title),
    source: act.source,
  });
}

/** Return the place of the act of a series that a pointer means; null if none is near. */
export function actAt(shown: ActsShown, series: Series, places: Places, x: number): number | null {
  const found = nearestAct(
    shown.acts,
    (act) => act.series === series && inView(act, places),
    yearAt(places, x),
  );
  const act = found === null ? undefined : shown.acts[found];
  return act !== undefined && Math.abs(xOf(places, act.date) - x) <= REACH ? found : null;
}

/** What is told of an act, above the place where it is marked. */
export function ActTip({ shown, series, places }: Omit<ActsProps, "top">) {
  const act = shown.told.value === null ? undefined : shown.acts[shown.told.value];
  if (act === undefined || act.series !== series || !inView(act, places)) return null;
  const wide = Math.min(320, places.width - 8);
  const left = Math.min(Math.max(xOf(places, act.date) - wide / 2, 4), places.width - wide - 4);
  return (
    <div
      class="timeline-tip"
      role="tooltip"
      style={{ left: `${left}px`, width: `${wide}px` }}
      onPointerMove={stay}
      onPointerDown={stay}
    >
      <p>
        <strong>{codedDay(act.day, language.value)}</strong>{" "}
        {t(`timeline.salience.${act.salience}`)}
      </p>
      <p>{recorded(act.title)}</p>
      <p class="timeline-source">{t("timeline.source", { source: act.source })}</p>
    </div>
  );
}

/** Whoever points at what is told keeps it, and can mark its words. */
function stay(event: Event): void {
  event.stopPropagation();
}
