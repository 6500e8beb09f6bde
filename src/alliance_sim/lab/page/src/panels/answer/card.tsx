// The plausibility card: each check with its verdict in a word and a sign, and why.
import type { Answer } from "../../answer/answer";
import type { Verdict } from "../../answer/card";
import { t } from "../../text";

const SIGNS: Record<Verdict, string> = { pass: "✓", warn: "!", refuse: "✕", "not available": "–" };

export function Card({ answer }: { answer: Answer }) {
  return (
    <section>
      <h3>{t("answer.heading.card")}</h3>
      <p class="answer-soft">{t("answer.card.caption")}</p>
      <dl class="answer-card">
        {answer.card.map(({ check, verdict, words }) => (
          <div key={check} class={`answer-check ${verdict.replace(" ", "-")}`}>
            <dt>
              <span class="answer-verdict">
                <span aria-hidden="true">{SIGNS[verdict]}</span>{" "}
                {t(`answer.card.verdicts.${verdict}`)}
              </span>
              {t(`answer.card.name.${check}`)}
            </dt>
            <dd>
              <em>{t(`answer.card.asks.${check}`)}</em> {words}
            </dd>
          </div>
        ))}
      </dl>
      <p class="answer-soft">{t("answer.card.source")}</p>
    </section>
  );
}
