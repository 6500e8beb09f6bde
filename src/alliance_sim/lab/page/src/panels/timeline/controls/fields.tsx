// Fields that the parts of the controls share: a number with its range, a choice.
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { ask, settle } from "../../../state/asking";
import { numberSet, put, setting } from "../../../state/edits";
import type { Store } from "../../../state/store";
import { language, t, unitName } from "../../../text";

const STEPS = 100; // of a slider over the whole range

interface PartProps {
  title: string;
  open?: boolean;
  children: () => ComponentChildren;
}

/** A part of the controls behind its title; what stands in it is made when it is opened. */
export function Part({ title, open = false, children }: PartProps) {
  const [shown, setShown] = useState(open);
  return (
    <details
      class="controls-part"
      open={open}
      onToggle={(event) => setShown(event.currentTarget.open)}
    >
      <summary>{title}</summary>
      {shown && children()}
    </details>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; text: string; disabled?: boolean }[];
  choose: (value: string) => void;
}

export function Choice({ label, value, options, choose }: ChoiceProps) {
  return (
    <label class="controls-field">
      <span>{label}</span>
      <select
        value={value}
        onChange={(event) => {
          choose(event.currentTarget.value);
          event.currentTarget.value = value; // stays until the question says otherwise
        }}
      >
        {options.map((one) => (
          <option key={one.value} value={one.value} disabled={one.disabled}>
            {one.text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface NumberProps {
  store: Store;
  label: string;
  path: string;
  /** What stands in the scenario. */
  usual: number;
  low: number | null;
  high: number | null;
  unit: string;
  note?: string;
}

/** A number: typed, or by a slider where it has a range. */
export function NumberField(props: NumberProps) {
  const { store, label, path, usual, low, high, unit, note } = props;
  const id = useId();
  const before = useRef<string[] | null>(null);
  const value = numberSet(store.question.value.edits, path, store.payload) ?? usual;
  const edits = (text: string) =>
    put(store.question.value.edits, `${setting(path)}=${text}`, store.payload);
  const range = low === null || high === null ? null : { low, high, step: (high - low) / STEPS };
  const typed = (field: HTMLInputElement) => {
    const text = field.value.trim();
    const sound = text !== "" && Number.isFinite(Number(text));
    const problems = sound ? ask(store, { edits: edits(text) }) : [];
    if (!sound || problems.length > 0) field.value = plain(value);
  };
  return (
    <div class={value === usual ? "controls-number" : "controls-number edited"}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        step="any"
        min={low ?? undefined}
        max={high ?? undefined}
        value={plain(value)}
        onChange={(event) => typed(event.currentTarget)}
      />
      {range && (
        <input
          type="range"
          aria-label={t("controls.slider", { name: label })}
          min={range.low}
          max={range.high}
          step={range.step}
          value={value}
          onInput={(event) => {
            before.current ??= store.question.value.edits;
            store.change({ edits: edits(plain(Number(event.currentTarget.value))) }, true);
          }}
          onChange={() => {
            if (before.current === null) return;
            settle(store, before.current);
            before.current = null;
          }}
        />
      )}
      <small>
        {t("controls.was", { value: written(usual) })}
        {range && ` ${t("controls.range", { low: written(range.low), high: written(range.high) })}`}
        {unitName(unit) !== "" && ` (${unitName(unit)})`}
        {note !== undefined && ` ${note}`}
      </small>
    </div>
  );
}

/** A number as it is typed: no more digits than mean something. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export function written(value: number): string {
  return new Intl.NumberFormat(language.value, { maximumSignificantDigits: 4 }).format(value);
}
