// How a juncture is shown: which one is chosen, its sign, and when it is.
import { signal, useComputed, type ReadonlySignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Juncture } from "../../contract";
import { monthText } from "../../parts/dates";
import { quartersOn } from "../../state/calendar";
import { happens, movedBy } from "../../state/edits";
import type { Store } from "../../state/store";
import { language, t } from "../../text";

/** The juncture that the card tells about. */
export const chosen = signal<string | null>(null);

export interface JunctureNow {
  on: boolean;
  quarters: number;
}

/** Return whether a juncture happens and how far it is moved; it changes with these two alone. */
export function useJuncture(store: Store, juncture: Juncture): ReadonlySignal<JunctureNow> {
  const last = useRef<JunctureNow>({ on: true, quarters: 0 });
  return useComputed(() => {
    const { edits } = store.question.value;
    const [on, quarters] = [happens(edits, juncture.name), movedBy(edits, juncture)];
    if (on !== last.current.on || quarters !== last.current.quarters)
      last.current = { on, quarters };
    return last.current;
  });
}

/** Return when a juncture is, in words: "September 2002, 4 quarters later than it was". */
export function inWords(juncture: Juncture, quarters: number, on: boolean): string {
  const date = monthText(quartersOn(juncture.date, quarters), language.value);
  if (!on) return t("timeline.when.off", { date });
  const n = Math.abs(Math.round(quarters * 10) / 10);
  if (n === 0) return date;
  return t(quarters > 0 ? "timeline.when.later" : "timeline.when.earlier", { date, n });
}

/** A shape for each kind of juncture, so that no colour is needed to tell them apart. */
export function Sign({ kind, on }: { kind: string; on: boolean }) {
  return (
    <svg class="timeline-sign" width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true">
      {kind === "law" && <rect x="-6.5" y="-6.5" width="13" height="13" rx="1.5" />}
      {kind === "mission" && <path d="M0,-8 L8,6 L-8,6 Z" />}
      {kind === "leader" && <circle r="7.5" />}
      {kind !== "law" && kind !== "mission" && kind !== "leader" && (
        <path d="M0,-8.5 L8.5,0 L0,8.5 L-8.5,0 Z" />
      )}
      {!on && <path class="cross" d="M-8,8 L8,-8" />}
    </svg>
  );
}
