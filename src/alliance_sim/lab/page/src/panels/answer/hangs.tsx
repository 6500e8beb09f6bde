// What the answer hangs on: how the two worlds are tied, and which theory is asked.
import { COUPLINGS, type Answer } from "../../answer/answer";
import type { Estimate } from "../../answer/estimates";
import { futuresSentence, readingInWords } from "../../answer/sentences";
import type { Payload } from "../../contract";
import { counted, of100, share } from "../../parts/numbers";
import { commas, t } from "../../text";
import { Numbers } from "./numbers";

function interval({ value, low, high }: Estimate): string {
  if (low === null || high === null) return counted(value);
  return `${counted(value)} (${t("answer.effect.span", { low: counted(low), high: counted(high) })})`;
}

export function Hangs({ answer, payload }: { answer: Answer; payload: Payload }) {
  const { couplings, theories, missing, question, before } = answer;
  if (question.noise === "fresh") return null;
  const absent = COUPLINGS.filter((name) => !couplings.some((one) => one.name === name));
  return (
    <section>
      <h3>{t("answer.heading.hangs")}</h3>
      <Numbers
        caption={t("answer.coupling.caption")}
        heads={["title", "effect", "necessity"].map((head) => t(`answer.coupling.${head}`))}
        rows={couplings.map(({ name, effect, necessity }) => [
          t(`answer.coupling.${name}`),
          interval(effect),
          share(necessity),
        ])}
      />
      <p class="answer-soft">
        {t("answer.coupling.help")} {futuresSentence(answer, payload)}
        {answer.label !== null &&
          absent.length > 0 &&
          ` ${t("answer.coupling.absent", { names: commas(absent) })}`}
      </p>
      <Numbers
        caption={t("answer.theory.caption")}
        heads={["title", "weight", "fact", "edited", "effect"].map((h) => t(`answer.theory.${h}`))}
        rows={theories.map(({ name, weight, fact, edited, effect }) => [
          name,
          share(weight),
          String(of100(fact.value)),
          String(of100(edited.value)),
          interval(effect),
        ])}
      />
      {missing.length > 0 && (
        <p class="answer-soft">{t("answer.theory.absent", { names: commas(missing) })}</p>
      )}
      {before !== null && (
        <>
          <Numbers
            caption={t("answer.reading.caption")}
            heads={["title", "effect"].map((head) => t(`answer.reading.${head}`))}
            rows={Object.entries(before.readings).map(([name, [value, low, high]]) => [
              readingInWords(name),
              interval({ value, low, high }),
            ])}
          />
          <p class="answer-soft">{t("answer.reading.help")}</p>
        </>
      )}
    </section>
  );
}
