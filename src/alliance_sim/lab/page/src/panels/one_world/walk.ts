// Where the reader stands in a history: which quarter, and whether time goes on by itself.
import { signal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Model, OneRun, RunEvent } from "../../contract";
import { isFormal } from "../../parts/acts";
import type { World } from "../../parts/histories";
import type { Store } from "../../state/store";

const PACE = 350; // milliseconds a quarter
const CALM_PACE = 2500; // milliseconds from act to act where motion is to be little

export interface Walk {
  world: Signal<World>;
  /** null until somebody chooses one. */
  step: Signal<number | null>;
  playing: Signal<boolean>;
}

const walks = new WeakMap<Store, Walk>();

/** Return where the reader of a page stands; kept while other parts of it are shown. */
export function walkOf(store: Store): Walk {
  const known = walks.get(store) ?? {
    world: signal<World>("factual"),
    step: signal<number | null>(null),
    playing: signal(false),
  };
  walks.set(store, known);
  return known;
}

/** Return the quarter to begin with: that of the first formal act, if there is one. */
export function firstStep(run: OneRun): number {
  return run.events.find(isFormal)?.step ?? run.events[0]?.step ?? 0;
}

/** Return the next quarter after one, or the last before it, that holds such an act; null if none. */
export function nextStep(
  run: OneRun,
  step: number,
  way: 1 | -1,
  which: (event: RunEvent) => boolean = () => true,
): number | null {
  const steps = run.events.filter(which).map((event) => event.step);
  const beyond = steps.filter((one) => (one - step) * way > 0);
  return beyond.length === 0 ? null : way > 0 ? Math.min(...beyond) : Math.max(...beyond);
}

/** Let time go on while it is played: quarter by quarter, or from act to act for calm eyes. */
export function usePlaying(walk: Walk, run: OneRun | null, last: number): void {
  const playing = walk.playing.value;
  useEffect(() => {
    if (!playing || run === null) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = setInterval(
      () => {
        const step = walk.step.value ?? firstStep(run);
        const next = calm ? nextStep(run, step, 1) : step + 1;
        if (next === null || next > last) walk.playing.value = false;
        else walk.step.value = next;
      },
      calm ? CALM_PACE : PACE,
    );
    return () => clearInterval(timer);
  }, [playing, run, last, walk]);
}

/** Return a quarter in words, such as "Jul – Sep 2001". */
export function quarterText(model: Model, step: number, language: string): string {
  const months = (year: number) => Math.round(year * 12);
  const [begin, next] = [months(model.year(step)), months(model.year(step) + stepLength(model))];
  const moment = (month: number) => Date.UTC(Math.floor(month / 12), month % 12, 1);
  const form = { year: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, form).formatRange(moment(begin), moment(next - 1));
}

function stepLength(model: Model): number {
  return model.steps > 1 ? model.year(1) - model.year(0) : 1;
}
