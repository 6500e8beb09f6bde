// Was it needed, was it enough: with bounds that hold whatever ties the two worlds together.
import type { Answer } from "../../answer/answer";
import { share } from "../../parts/numbers";
import { t } from "../../text";
import { Numbers } from "./numbers";

export function Needed({ answer }: { answer: Answer }) {
  const { ensemble, given, question } = answer;
  const rows: [string, number | null, readonly [number, number] | null][] = [];
  if (question.noise === "posterior") rows.push([t("answer.needed.given"), given, null]);
  if (ensemble !== null) {
    const { bounds } = ensemble;
    rows.push(
      [t("answer.needed.PN"), ensemble.necessity, bounds.PN],
      [t("answer.needed.PS"), ensemble.sufficiency, bounds.PS],
      [t("answer.needed.PNS"), ensemble.both, bounds.PNS],
    );
  }
  return (
    <section>
      <h3>{t("answer.heading.needed")}</h3>
      <Numbers
        caption={t("answer.needed.caption")}
        unseen
        heads={["what", "share", "low", "high"].map((head) => t(`answer.needed.${head}`))}
        rows={rows.map(([what, value, bounds]) => [
          what,
          <strong>{share(value)}</strong>,
          share(bounds?.[0] ?? null),
          share(bounds?.[1] ?? null),
        ])}
      />
      {question.noise === "posterior" && (
        <p class="answer-soft">{t("answer.needed.help", { pairs: ensemble?.pairs ?? "…" })}</p>
      )}
    </section>
  );
}
