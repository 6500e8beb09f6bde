// What is known of the juncture that is chosen, with all that can be done to it.
import { useId } from "preact/hooks";
import { Press } from "../../parts/press";
import { ask } from "../../state/asking";
import { moved, reach } from "../../state/edits";
import type { Juncture } from "../../contract";
import type { Store } from "../../state/store";
import { named, recorded, t } from "../../text";
import { chosen, inWords, Sign, useJuncture } from "./juncture_signs";
import { switched } from "./switching";

export function JunctureCard({ store }: { store: Store }) {
  const juncture = store.payload.junctures.find(({ name }) => name === chosen.value);
  if (juncture === undefined) return <p class="timeline-hint">{t("timeline.handle_help")}</p>;
  return (
    <div class="timeline-card">
      <JunctureLine store={store} juncture={juncture} />
      <p>
        {t("timeline.without", {
          what: named(`juncture_description.${juncture.name}`, juncture.description),
        })}
      </p>
      <p class="timeline-source">{t("timeline.source", { source: recorded(juncture.source) })}</p>
    </div>
  );
}

/** One juncture with its switch and the buttons that move it by a year and by a quarter. */
export function JunctureLine({ store, juncture }: { store: Store; juncture: Juncture }) {
  const id = useId();
  const now = useJuncture(store, juncture);
  const { on, quarters: exact } = now.value;
  const quarters = Math.round(exact);
  const name = named(`juncture.${juncture.name}`, juncture.title);
  const [least, most] = reach(juncture);
  const step = (by: number) => {
    const to = Math.min(Math.max(quarters + by, least), most);
    ask(store, { edits: moved(store.question.peek().edits, juncture, to, store.payload) });
  };
  return (
    <div class={on ? "timeline-line" : "timeline-line off"}>
      <label class="timeline-happened">
        <input
          type="checkbox"
          checked={on}
          aria-describedby={id}
          onChange={(event) => {
            const problems = ask(store, {
              edits: switched(store, juncture.name, event.currentTarget.checked),
            });
            if (problems.length > 0) event.currentTarget.checked = on;
          }}
        />
        <Sign kind={juncture.kind} on={on} />
        <span>{name}</span>
      </label>
      <span class="timeline-when" id={id}>
        {inWords(juncture, exact, on)}
      </span>
      <span class="timeline-steps-of-time" role="group" aria-label={t("timeline.move", { name })}>
        {([-4, -1, 1, 4] as const).map((by) => (
          <Press
            key={by}
            can={on && (by < 0 ? quarters > least : quarters < most)}
            aria-label={t(`timeline.by.${by < 0 ? "earlier" : "later"}.${Math.abs(by)}`, { name })}
            onPress={() => step(by)}
          >
            {t(`timeline.by.${by < 0 ? "earlier" : "later"}.short_${Math.abs(by)}`)}
          </Press>
        ))}
      </span>
    </div>
  );
}
