// Small parts that several steps use: a slider with its number, a hundred dots, a sum in words.
import { useId, useState } from "preact/hooks";
import { of100, share } from "../../parts/numbers";
import { t } from "../../text";

export { share as score } from "../../parts/numbers";

interface Asked {
  label: string;
  value: number | null;
  disabled?: boolean;
  /** Told the number, or null once the field is empty again. */
  onValue: (value: number | null) => void;
}

/** A number from 0 to 100, by slider or typed; until it is touched the number is empty. */
export function Percent({ label, value, disabled = false, onValue }: Asked) {
  const id = useId();
  const [typing, setTyping] = useState<string | null>(null); // what is not yet a number stays as typed
  const type = (text: string) => {
    const number = Math.round(Number(text));
    const inside = number >= 0 && number <= 100;
    setTyping(inside ? text : null);
    if (text.trim() === "") onValue(null);
    else if (Number.isFinite(number)) onValue(Math.min(100, Math.max(0, number)));
  };
  const slide = (text: string) => {
    setTyping(null);
    onValue(Number(text));
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
        onInput={(event) => slide(event.currentTarget.value)}
        onClick={(event) => value === null && slide(event.currentTarget.value)}
      />
      <input
        type="number"
        min="0"
        max="100"
        step="1"
        inputMode="numeric"
        aria-labelledby={id}
        value={typing ?? value ?? ""}
        placeholder="–"
        disabled={disabled}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={() => setTyping(null)}
      />
    </div>
  );
}

/** A share as dots, ten by ten; the words beside say the same. */
export function Hundred({ share, label }: { share: number; label: string }) {
  const full = of100(share);
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

/** The sum of one Brier score in words. */
export function SumInWords({ said, happened }: { said: number; happened: boolean }) {
  const came = happened ? 1 : 0;
  const off = Math.abs(said - came);
  const key = happened ? "lesson.sum.yes" : "lesson.sum.no";
  return (
    <p class="lesson-sum">
      {t(key, {
        percent: of100(said),
        said: share(said),
        off: share(off),
        score: share(off * off),
      })}
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
      {hint !== undefined && (
        <p id={`${id}-hint`} class="lesson-soft">
          {hint}
        </p>
      )}
      <textarea
        id={id}
        rows={rows}
        maxLength={LONGEST}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  );
}
