// The frame of the page: its title, its parts, language and look, and what went wrong.
import { useEffect } from "preact/hooks";
import { PANELS } from "./panels";
import { Messages } from "./parts/messages";
import { Press } from "./parts/press";
import { Ready } from "./parts/ready";
import type { Store } from "./state/store";
import { LANGUAGES, language, named, t, wording } from "./text";
import { nextTheme, theme } from "./theme";

export function App({ store }: { store: Store }) {
  const { scenario } = store.payload;
  const shown = PANELS.find(({ name }) => name === store.panel.value) ?? PANELS[0];
  useEffect(() => {
    document.documentElement.lang = language.value;
    document.title = `${wording().title} · ${t("page.title")}`;
  }, [language.value]);
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        {t("page.skip")}
      </a>
      <header class="top">
        <div class="title">
          <h1>{wording().title}</h1>
          <p>{t("page.title")}</p>
        </div>
        <div class="tools">
          <Press can={store.canUndo.value} onPress={() => store.undo()}>
            {t("page.undo")}
          </Press>
          <Press can={store.canRedo.value} onPress={() => store.redo()}>
            {t("page.redo")}
          </Press>
          <button type="button" onClick={() => store.reset()}>
            {t("page.reset")}
          </button>
          <label>
            <span>{t("page.language")}</span>
            <select
              value={language.value}
              onChange={(event) => store.speak(event.currentTarget.value)}
            >
              {Object.entries(LANGUAGES).map(([code, { own }]) => (
                <option key={code} value={code} lang={code}>
                  {own}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={nextTheme}>
            {t(`page.theme.${theme.value}`)}
          </button>
        </div>
      </header>
      <Tabs store={store} />
      <Problems store={store} />
      <main id="main" tabIndex={-1} aria-labelledby={`tab-${shown?.name}`}>
        {store.failed.value && <Ready payload={store.payload} />}
        {shown && <shown.view store={store} />}
      </main>
      <footer class="bottom">
        <p>{state(store)}</p>
        <p>{t("page.sentence", { model: named(`scenario.${scenario.name}`, scenario.title) })}</p>
      </footer>
    </>
  );
}

function state({ model, failed }: Store): string {
  if (model.value !== null) return t("page.bits", { program: model.value.program });
  return t(failed.value ? "page.cannot" : "page.starting");
}

function toMain(event: Event): void {
  event.preventDefault(); // the address is the question's
  document.getElementById("main")?.focus();
}

function Tabs({ store }: { store: Store }) {
  return (
    <nav class="tabs" aria-label={t("page.parts")}>
      {PANELS.map(({ name }) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          aria-current={store.panel.value === name ? "page" : undefined}
          onClick={() => store.show(name)}
        >
          {t(`${name}.title`)}
        </button>
      ))}
    </nav>
  );
}

function Problems({ store }: { store: Store }) {
  const link = store.linkProblems.value.map(({ key, given }) => t(`link.${key}`, given));
  const own = store.failed.value ? store.problems.value : [];
  return (
    <div role="alert" class="problems">
      {[...link, ...own].map((problem) => (
        <p key={problem}>{problem}</p>
      ))}
      {!store.failed.value && <Messages told={store.problems.value} />}
    </div>
  );
}
