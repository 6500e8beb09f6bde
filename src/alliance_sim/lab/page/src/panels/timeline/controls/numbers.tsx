// Any number or setting of the scenario, found by its name: threats first.
import { useComputed, useSignal } from "@preact/signals";
import type { Numbered } from "../../../contract";
import { ask } from "../../../state/asking";
import { put, saidOf } from "../../../state/edits";
import type { Store } from "../../../state/store";
import { named, t } from "../../../text";
import { NumberField } from "./fields";

const MOST = 8; // that are shown at once

export function Numbers({ store }: { store: Store }) {
  const { payload } = store;
  const sought = useSignal("");
  const found = useComputed(() => search(payload.numbers, sought.value));
  return (
    <>
      <label class="controls-field">
        <span>{t("controls.search")}</span>
        <input
          type="search"
          value={sought.value}
          maxLength={80}
          onInput={(event) => (sought.value = event.currentTarget.value)}
        />
      </label>
      <p class="controls-chips" role="group" aria-label={t("controls.threats")}>
        {payload.threats.map(({ name, title }) => (
          <button key={name} type="button" onClick={() => (sought.value = `threat.${name}`)}>
            {named(`threat.${name}`, title)}
          </button>
        ))}
      </p>
      <p class="controls-hint" aria-live="polite">
        {sought.value.trim() === ""
          ? t("controls.how_many", { n: payload.numbers.length })
          : t("controls.found", {
              n: found.value.length,
              shown: Math.min(MOST, found.value.length),
            })}
      </p>
      {found.value.slice(0, MOST).map((number) => (
        <AnyNumber key={number.path} store={store} number={number} />
      ))}
    </>
  );
}

/** Return the numbers whose path or title has all the words that are sought. */
export function search(numbers: readonly Numbered[], sought: string): Numbered[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return numbers.filter(({ path, title }) => {
    const text = `${path} ${named(`number.${path}`, title)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function AnyNumber({ store, number }: { store: Store; number: Numbered }) {
  const { payload } = store;
  const { edits } = store.question.value;
  const { path, value } = number;
  const label = named(`number.${path}`, number.title);
  const note = `${t(`controls.kind.${number.kind}`)}: ${number.source}`;
  if (typeof value === "number") {
    return (
      <NumberField
        store={store}
        label={label}
        path={path}
        usual={value}
        low={number.low}
        high={number.high}
        unit={number.unit}
        note={note}
      />
    );
  }
  const now = saidOf(edits, "set", path);
  const shared = {
    value: now ?? String(value),
    onChange: (event: { currentTarget: HTMLInputElement }) => {
      const text = event.currentTarget.value.trim();
      const next = put(edits, `set ${path}=${text}`, payload);
      const sound = text !== "" && ask(store, { edits: next }).length === 0;
      if (!sound) event.currentTarget.value = now ?? String(value);
    },
  };
  return (
    <label class="controls-field">
      <span>{label}</span>
      {number.unit === "day" ? (
        <input type="date" {...shared} />
      ) : (
        <input type="text" maxLength={200} {...shared} />
      )}
      <small>{note}</small>
    </label>
  );
}
