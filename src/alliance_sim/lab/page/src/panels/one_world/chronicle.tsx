// The acts of a history up to the quarter that is looked at, the newest first.
import type { OneRun, Payload } from "../../contract";
import { isFormal, seriesTitle, titleOf } from "../../parts/acts";
import { codedDay } from "../../parts/dates";
import { language, t } from "../../text";

interface ChronicleProps {
  run: OneRun;
  step: number;
  payload: Payload;
}

export function Chronicle({ run, step, payload }: ChronicleProps) {
  const acts = run.events.filter((event) => event.step <= step).reverse();
  return (
    <section class="one-world-chronicle" aria-labelledby="one-world-chronicle">
      <h3 id="one-world-chronicle">{t("one_world.chronicle")}</h3>
      <p class="one-world-count">{t("one_world.acts", { n: acts.length })}</p>
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
              <time dateTime={event.day}>{codedDay(event.day, language.value)}</time>
              {event.step === step && <em>{t("one_world.now")}</em>}
            </span>
            <span class="one-world-what">{titleOf(event, payload)}</span>
            <span class="one-world-series">{seriesTitle(event.series)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
