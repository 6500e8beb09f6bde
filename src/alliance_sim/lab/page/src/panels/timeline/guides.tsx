// Lines through the rows at the turning points that are changed or chosen: where they are, where they
// were.
import type { Juncture } from "../../contract";
import { xOf, type Places } from "../../parts/window";
import { quartersOn } from "../../state/calendar";
import { happens, movedBy } from "../../state/edits";
import type { Store } from "../../state/store";
import { chosen } from "./juncture_signs";

interface GuidesProps {
  store: Store;
  places: Places;
  height: number;
}

export function Guides({ store, places, height }: GuidesProps) {
  const { edits } = store.question.value;
  return (
    <g class="timeline-guides" aria-hidden="true">
      {store.payload.junctures.map((juncture) => {
        const on = happens(edits, juncture.name);
        const quarters = on ? movedBy(edits, juncture) : 0;
        if (on && quarters === 0 && chosen.value !== juncture.name) return null;
        return (
          <g key={juncture.name}>
            {(!on || quarters !== 0) && line(juncture, 0, "was")}
            {on && line(juncture, quarters, quarters === 0 ? "pointed" : "now")}
          </g>
        );
      })}
    </g>
  );

  function line(juncture: Juncture, quarters: number, name: string) {
    const x = xOf(places, quartersOn(juncture.date, quarters));
    if (x < places.left || x > places.width - places.right) return null;
    return <line class={name} x1={x} x2={x} y1={0} y2={height} />;
  }
}
