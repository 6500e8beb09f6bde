// A handle at each juncture: drag it in time, or by arrow keys; switch it off beside it.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Juncture } from "../../contract";
import { quartersOn } from "../../state/calendar";
import { xOf, yearAt, type Places } from "../../parts/window";
import { moved, movedBy, reach } from "../../state/edits";
import { ask, settle } from "../../state/asking";
import { letterSize, textWidths } from "../../parts/size";
import type { Store } from "../../state/store";
import { QUARTERS } from "../../state/time";
import { commas, named, t } from "../../text";
import { chosen, inWords, Sign, useJuncture } from "./juncture_signs";
import { HANDLE, LANE, standings, type Standing } from "./lanes";
import { switched } from "./switching";

const LABEL = 0.8; // size of a label's letters, in sizes of the page's
const AIR = 10; // around a label, in CSS pixels
const CLAIMED = 11; // how wide a label may be where others want the room, in sizes of the page's letters

const BEYOND = 10; // room for the sign that a turning point lies after the years that are shown
const NOWHERE: Standing = { lane: 0, room: 0, side: "right" };

/** On which side of the years that are shown a date lies; null if it is among them. */
type Beyond = "before" | "after" | null;

function beyond({ from, until }: Places, date: number): Beyond {
  return date < from ? "before" : date > until ? "after" : null;
}

/** Return where the handle of a date stands: at the edge of the years that are shown if it lies beyond. */
function standsAt(places: Places, date: number): number {
  const { width, left, right } = places;
  const x = Math.min(Math.max(xOf(places, date), left), width - right);
  return beyond(places, date) === "after" ? x - BEYOND : x;
}

/**
 * The handles in their lanes: of all turning points in the years that are shown, and at the edge of
 * those that were moved out of them, and of the one that is chosen. While one is held, by pointer or by key, lanes stay as they are and
 * nothing but that handle is drawn again.
 */
export function Handles({ store, places }: { store: Store; places: Places }) {
  const junctures = store.payload.junctures;
  const held = useSignal(false);
  const { edits } = held.value ? store.question.peek() : store.question.value;
  const dates = junctures.map((one) => quartersOn(one.date, movedBy(edits, one)));
  const xs = dates.map((date) => standsAt(places, date));
  const inView = junctures.map((one, place) => {
    if (beyond(places, dates[place] ?? one.date) === null) return true;
    return one.name === chosen.value || movedBy(edits, one) !== 0;
  });
  const kept = useRef<Standing[]>([]);
  if (!held.value || kept.current.length !== xs.length) {
    kept.current = stand(junctures, xs, inView, places);
  }
  const lanes = 1 + Math.max(0, ...kept.current.map(({ lane }) => lane));
  return (
    <div class="timeline-junctures">
      <Head junctures={junctures} />
      <p id="timeline-handle-help" class="unseen">
        {t("timeline.handle_help")}
      </p>
      <div class="timeline-handles" style={{ height: `${lanes * LANE}px` }}>
        {junctures.map((juncture, place) =>
          inView[place] ? (
            <Handle
              key={juncture.name}
              store={store}
              juncture={juncture}
              places={places}
              standing={kept.current[place] ?? NOWHERE}
              held={held}
            />
          ) : null,
        )}
      </div>
    </div>
  );
}

const KINDS = ["event", "mission", "law", "leader"];

