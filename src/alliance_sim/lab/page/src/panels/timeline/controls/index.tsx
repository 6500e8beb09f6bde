// Everything that can be changed, beside the chart; on a small screen a drawer below it.
import { refused } from "../../../state/asking";
import type { Store } from "../../../state/store";
import { t } from "../../../text";
import { JunctureCard, JunctureLine } from "../juncture_card";
import { EditsNow } from "./edits_now";
import "./controls.css";

export function Controls({ store }: { store: Store }) {
  return (
    <aside class="controls" aria-label={t("controls.title")}>
      <h2>{t("controls.title")}</h2>
      <JunctureCard store={store} />
      <EditsNow store={store} />
      <div role="alert" class="controls-refused">
        {refused.value.map((problem) => (
          <p key={problem}>{problem}</p>
        ))}
      </div>
      <details class="controls-part">
        <summary>{t("controls.junctures")}</summary>
        <ul class="controls-junctures">
          {store.payload.junctures.map((juncture) => (
            <li key={juncture.name}>
              <JunctureLine store={store} juncture={juncture} />
            </li>
          ))}
        </ul>
      </details>
    </aside>
  );
}
