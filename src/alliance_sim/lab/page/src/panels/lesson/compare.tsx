// The same what-if under each theory that the page can run: where do they agree?
import { useState } from "preact/hooks";
import type { Theory } from "../../contract";
import { Table } from "../../parts/table";
import { named, t } from "../../text";
import { Lines } from "./pieces";
import { NO_DIFFERENCE, shareOf } from "./run";
import { say } from "./state";
import type { StepProps } from "./steps";
import { suggestionWords } from "./words";

const MOST = 4;
const MOST_NUMBERS = 6; // that are named of those about which the record is silent

interface Found {
  theory: string;
  fact: number;
  edited: number;
}

/** Return the theories to be compared: the scenario's own, then those of one block alone. */
export function compared(theories: readonly Theory[], withDraws: boolean): Theory[] {
  const usable = theories.filter(({ draws }) => !withDraws || draws > 0);
  const [own, ...others] = usable;
  if (own === undefined) return [];
  const single = others.filter(({ name }) => name.length === 1 && name !== "N");
  const rest = others.filter((one) => !single.includes(one));
  return [own, ...single, ...rest].slice(0, MOST);
}

export function theoryTitle({ name, title }: Theory): string {
  return named(`theory.${name}`, title);
}

export function Compare({ store, lesson, said }: StepProps) {
  const [found, setFound] = useState<Found[]>([]);
  const [state, setState] = useState<"no" | "runs" | "done" | "stopped">("no");
  const one = lesson.suggestions.find(({ name }) => name === said.suggestion);
  const model = store.model.value;
  const question = store.question.value;
  const theories = compared(store.payload.theories, question.noise === "posterior");
  const fitted = store.payload.numbers.filter(({ told }) => told !== undefined);
  const silent = fitted.filter(({ told }) => told?.byPrior === true);
  const words = one && suggestionWords(lesson, one.name, store.payload);
  const run = async () => {
    if (model === null || one === undefined) return;
    setState("runs");
    setFound([]);
    const asked = { ...question, edits: one.edits, outcome: one.outcome };
    for (const { name } of theories) {
      const told = await model.outcomes({ ...asked, theory: name }, "quantile");
      if (told === null) return setState("stopped");
      const [fact, edited] = [shareOf(told.factual), shareOf(told.edited)];
      setFound((before) => [...before, { theory: name, fact, edited }]);
    }
    setState("done");
  };
  const signs = found.map(({ fact, edited }) => signOf(edited - fact));
  const agree = new Set(signs).size === 1;
  const verdict = !agree ? "differ" : signs[0] === 0 ? "nothing" : "agree";
  return (
    <>
      {words && (
        <p class="lesson-note">
          {words.title}: {words.result}.
        </p>
      )}
      <button
        type="button"
        class="main"
        disabled={model === null || one === undefined || state === "runs"}
        onClick={() => void run()}
      >
        {t("lesson.compare.run", { n: theories.length })}
      </button>
      <div role="status">
        {state === "runs" && (
          <p>{t("lesson.compare.runs", { done: found.length, of: theories.length })}</p>
        )}
        {state === "stopped" && <p class="lesson-problem">{t("lesson.compare.stopped")}</p>}
        {found.length > 0 && (
          <Table
            caption={t("lesson.compare.caption")}
            heads={["theory", "fact", "edited", "difference"].map((key) =>
              t(`lesson.compare.${key}`),
            )}
            rows={found.map((row) => {
              const theory = theories.find(({ name }) => name === row.theory);
              const difference = Math.round(row.edited * 100) - Math.round(row.fact * 100);
              return [
                theory ? theoryTitle(theory) : row.theory,
                Math.round(row.fact * 100),
                Math.round(row.edited * 100),
                difference > 0 ? `+${difference}` : String(difference).replace("-", "−"),
              ];
            })}
          />
        )}
        {state === "done" && <p class="lesson-total">{t(`lesson.compare.${verdict}`)}</p>}
      </div>
      <h4>{t("lesson.compare.silent_title")}</h4>
      <p>{t("lesson.compare.silent")}</p>
      {silent.length > 0 && (
        <>
          <p>{t("lesson.compare.numbers", { n: silent.length, of: fitted.length })}</p>
          <ul>
            {silent.slice(0, MOST_NUMBERS).map(({ path, title }) => (
              <li key={path}>{named(`number.${path}`, title)}</li>
            ))}
          </ul>
        </>
      )}
      <Lines
        label={t("lesson.compare.name_one")}
        value={said.silent}
        onValue={(text) => say(lesson, { silent: text })}
      />
    </>
  );
}

function signOf(difference: number): -1 | 0 | 1 {
  if (Math.abs(difference) < NO_DIFFERENCE) return 0;
  return difference < 0 ? -1 : 1;
}
