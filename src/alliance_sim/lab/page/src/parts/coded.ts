// Acts of a history that comes to the record, told as they were coded: the rule of the package's
// `engine.chronology.coded_places`, so that the page and the table `acts` of a what-if agree.
import type { CodedPlace, RunEvent } from "../contract";
import type { Store } from "../state/store";
import { t } from "../text";
import { SERIES, titleOf } from "./acts";
import type { World } from "./histories";

type Coded = ReadonlyMap<string, CodedPlace>;

/**
 * Return which acts of a history stand for which coded ones. A quarter has as many acts of a series
 * as were coded, or more; those whose drawn day comes first stand for the coded ones.
 */
export function codedPlaces(factual: readonly RunEvent[], places: readonly CodedPlace[]): Coded {
  const found = new Map<string, CodedPlace>();
  const counted = new Map<string, CodedPlace[]>();
  for (const place of places) {
    const { step, what, which } = place;
    if (what !== "counted") {
      found.set(key(step, what, which, 0), place);
      continue;
    }
    const series = `${step} ${SERIES[which]}`;
    counted.set(series, [...(counted.get(series) ?? []), place]);
  }
  for (const [series, coded] of counted) {
    factual
      .filter((event) => event.what === "counted" && `${event.step} ${event.series}` === series)
      .sort((one, other) => byDay(one, other) || one.order - other.order)
      .slice(0, coded.length)
      .sort((one, other) => one.order - other.order)
      .forEach((event, n) => {
        const place = coded[n];
        if (place !== undefined) found.set(keyOf(event), place);
      });
  }
  return found;
}

/** Return the acts of a history with the coded ones as they were coded, by date. */
export function asCoded(events: readonly RunEvent[], coded: Coded): RunEvent[] {
  return events
    .map((event): RunEvent => {
      const place = coded.get(keyOf(event)) ?? null;
      if (place === null) return event;
      const title = event.what === "climbed" ? event.title : place.title;
      return { ...event, day: place.date, title, months: 0, coded: place };
    })
    .sort(byDay);
}

/** Return the coded acts that the histories of a question come to; null where they come to none. */
export function placesOf({ question, payload }: Store): readonly CodedPlace[] | null {
  return (question.value.noise === "posterior" && payload.record?.places) || null;
}

/** Return the day of an act: as it was coded, where it stands for a coded one. */
export function dayShown(event: RunEvent): string {
  return event.coded?.day ?? event.day;
}

/** Return what an act is called, and of one of a history as it was whether it is on record. */
export function titleShown(event: RunEvent, world: World, store: Store): string {
  const act = titleOf(event, store.payload);
  const simulated = world === "factual" && event.coded === null && placesOf(store) !== null;
  return simulated ? t("acts.simulated", { act }) : act;
}

function byDay(one: RunEvent, other: RunEvent): number {
  return one.day < other.day ? -1 : one.day > other.day ? 1 : 0;
}

function keyOf({ step, what, which, series, order }: RunEvent): string {
  return key(step, what, what === "counted" ? SERIES.indexOf(series) : which, order);
}

function key(step: number, what: RunEvent["what"], which: number, order: number): string {
  return `${step} ${what} ${which} ${order}`;
}
