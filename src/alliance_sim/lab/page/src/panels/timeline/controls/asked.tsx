// What is asked of the histories, and how they are run: outcome, theory, noise, how many, seed.
import { useSignal } from "@preact/signals";
import { outcomeTitle } from "../../../answer/words";
import type { Question } from "../../../contract";
import { ask } from "../../../state/asking";
import { MOST_RUNS } from "../../../state/link";
import type { Store } from "../../../state/store";
import { language, named, ours, t } from "../../../text";
import { Choice } from "./fields";

const OFFERED = { posterior: [1, 2, 4, 8], fresh: [100, 300, 1000, 3000, 5000] };
const USUAL = { posterior: 4, fresh: 1000 };
const LONGEST = 200;

export function Outcome({ store }: { store: Store }) {
  const { payload } = store;
  const { outcome } = store.question.value;
  const typed = useSignal("");
  const offered = payload.outcomes.map(({ text }) => ({
    value: text,
    text: outcomeTitle(text, payload),
  }));
  const own = offered.every(({ value }) => value !== outcome);
  return (
    <div class="controls-outcome">
      <Choice
        label={t("controls.outcome")}
        value={outcome}
        options={
          own ? [...offered, { value: outcome, text: outcomeTitle(outcome, payload) }] : offered
        }
        choose={(text) => ask(store, { outcome: text })}
      />
      <form
        class="controls-typed"
        onSubmit={(event) => {
          event.preventDefault();
          const text = typed.value.trim();
          if (text !== "") ask(store, { outcome: text });
        }}
      >
        <label class="controls-field">
          <span>{t("controls.typed_outcome")}</span>
          <input
            type="text"
            value={typed.value}
            maxLength={LONGEST}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => (typed.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit">{t("controls.ask")}</button>
      </form>
    </div>
  );
}

export function Running({ store }: { store: Store }) {
  const { payload } = store;
  const { theory, noise, runs, seed } = store.question.value;
  const given = (name: string) =>
    (payload.theories.find((one) => one.name === name)?.draws ?? 0) > 0;
  const offered = [...new Set([...OFFERED[noise], runs])].sort((a, b) => a - b);
  const draws = payload.theories.find(({ name }) => name === theory)?.draws ?? 0;
  const count = (many: number) => new Intl.NumberFormat(language.value).format(many);
  return (
    <>
      <Choice
        label={t("controls.noise")}
        value={noise}
        options={(["posterior", "fresh"] as const).map((name) => ({
          value: name,
          text: t(`controls.noises.${name}`),
          disabled: name === "posterior" && (payload.draws === null || !given(theory)),
        }))}
        choose={(name) => {
          const next = name as Question["noise"];
          ask(store, { noise: next, runs: USUAL[next] });
        }}
      />
      <p class="controls-hint">{t(`controls.noises.${noise}_hint`)}</p>
      <Choice
        label={t("controls.theory")}
        value={theory}
        options={payload.theories.map(({ name, title }) => ({
          value: name,
          text: `${name}: ${named(`theory.${name}`, ours(`controls.theories.${name}`, title))}`,
          disabled: noise === "posterior" && !given(name),
        }))}
        choose={(name) => ask(store, { theory: name })}
      />
      <Choice
        label={t(`controls.runs.${noise}`)}
        value={String(runs)}
        options={offered
          .filter((many) => many <= MOST_RUNS[noise])
          .map((many) => ({
            value: String(many),
            text:
              noise === "posterior" && draws > 0
                ? t("controls.runs.of_draws", { many: count(many), all: count(many * draws) })
                : count(many),
          }))}
        choose={(many) => ask(store, { runs: Number(many) })}
      />
      <label class="controls-field">
        <span>{t("controls.seed")}</span>
        <input
          type="number"
          min={0}
          max={Number.MAX_SAFE_INTEGER}
          step={1}
          value={seed}
          onChange={(event) => {
            const next = Number(event.currentTarget.value);
            const sound =
              event.currentTarget.value !== "" && Number.isSafeInteger(next) && next >= 0;
            if (!sound || ask(store, { seed: next }).length > 0) {
              event.currentTarget.value = String(seed);
            }
          }}
        />
      </label>
      <p class="controls-hint">{t("controls.seed_hint")}</p>
    </>
  );
}
