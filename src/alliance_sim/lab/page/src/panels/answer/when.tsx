// When the two worlds part, and which formal steps come later or earlier.
import type { Answer, Step } from "../../answer/answer";
import { monthOf } from "../../answer/words";
import type { Payload } from "../../contract";
import { rungTitle } from "../../parts/acts";
import { MISSING, percent } from "../../parts/numbers";
import { inQuarters } from "../../state/time";
import { t } from "../../text";
import { Numbers } from "./numbers";

export function When({ answer, payload }: { answer: Answer; payload: Payload }) {
  const { touched, parted, steps } = answer;
  const moved = steps.filter(({ factual, edited }) => factual !== edited);
  return (
    <section>
      <h3>{t("answer.heading.when")}</h3>
      <p>
        {touched === null
          ? t("answer.when.untouched")
          : t("answer.when.touched", { month: monthOf(touched, payload) })}{" "}
        {parted === null
          ? t("answer.when.not_parted")
          : t("answer.when.parted", { month: monthOf(parted, payload) })}
      </p>
      {moved.length === 0 ? (
        <p>{t("answer.when.none")}</p>
      ) : (
        <Steps steps={moved} payload={payload} />
      )}
      {moved.length < steps.length && (
        <details>
          <summary>{t("answer.when.all")}</summary>
          <Steps steps={steps} payload={payload} />
        </details>
      )}
    </section>
  );
}

function Steps({ steps, payload }: { steps: Step[]; payload: Payload }) {
  const month = (step: number | null) =>
    step === null ? t("answer.when.never") : monthOf(step, payload);
  return (
    <Numbers
      caption={t("answer.when.caption")}
      unseen
      heads={["step", "fact", "edited", "delay", "share"].map((head) => t(`answer.when.${head}`))}
      rows={steps.map(({ rung, factual, edited, reached }) => [
        `${rung}. ${rungTitle(rung, payload)}`,
        month(factual),
        month(edited),
        delay(factual, edited, payload),
        `${percent(reached.factual)} → ${percent(reached.edited)}`,
      ])}
    />
  );
}

/** Return by how many quarters the median comes later; a dash where one of them never comes. */
function delay(factual: number | null, edited: number | null, payload: Payload): string {
  if (factual === null || edited === null) return MISSING;
  const later = inQuarters(edited - factual, payload);
  return later === 0 ? "0" : later > 0 ? `+${later}` : `−${-later}`;
}
