// A state held at a value for some years: what, at which value, from when to when.
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Holdable, Kept, Payload } from "../../../contract";
import { KEPT } from "../../../contract";
import { timeOf } from "../../../state/time";
import { ask } from "../../../state/asking";
import { put } from "../../../state/edits";
import type { Store } from "../../../state/store";
import { named, t } from "../../../text";
import { Choice, plain, written } from "./fields";

const STEPS = 100; // of a slider over the whole range
const [BACK, LONG] = [24, 9]; // years: how long before the end a window begins at first, how long it is

/** What is set at the moment; null stands for what it is at first. */
interface Chosen {
  state: string;
  value: number | null;
  from: number | null;
  to: number | null;
}

export function Holding({ store }: { store: Store }) {
  const { payload } = store;
  const chosen = useSignal<Chosen>({
    ...{ state: payload.holds[0]?.name ?? "", value: null, from: null, to: null },
  });
  const held = payload.holds.find(({ name }) => name === chosen.value.state);
  if (held === undefined) return null;
  const [first, last] = timeOf(payload);
  const from = chosen.value.from ?? Math.max(first, last - BACK);
  const to = chosen.value.to ?? Math.min(last, Math.max(first, last - BACK) + LONG);
  const value = chosen.value.value ?? (held.whole ? held.low : (held.low + held.high) / 2);
  const take = (change: Partial<Chosen>) => (chosen.value = { ...chosen.value, ...change });
  const window = from === to ? String(from) : `${from}..${to}`;
  return (
    <form
      class="controls-hold"
      onSubmit={(event) => {
        event.preventDefault();
        const edit = `hold ${held.name}=${plain(value)}@${window}`;
        ask(store, { edits: put(store.question.value.edits, edit, payload) });
      }}
    >
      <p class="controls-hint">{t("controls.hold.hint")}</p>
      <Choice
        label={t("controls.hold.what")}
        value={held.name}
        options={payload.holds.map((one) => ({
          value: one.name,
          text: holdName(one.name, payload),
        }))}
        choose={(state) => take({ state, value: null })}
      />
      <Value held={held} value={value} take={(next) => take({ value: next })} />
      <div class="controls-years">
        {(["from", "to"] as const).map((end) => (
          <label key={end} class="controls-field">
            <span>{t(`controls.hold.${end}`)}</span>
            <input
              type="number"
              min={first}
              max={last}
              step={1}
              value={end === "from" ? from : to}
              onChange={(event) => {
                const year = Math.round(Number(event.currentTarget.value));
                const sound = event.currentTarget.value !== "" && year >= first && year <= last;
                if (sound) take({ [end]: year });
                event.currentTarget.value = String(sound ? year : end === "from" ? from : to);
              }}
            />
          </label>
        ))}
      </div>
      <WasThen store={store} state={held.name} year={from} />
      <p class="controls-row">
        <button type="submit">{t("controls.hold.do")}</button>
      </p>
    </form>
  );
}

interface ValueProps {
  held: Holdable;
  value: number;
  take: (value: number) => void;
}

function Value({ held, value, take }: ValueProps) {
  const { low, high, whole } = held;
  const id = useId();
  const common = { min: low, max: high, value: plain(value) };
  const taken = (text: string) => {
    const next = whole ? Math.round(Number(text)) : Number(text);
    if (text.trim() !== "" && next >= low && next <= high) take(next);
  };
  return (
    <div class="controls-held">
      <label for={id}>{t("controls.hold.value")}</label>
      <input
        {...common}
        id={id}
        type="number"
        step={whole ? 1 : "any"}
        onChange={(event) => {
          taken(event.currentTarget.value);
          event.currentTarget.value = plain(value); // stays unless it was taken
        }}
      />
      <input
        {...common}
        type="range"
        aria-label={t("controls.slider", { name: t("controls.hold.value") })}
        step={whole ? 1 : (high - low) / STEPS}
        onInput={(event) => taken(event.currentTarget.value)}
      />
      <small>{t("controls.range", { low: written(low), high: written(high) })}</small>
    </div>
  );
}

/** Return what a state is called that can be held. */
export function holdName(name: string, payload: Payload): string {
  const title = payload.states.find((state) => state.name === name)?.title ?? name;
  return named(`state.${name}`, title);
}

/**
 * Say where a state was when a window begins, of states whose paths are known; else nothing. A part of
 * its own: what is drawn anew with each picture would put back what is being typed.
 */
function WasThen({ store, state, year }: { store: Store; state: string; year: number }) {
  const picture = store.picture.value;
  const [first, , perYear] = timeOf(store.payload);
  const step = (year - first) * perYear;
  const known = KEPT.includes(state as Kept);
  const value = known ? picture?.fans[state as Kept].factual.middle[step] : undefined;
  return (
    <p class="controls-hint" aria-live="polite">
      {value !== undefined && t("controls.hold.was", { year, value: written(value) })}
    </p>
  );
}
