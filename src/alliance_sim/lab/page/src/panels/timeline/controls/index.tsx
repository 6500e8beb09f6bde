// Everything that can be changed, beside the chart; on a small screen below it.
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
  return (
    <aside class="controls" aria-label={t("controls.title")}>
      <h2>{t("controls.title")}</h2>
      <div role="alert" class="controls-refused">
        {refused.value.map((problem) => (
          <p key={problem}>{problem}</p>
        ))}
      </div>
      <JunctureCard store={store} />
      <EditsNow store={store} />
      <Outcome store={store} />
      <Part title={t("controls.junctures")}>
        <ul class="controls-junctures">
          {store.payload.junctures.map((juncture) => (
            <li key={juncture.name}>
              <JunctureLine store={store} juncture={juncture} />
            </li>
          ))}
        </ul>
      </Part>
      <Leaders store={store} />
      <Council store={store} />
      <Motives store={store} />
      <Numbers store={store} />
      <Running store={store} />
      <Sharing store={store} />
    </aside>
  );
}
