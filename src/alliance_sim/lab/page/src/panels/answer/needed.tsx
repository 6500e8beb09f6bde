// Was it needed, was it enough: with bounds that hold whatever ties the two worlds together.
import type { Answer } from "../../answer/answer";
import { share } from "../../parts/numbers";
import { t } from "../../text";

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
      <div class="answer-scroll" tabIndex={0} role="region" aria-label={t("answer.needed.caption")}>
        <table class="answer-numbers">
          <caption class="unseen">{t("answer.needed.caption")}</caption>
          <thead>
            <tr>
              {["what", "share", "low", "high"].map((head) => (
                <th key={head} scope="col">
                  {t(`answer.needed.${head}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([what, value, bounds]) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>
                  <strong>{share(value)}</strong>
                </td>
                <td>{share(bounds?.[0] ?? null)}</td>
                <td>{share(bounds?.[1] ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="answer-soft">{t("answer.needed.help", { pairs: ensemble?.pairs ?? "…" })}</p>
    </section>
  );
}
