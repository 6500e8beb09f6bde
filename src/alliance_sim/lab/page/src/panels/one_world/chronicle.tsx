// The acts of a history up to the quarter that is looked at, the newest first.
import type { OneRun } from "../../contract";
import { isFormal, seriesTitle } from "../../parts/acts";
import { dayShown, placesOf, titleShown } from "../../parts/coded";
import { codedDay } from "../../parts/dates";
import type { Store } from "../../state/store";
import { language, t } from "../../text";

/** What is told of acts on record, where a history comes to them. */
const KNOWN = { factual: "known", edited: "kept" } as const;

interface ChronicleProps {
  run: OneRun;
  step: number;
  store: Store;
}

export function Chronicle({ run, step, store }: ChronicleProps) {
  const acts = run.events.filter((event) => event.step <= step).reverse();
  return (
    <section class="one-world-chronicle" aria-labelledby="one-world-chronicle">
      <h3 id="one-world-chronicle">{t("one_world.chronicle")}</h3>
      <p class="one-world-count">{t("one_world.acts", { n: acts.length })}</p>
      <p>{t(placesOf(store) === null ? "acts.made" : `acts.${KNOWN[run.world]}`)}</p>
      <ol tabIndex={0} aria-labelledby="one-world-chronicle" reversed>
        {acts.map((event, place) => (
          <li
            key={acts.length - place}
            class={[
              `one-world-act one-world-${event.series}`,
              event.step === step ? "one-world-now" : "",
              isFormal(event) ? "one-world-formal" : "",
            ].join(" ")}
          >
            <span class="one-world-when">
              <time dateTime={dayShown(event)}>{codedDay(dayShown(event), language.value)}</time>
              {event.step === step && <em>{t("one_world.now")}</em>}
            </span>
            <span class="one-world-what">{titleShown(event, run.world, store)}</span>
            <span class="one-world-series">{seriesTitle(event.series)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
