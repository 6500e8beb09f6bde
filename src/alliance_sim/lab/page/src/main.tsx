// The page starts: it reads what it is about, shows itself, and starts the model beside.
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { startModel } from "./engine/pool";
import { PANELS } from "./panels";
import { PayloadProblem, readPayload } from "./payload";
import { Store, same } from "./state/store";
import { language, LANGUAGES, t, words } from "./text";
import type { Payload, Question } from "./contract";
import "./styles/base.css";

function begin(payload: Payload): void {
  words.value = payload.relationship.words;
  if (Object.hasOwn(LANGUAGES, payload.language)) language.value = payload.language;
  const store = new Store(
    payload,
    PANELS.map(({ name }) => name),
  );
  store.follow(location.hash);
  addEventListener("popstate", () => store.follow(location.hash));
  addEventListener("hashchange", () => store.follow(location.hash));
  render(<App store={store} />, root());
  void run(store);
}

async function run(store: Store): Promise<void> {
  try {
    store.model.value = await startModel(store.payload);
  } catch (error) {
    store.problems.value = [error instanceof Error ? error.message : String(error)];
    return;
  }
  let last: Question | null = null;
  effect(() => {
    const model = store.model.value;
    const question = store.question.value;
    if (model === null || (last !== null && same(last, question))) return;
    last = question;
    const problems = model.problems(question);
    store.problems.value = problems;
    if (problems.length > 0) return;
    void model.ask(question, (picture) => (store.picture.value = picture));
  });
}

function root(): HTMLElement {
  const found = document.getElementById("lab");
  if (found === null) throw new Error("the page has no place for the lab");
  return found;
}

try {
  begin(readPayload());
} catch (error) {
  const problem = error instanceof PayloadProblem ? t(`payload.${error.message}`) : String(error);
  root().textContent = problem;
}
