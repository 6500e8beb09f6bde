// Everything that can be changed, beside the chart; on a small screen a drawer below it.
import { useSignal } from "@preact/signals";
import { useId, useMemo } from "preact/hooks";
import { refused } from "../../../state/asking";
import type { Store } from "../../../state/store";
import { t } from "../../../text";
import { JunctureCard, JunctureLine } from "../juncture_card";
import { Outcome, Running } from "./asked";
import { Council, Leaders, Motives } from "./deciding";
import { EditsNow } from "./edits_now";
import { Part } from "./fields";
import { Numbers } from "./numbers";
import { Sharing } from "./sharing";
import "./controls.css";

export function Controls({ store }: { store: Store }) {
  const id = useId();
  const open = useSignal(false); // the drawer, where the screen has no room for both
  const narrow = useMemo(() => matchMedia("(max-width: 44rem)").matches, []);
  const n = store.question.value.edits.length;
  return (
    <aside class={open.value ? "controls open" : "controls"} aria-label={t("controls.title")}>
      <h2>
        <span class="controls-name">{t("controls.title")}</span>
        <button
          type="button"
          class="controls-drawer"
          aria-expanded={open.value}
          aria-controls={id}
          onClick={() => (open.value = !open.value)}
        >
          {t("controls.title")}
          {n > 0 && ` (${t("controls.many", { n })})`}
          <span aria-hidden="true">{open.value ? " ▾" : " ▴"}</span>
        </button>
      </h2>
      <div id={id} class="controls-body">
        <div role="alert" class="controls-refused">
          {refused.value.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
        </div>
        <JunctureCard store={store} />
        <EditsNow store={store} />
        <Part title={t("controls.junctures")} open={narrow}>
          <ul class="controls-junctures">
            {store.payload.junctures.map((juncture) => (
              <li key={juncture.name}>
                <JunctureLine store={store} juncture={juncture} />
              </li>
            ))}
          </ul>
        </Part>
        <Outcome store={store} />
        <Leaders store={store} />
        <Council store={store} />
        <Motives store={store} />
        <Numbers store={store} />
        <Running store={store} />
        <Sharing store={store} />
      </div>
    </aside>
  );
}