/** The heading of the handles, with what their shapes are. */
function Head({ junctures }: { junctures: readonly Juncture[] }) {
  return (
    <div class="timeline-junctures-head">
      <h3>{t("timeline.junctures")}</h3>
      <ul class="timeline-kinds">
        {KINDS.filter((kind) => junctures.some((one) => one.kind === kind)).map((kind) => (
          <li key={kind}>
            <Sign kind={kind} on />
            {t(`timeline.kind.${kind}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function stand(
  junctures: readonly Juncture[],
  xs: readonly number[],
  inView: readonly boolean[],
  places: Places,
): Standing[] {
  const seen = xs.map((_, place) => place).filter((place) => inView[place]);
  const size = letterSize();
  const widths = textWidths(junctures.map(nameOf), LABEL * size);
  const found = standings(
    seen.map((place) => xs[place] ?? 0),
    seen.map((place) => (widths[place] ?? 0) + AIR),
    places.width,
    CLAIMED * size,
  );
  const all: Standing[] = xs.map(() => NOWHERE);
  seen.forEach((place, order) => (all[place] = found[order] ?? NOWHERE));
  return all;
}

const nameOf = ({ name, title }: Juncture): string => named(`juncture.${name}`, title);

interface HandleProps {
  store: Store;
  juncture: Juncture;
  places: Places;
  standing: Standing;
  held: Signal<boolean>;
}

/** A juncture that is moved by pointer or by a held key, and put down when that is let go. */
interface Moving {
  /** The edits as it was taken up; null while nobody holds it. */
  before: () => string[] | null;
  take: () => void;
  to: (quarters: number) => void;
  back: () => void;
  done: () => void;
}

function useMoving(store: Store, juncture: Juncture, held: Signal<boolean>): Moving {
  const before = useRef<string[] | null>(null);
  const [least, most] = reach(juncture);
  const take = () => {
    before.current ??= store.question.peek().edits;
    held.value = true;
  };
  const to = (wanted: number) => {
    take();
    const many = Math.min(Math.max(Math.round(wanted), least), most);
    const { edits } = store.question.peek();
    if (many !== Math.round(movedBy(edits, juncture))) {
      // From where it was taken up, so that on the way through its own day nothing of its end is lost.
      const from = before.current ?? edits;
      store.change({ edits: moved(from, juncture, many, store.payload) }, true);
    }
  };
  const done = () => {
    if (before.current === null) return;
    settle(store, before.current);
    before.current = null;
    held.value = false;
  };
  const back = () => {
    if (before.current !== null) store.change({ edits: before.current }, true);
    done();
  };
  useEffect(() => done, []); // a handle that leaves the picture, or its part of the page, is let go
  return { before: () => before.current, take, to, back, done };
}

/** Return where a key leads to from a number of quarters; null if it leads nowhere. */
function byKey(
  { key, shiftKey }: KeyboardEvent,
  from: number,
  [least, most]: [number, number],
): number | null {
  const by = shiftKey ? QUARTERS : 1;
  if (key === "ArrowRight" || key === "ArrowUp") return from + by;
  if (key === "ArrowLeft" || key === "ArrowDown") return from - by;
  if (key === "PageUp") return from + QUARTERS;
  if (key === "PageDown") return from - QUARTERS;
  if (key === "Home") return least;
  return key === "End" ? most : null;
}

function Handle({ store, juncture, places, standing, held }: HandleProps) {
  const now = useJuncture(store, juncture);
  const { on, quarters } = now.value;
  const date = quartersOn(juncture.date, quarters);
  const outside = beyond(places, date);
  const x = standsAt(places, date);
  const [least, most] = reach(juncture);
  const name = nameOf(juncture);
  const moving = useMoving(store, juncture, held);
  const grabbed = useRef(0);
  const press = (event: KeyboardEvent) => {
    const { key } = event;
    const to = on ? byKey(event, Math.round(quarters), [least, most]) : null;
    if (key === "Escape" && moving.before() !== null) moving.back();
    else if (key === " " || key === "Enter" || key === "Delete") {
      ask(store, { edits: switched(store, juncture.name, !on) });
    } else if (to !== null) moving.to(to);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const look = [
    on ? "" : "off",
    quarters === 0 ? "" : "moved",
    chosen.value === juncture.name ? "chosen" : "",
    standing.side === "left" ? "label-left" : "",
    outside ?? "",
  ].filter((one) => one !== "");
  const top = standing.lane * LANE;
  const when = inWords(juncture, quarters, on);
  const told = outside === null ? when : t(`timeline.when.${outside}`, { when });
  return (
    <>
      {quarters !== 0 && on && <Way from={standsAt(places, juncture.date)} to={x} top={top} />}
      <div
        class={["timeline-handle", ...look].join(" ")}
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-valuemin={least}
        aria-valuemax={most}
        aria-valuenow={Math.round(quarters)}
        aria-valuetext={told}
        aria-disabled={!on}
        aria-describedby="timeline-handle-help"
        title={commas([name, told])}
        style={{ top: `${top}px`, ...edge(standing, x, places.width) }}
        onFocus={() => (chosen.value = juncture.name)}
        onBlur={moving.done}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.focus({ preventScroll: true });
          event.preventDefault();
          if (!on) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          grabbed.current = event.clientX - x;
          moving.take();
        }}
        onPointerMove={(event) => {
          if (moving.before() === null) return;
          const year = yearAt(places, event.clientX - grabbed.current);
          moving.to((year - juncture.date) * QUARTERS);
        }}
        onPointerUp={moving.done}
        onPointerCancel={moving.done}
        onKeyUp={moving.done}
        onKeyDown={press}
      >
        <Sign kind={juncture.kind} on={on} />
        {standing.room > 0 && (
          <span
            class="timeline-label"
            style={{ maxWidth: `${standing.room}px` }}
            aria-hidden="true"
          >
            {name}
          </span>
        )}
      </div>
    </>
  );
}

/** Return by which edge a handle is placed: its label grows away from it. */
function edge({ side }: Standing, x: number, width: number): Record<string, string> {
  if (side === "left") return { right: `${width - x - HANDLE / 2}px` };
  return { left: `${x - HANDLE / 2}px` };
}

/** A dotted line from where a juncture was to where it is. */
function Way({ from, to, top }: { from: number; to: number; top: number }) {
  const [left, width] = [Math.min(from, to), Math.abs(to - from)];
  return (
    <span
      class="timeline-way"
      aria-hidden="true"
      style={{ left: `${left}px`, width: `${width}px`, top: `${top + LANE / 2}px` }}
    />
  );
}
