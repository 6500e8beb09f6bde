// Everything that can be changed, beside the chart; on a small screen a drawer below it.
import { useSignal, type Signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useId, useMemo } from "preact/hooks";
import { Messages } from "../../../parts/messages";
import { refused } from "../../../state/asking";
import type { Store } from "../../../state/store";
import { t } from "../../../text";
import { JunctureCard, JunctureLine } from "../juncture_card";
import { Outcome, Running } from "./asked";
import { Council, Leaders, Motives } from "./deciding";
import { EditsNow } from "./edits_now";
import { Part } from "./fields";
import { Holding } from "./holding";
import { Numbers } from "./numbers";
import { Sharing } from "./sharing";
import "./controls.css";

/** Parts that are behind a title. Each is told the store and asks for itself. */
const PARTS: readonly [string, FunctionComponent<{ store: Store }>, (store: Store) => boolean][] = [
  ["leaders", Leaders, ({ payload }) => payload.leaders.length > 0],
  ["council_title", Council, ({ payload }) => payload.councils.length > 1],
  ["motives", Motives, ({ payload }) => payload.motives.length > 0],
  ["hold.title", Holding, ({ payload }) => payload.holds.length > 0],
  ["numbers", Numbers, () => true],
  ["running", Running, () => true],
  ["sharing", Sharing, () => true],
];

export function Controls({ store }: { store: Store }) {
  const id = useId();
  const open = useSignal(false); // the drawer, where the screen has no room for both
  const narrow = useMemo(() => matchMedia("(max-width: 44rem)").matches, []);
  return (
    <aside class={open.value ? "controls open" : "controls"} aria-label={t("controls.title")}>
      <h2>
        <span class="controls-name">{t("controls.title")}</span>
        <Drawer store={store} open={open} body={id} />
      </h2>
      <div id={id} class="controls-body">
        <Refused />
        <JunctureCard store={store} />
        <EditsNow store={store} />
        <Part title={t("controls.junctures")} open={narrow}>
          {() => (
            <ul class="controls-junctures">
              {store.payload.junctures.map((juncture) => (
                <li key={juncture.name}>
                  <JunctureLine store={store} juncture={juncture} />
                </li>
              ))}
            </ul>
          )}
        </Part>
        <Outcome store={store} />
        {PARTS.filter(([, , there]) => there(store)).map(([name, View]) => (
          <Part key={name} title={t(`controls.${name}`)}>
            {() => <View store={store} />}
          </Part>
        ))}
      </div>
    </aside>
  );
}

interface DrawerProps {
  store: Store;
  open: Signal<boolean>;
  /** What it opens, by id. */
  body: string;
}

function Drawer({ store, open, body }: DrawerProps) {
  const n = store.question.value.edits.length;
  return (
    <button
      type="button"
      class="controls-drawer"
      aria-expanded={open.value}
      aria-controls={body}
      onClick={() => (open.value = !open.value)}
    >
      {t("controls.title")}
      {n > 0 && ` (${t("controls.many", { n })})`}
      <span aria-hidden="true">{open.value ? " ▾" : " ▴"}</span>
    </button>
  );
}

function Refused() {
  return (
    <div role="alert" class="controls-refused">
      <Messages told={refused.value} />
    </div>
  );
}
