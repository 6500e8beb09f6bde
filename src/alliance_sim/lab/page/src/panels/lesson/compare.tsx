// The same what-if under each theory that the page can run: where do they agree?
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Asked, Model, Question, Theory } from "../../contract";
import { counted, of100 } from "../../parts/numbers";
import { Table } from "../../parts/table";
import { worded } from "../../state/store";
import { named, t } from "../../text";
import { Lines } from "./pieces";
import { NO_DIFFERENCE, shareOf } from "./run";
import { say } from "./state";
import type { StepProps } from "./steps";
import { suggestionWords } from "./words";

const MOST = 4;
const IDEAS: readonly string[] = ["R", "I", "D"]; // each has its sentence among the texts
const MOST_NUMBERS = 6; // that are named of those about which the record is silent

export interface Found {
  theory: string;
  fact: number;
  edited: number;
}

/** What was found last, and of which question: the next step looks it up. */
const kept = signal<{ of: string; found: Found[] }>({ of: "", found: [] });
let begun = 0; // how many runs were begun: what the last of them finds is kept

function keyOf({ noise, runs, seed }: Question, { edits, outcome }: Asked): string {
  return JSON.stringify([edits, outcome, noise, runs, seed]);
}

/** Return what the theories said of a what-if, as the page now asks; empty before they were run. */
export function foundOf(question: Question, asked: Asked): Found[] {
  return kept.value.of === keyOf(question, asked) ? kept.value.found : [];
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

/** Theories of one idea, each of which the page can tell in a sentence. */
function ideasOf(theories: readonly Theory[]): Theory[] {
  return theories.filter(({ name }) => IDEAS.includes(name));
}

function shortTitle(theory: Theory, theories: readonly Theory[]): string {
  const ideas = ideasOf(theories);
  const all = ideas.length > 1 && ideas.every(({ name }) => theory.name.includes(name));
  return all ? t("lesson.compare.together") : theoryTitle(theory);
}

/** Run a what-if under theories; return how that ended, null once another run has begun. */
async function runUnder(
  theories: readonly Theory[],
  model: Model,
  question: Question,
  { edits, outcome }: Asked,
): Promise<"done" | "stopped" | null> {
  const of = keyOf(question, { edits, outcome });
  const mine = (begun += 1);
  const found: Found[] = [];
  kept.value = { of, found };
  for (const { name: theory } of theories) {
    const told = await model.outcomes({ ...question, edits, outcome, theory }, "quantile");
    if (begun !== mine) return null;
    if (told === null) return "stopped";
    found.push({ theory, fact: shareOf(told.factual), edited: shareOf(told.edited) });
    kept.value = { of, found: [...found] };
  }
  return "done";
}

export function Compare({ store, lesson, said }: StepProps) {
  const [state, setState] = useState<"no" | "runs" | "done" | "stopped">("no");
  const [problem, setProblem] = useState("");
  const one = lesson.suggestions.find(({ name }) => name === said.suggestion);
  const model = store.model.value;
  const question = store.question.value;
  const theories = compared(store.payload.theories, question.noise === "posterior");
  const fitted = store.payload.numbers.filter(({ told }) => told !== undefined);
  const silent = fitted.filter(({ told }) => told?.byPrior === true);
  const words = one && suggestionWords(lesson, one.name, store.payload);
  const found = one === undefined ? [] : foundOf(question, one);
  const done = state !== "runs" && found.length > 0 && found.length === theories.length;
  const run = async () => {
    if (model === null || one === undefined || state === "runs") return;
    setState("runs");
    setProblem("");
    try {
      const ended = await runUnder(theories, model, question, one);
      if (ended !== null) setState(ended);
    } catch (error) {
      setProblem(worded(error));
      setState("stopped");
    }
  };
  const signs = found.map(({ fact, edited }) => signOf(edited - fact));
  const agree = new Set(signs).size === 1;
  const verdict = !agree ? "differ" : signs[0] === 0 ? "nothing" : "agree";
  return (
    <>
      {words && (
        <p class="lesson-note">
          {t("lesson.compare.asked", { change: words.title, result: words.result })}
        </p>
      )}
      <ul>
        {ideasOf(theories).map((theory) => (
          <li key={theory.name}>
            <strong>{theoryTitle(theory)}</strong>: {t(`lesson.compare.idea.${theory.name}`)}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="main"
        disabled={model === null || one === undefined}
        aria-disabled={state === "runs"} // so that it keeps the focus while they run
        onClick={() => void run()}
      >
        {t("lesson.compare.run", { n: theories.length })}
      </button>
      <div role="status">
        {state === "runs" && (
          <p>{t("lesson.compare.runs", { done: found.length, of: theories.length })}</p>
        )}
        {state === "stopped" && (
          <p class="lesson-problem">{problem === "" ? t("lesson.compare.stopped") : problem}</p>
        )}
        {found.length > 0 && (
          <Table
            caption={t("lesson.compare.caption")}
            heads={["theory", "fact", "edited", "difference"].map((key) =>
              t(`lesson.compare.${key}`),
            )}
            rows={found.map((row) => {
              const theory = theories.find(({ name }) => name === row.theory);
              const [fact, edited] = [of100(row.fact), of100(row.edited)];
              return [
                theory ? shortTitle(theory, theories) : row.theory,
                fact,
                edited,
                counted((edited - fact) / 100),
              ];
            })}
          />
        )}
        {done && (
          <>
            <p class="lesson-total">{t(`lesson.compare.${verdict}`)}</p>
            {ideasOf(theories).length > 1 && <p>{t("lesson.compare.alone")}</p>}
          </>
        )}
      </div>
      <h4>{t("lesson.compare.silent_title")}</h4>
      <p>{t("lesson.compare.silent")}</p>
      {silent.length > 0 && (
        <>
          <p>{t("lesson.compare.numbers", { n: silent.length, of: fitted.length })}</p>
          <details>
            <summary>{t("lesson.compare.which")}</summary>
            <ul>
              {silent.slice(0, MOST_NUMBERS).map(({ path, title }) => (
                <li key={path}>{named(`number.${path}`, title)}</li>
              ))}
            </ul>
          </details>
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
