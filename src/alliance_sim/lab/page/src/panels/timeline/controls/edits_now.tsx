// What is changed now, each change with a button that takes it back.
import { changeInWords } from "../../../parts/edit_words";
import { ask } from "../../../state/asking";
import { dropped } from "../../../state/edits";
import type { Store } from "../../../state/store";
import { t } from "../../../text";

export function EditsNow({ store }: { store: Store }) {
  const { edits } = store.question.value;
  if (edits.length === 0) return <p class="controls-none">{t("controls.nothing")}</p>;
  return (
    <>
      <h3 id="controls-edits">{t("controls.edited")}</h3>
      <ul class="controls-edits" aria-labelledby="controls-edits">
        {edits.map((edit) => {
          const words = changeInWords(edit, store.payload);
          return (
            <li key={edit}>
              <span>
                {words} <code>{edit}</code>
              </span>
              <button
                type="button"
                aria-label={t("controls.take_back", { edit: words })}
                title={t("controls.take_back", { edit: words })}
                onClick={() => ask(store, { edits: dropped(edits, edit, store.payload) })}
              >
                ×
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
