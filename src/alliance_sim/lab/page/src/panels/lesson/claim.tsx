// The frame of a claim, and the ticket at the door: one number once more, and the code.
import { useId, useRef, useState } from "preact/hooks";
import { of100 } from "../../parts/numbers";
import { t } from "../../text";
import { encode } from "./code";
import { type Found, foundOf } from "./compare";
import { Lines, Percent } from "./pieces";
import { lot, say } from "./state";
import type { StepProps } from "./steps";
import { beliefText, suggestionWords } from "./words";

export const BLANKS = ["change", "outcome", "size", "range", "because", "wrong"] as const;
const LONG: readonly string[] = ["because", "wrong"];
const CHECKS = ["model", "change", "size", "range", "wrong"] as const;

export function Claim({ store, lesson, said }: StepProps) {
  const words = suggestionWords(lesson, said.suggestion, store.payload);
  const one = lesson.suggestions.find(({ name }) => name === said.suggestion);
  const put = (blank: string, text: string) =>
    say(lesson, { claim: { ...said.claim, [blank]: text } });
  const whole = t("lesson.claim.sentence", {
    ...Object.fromEntries(BLANKS.map((blank) => [blank, said.claim[blank]?.trim() || "…"])),
  });
  return (
    <>
      <div class="lesson-note">
        <p>{t("lesson.claim.yours", { change: words.title })}</p>
        <p>{found(one === undefined ? [] : foundOf(store.question.value, one))}</p>
      </div>
      <div class="lesson-frame">
        {BLANKS.map((blank) => {
          const given = {
            label: t(`lesson.claim.${blank}`),
            value: said.claim[blank] ?? "",
            onValue: (text: string) => put(blank, text),
          };
          return LONG.includes(blank) ? (
            <Lines key={blank} {...given} />
          ) : (
            <Blank key={blank} {...given} />
          );
        })}
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

/** Say again what the model said, so that nobody has to go back for the numbers. */
function found(rows: Found[]): string {
  const [own] = rows;
  if (own === undefined) return t("lesson.claim.not_yet");
  const edited = rows.map((row) => of100(row.edited));
  return t("lesson.claim.found", {
    fact: of100(own.fact),
    edited: of100(own.edited),
    low: Math.min(...edited),
    high: Math.max(...edited),
  });
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
  const [copied, setCopied] = useState("");
  const [refused, setRefused] = useState(false);
  const place = useRef<HTMLOutputElement>(null);
  const [first, second] = said.belief;
  const code = encode(lesson.name, {
    forecasts: lesson.items.map(({ name }) => said.forecasts[name] ?? null),
    belief: said.belief,
    lot,
  });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setCopied(code);
      setRefused(false);
    } catch {
      if (place.current !== null) getSelection()?.selectAllChildren(place.current);
      setRefused(true);
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
        <output ref={place}>{code}</output>{" "}
        <button type="button" onClick={() => void copy()}>
          {copied === code ? t("lesson.exit.copied") : t("lesson.exit.copy")}
        </button>
      </p>
      <p role="status">
        {second === null && lesson.belief !== null && t("lesson.exit.not_second")}{" "}
        {refused && t("lesson.exit.by_hand")}
      </p>
    </>
  );
}
