// The frame of a claim, and the ticket at the door: one number once more, and the code.
import { useId, useState } from "preact/hooks";
import { t } from "../../text";
import { encode } from "./code";
import { Percent } from "./pieces";
import { lot, say } from "./state";
import type { StepProps } from "./steps";
import { beliefText, suggestionWords } from "./words";

const BLANKS = ["change", "outcome", "size", "range", "because", "wrong"] as const;
const CHECKS = ["model", "change", "size", "range", "wrong"] as const;

export function Claim({ store, lesson, said }: StepProps) {
  const words = suggestionWords(lesson, said.suggestion, store.payload);
  const put = (blank: string, text: string) =>
    say(lesson, { claim: { ...said.claim, [blank]: text } });
  const whole = t("lesson.claim.sentence", {
    ...Object.fromEntries(BLANKS.map((blank) => [blank, said.claim[blank]?.trim() || "…"])),
  });
  return (
    <>
      <p class="lesson-soft">{t("lesson.claim.yours", { change: words.title })}</p>
      <div class="lesson-frame">
        {BLANKS.map((blank) => (
          <Blank
            key={blank}
            label={t(`lesson.claim.${blank}`)}
            value={said.claim[blank] ?? ""}
            onValue={(text) => put(blank, text)}
          />
        ))}
      </div>
      <blockquote aria-live="polite">{whole}</blockquote>
      <h4>{t("lesson.claim.check")}</h4>
      <ul>
        {CHECKS.map((check) => (
          <li key={check}>{t(`lesson.claim.check_${check}`)}</li>
        ))}
      </ul>
    </>
  );
}

interface Filled {
  label: string;
  value: string;
  onValue: (text: string) => void;
}

function Blank({ label, value, onValue }: Filled) {
  const id = useId();
  return (
    <div class="lesson-blank">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        maxLength={200}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  );
}

export function Exit({ store, lesson, said }: StepProps) {
  const [copied, setCopied] = useState(false);
  const [first, second] = said.belief;
  const code = encode(lesson.name, {
    forecasts: lesson.items.map(({ name }) => said.forecasts[name] ?? null),
    belief: said.belief,
    lot,
  });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setCopied(true);
    } catch {
      setCopied(false); // the code can be marked and copied by hand
    }
  };
  return (
    <>
      {lesson.belief !== null && (
        <Percent
          label={beliefText(lesson, store.payload)}
          value={second}
          onValue={(value) => say(lesson, { belief: [first, value] })}
        />
      )}
      {first !== null && second !== null && (
        <p class="lesson-total" role="status">
          {t(first === second ? "lesson.exit.same" : "lesson.exit.moved", {
            first,
            second,
            by: Math.abs(second - first),
            way: t(second > first ? "lesson.exit.up" : "lesson.exit.down"),
          })}
        </p>
      )}
      {first === null && lesson.belief !== null && (
        <p class="lesson-soft">{t("lesson.exit.not_first")}</p>
      )}
      <h4>{t("lesson.exit.code_title")}</h4>
      <p>{t("lesson.exit.code_text")}</p>
      <p class="lesson-code">
        <output>{code}</output>{" "}
        <button type="button" onClick={() => void copy()}>
          {copied ? t("lesson.exit.copied") : t("lesson.exit.copy")}
        </button>
      </p>
    </>
  );
}
