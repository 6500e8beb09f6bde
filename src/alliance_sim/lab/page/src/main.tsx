// The page starts: it reads what it is about, shows itself, and starts the model beside.
import { render } from "preact";
import { App } from "./app";
import { PANELS } from "./panels";
import { PayloadProblem, readPayload } from "./payload";
import { firstLanguage } from "./state/kept";
import { run } from "./state/running";
import { Store, worded } from "./state/store";
import { language, t, words } from "./text";
import type { Payload } from "./contract";
import "./styles/base.css";

function begin(payload: Payload): void {
  words.value = payload.relationship.words;
  language.value = firstLanguage(payload);
  const store = new Store(
    payload,
    PANELS.map(({ name }) => name),
  );
  store.open(location.hash);
  addEventListener("popstate", () => store.follow(location.hash));
  addEventListener("hashchange", () => store.follow(location.hash));
  render(<App store={store} />, root());
  void run(store);
}

function root(): HTMLElement {
  const found = document.getElementById("lab");
  if (found === null) throw new Error("the page has no place for the lab");
  return found;
}

try {
  begin(readPayload());
} catch (error) {
  const problem = error instanceof PayloadProblem ? t(`payload.${error.message}`) : worded(error);
  root().textContent = problem;
}
