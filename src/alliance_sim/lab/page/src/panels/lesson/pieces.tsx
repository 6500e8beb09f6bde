// Small parts that several steps use: a slider with its number, a hundred dots, a sum in words.
import { useId } from "preact/hooks";
import { t } from "../../text";

interface Asked {
  label: string;
  value: number | null;
  disabled?: boolean;
  onValue: (value: number) => void;
}

/** A number from 0 to 100, by slider or typed; until it is touched the number is empty. */
export function Percent({ label, value, disabled = false, onValue }: Asked) {
  const id = useId();
  const typed = (text: string) => {
    const number = Math.round(Number(text));
    if (text.trim() !== "" && Number.isFinite(number)) onValue(Math.min(100, Math.max(0, number)));
  };
  return (
    <div class="lesson-percent" role="group" aria-labelledby={id}>
      <span id={id} class="lesson-percent-label">
        {label}
      </span>
      <input
        type="range"
        min="0"
        max="100"
        step="1"
        aria-labelledby={id}
        aria-valuetext={value === null ? t("lesson.none_yet") : t("lesson.of_100", { value })}
        value={value ?? 50}
        data-untouched={value === null ? "" : undefined}
        disabled={disabled}
        onInput={(event) => typed(event.currentTarget.value)}
      />
      <input
        type="number"
        min="0"
        max="100"
        step="1"
        inputMode="numeric"
        aria-labelledby={id}
        value={value ?? ""}
        placeholder="–"
        disabled={disabled}
        onInput={(event) => typed(event.currentTarget.value)}
      />
    </div>
  );
}

/** A share as dots, ten by ten; the words beside say the same. */
export function Hundred({ share, label }: { share: number; label: string }) {
  const full = Math.round(share * 100);
  return (
    <svg class="lesson-hundred" viewBox="0 0 100 100" role="img" aria-label={label}>
      {Array.from({ length: 100 }, (_, place) => (
        <circle
          key={place}
          cx={5 + (place % 10) * 10}
          cy={5 + Math.floor(place / 10) * 10}
          r={place < full ? 4 : 3}
          class={place < full ? "full" : "empty"}
        />
      ))}
    </svg>
  );
}

/** Return a share as a score is written: two places. */
export function score(value: number): string {
  return value.toFixed(2);
}

/** The sum of one Brier score in words. */
export function SumInWords({ said, happened }: { said: number; happened: boolean }) {
  const came = happened ? 1 : 0;
  const off = Math.abs(said - came);
  const key = happened ? "lesson.sum.yes" : "lesson.sum.no";
  return (
    <p class="lesson-sum">
      {t(key, { said: score(said), off: score(off), score: score(off * off) })}
    </p>
  );
}

interface Written {
  label: string;
  value: string;
  rows?: number;
  hint?: string;
  onValue: (value: string) => void;
}

const LONGEST = 600; // letters of an answer

export function Lines({ label, value, rows = 2, hint, onValue }: Written) {
  const id = useId();
  return (
    <div class="lesson-lines">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        maxLength={LONGEST}
        value={value}
        placeholder={hint}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  );
}
