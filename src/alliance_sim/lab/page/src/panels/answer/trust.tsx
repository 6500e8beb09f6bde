// How far the answer can be trusted: one word, and why not a better one; and where the rest is.
import { signal } from "@preact/signals";
import type { Answer } from "../../answer/answer";
import { reasonsInWords } from "../../answer/sentences";
import { commandOf } from "../../answer/words";
import type { Payload } from "../../contract";
import { t } from "../../text";

export function Trust({ answer }: { answer: Answer }) {
  const { label, question } = answer;
  if (label === null) {
    const key = question.noise === "fresh" ? "fresh" : "waiting";
    return (
      <section class="answer-trust">
        <h3>{t("answer.heading.label")}</h3>
        <p class="answer-soft">{t(`answer.label.${key}`)}</p>
      </section>
    );
  }
  const reasons = reasonsInWords(label);
  const groups = [
    { key: "found", told: reasons.filter(({ unchecked }) => !unchecked) },
    { key: "unchecked", told: reasons.filter(({ unchecked }) => unchecked) },
  ];
  return (
    <section class="answer-trust">
      <h3>{t("answer.heading.label")}</h3>
      <p class="answer-label">{t(`answer.label.${label.name}`)}</p>
      <p>
        {label.name === "fragile" && reasons.every(({ unchecked }) => unchecked)
          ? t("answer.label.only_unchecked")
          : t(`answer.label.means.${label.name}`)}
      </p>
      {answer.before !== null && (
        <p>{t("answer.label.beforehand", { count: Object.keys(answer.before.readings).length })}</p>
      )}
      {groups.map(
        ({ key, told }) =>
          told.length > 0 && (
            <div key={key}>
              <p class="answer-soft">{t(`answer.label.${key}`)}</p>
              <ul>
                {told.map(({ words }) => (
                  <li key={words}>{words}</li>
                ))}
              </ul>
            </div>
          ),
      )}
    </section>
  );
}

const copied = signal("");

export function Full({ answer, payload }: { answer: Answer; payload: Payload }) {
  const command = commandOf(answer.question, payload);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      copied.value = command;
    } catch {
      getSelection()?.selectAllChildren(document.querySelector(".answer-command") ?? document.body);
    }
  };
  return (
    <section class="answer-full">
      <h3>{t("answer.heading.full")}</h3>
      <p>{t(answer.question.noise === "fresh" ? "answer.full.fresh" : "answer.full.text")}</p>
      <p>
        <code class="answer-command">{command}</code>
      </p>
      <p class="answer-buttons">
        <button type="button" onClick={() => void copy()}>
          {t(copied.value === command ? "answer.full.copied" : "answer.full.copy")}
        </button>
        <button type="button" onClick={() => print()}>
          {t("answer.full.print")}
        </button>
      </p>
    </section>
  );
}
