// What is changed now, each change with a button that takes it back.
import { useLayoutEffect, useRef } from "preact/hooks";
import { changeInWords } from "../../../parts/edit_words";
import { ask } from "../../../state/asking";
import { dropped } from "../../../state/edits";
import type { Store } from "../../../state/store";
import { t } from "../../../text";

export function EditsNow({ store }: { store: Store }) {
  const { edits } = store.question.value;
  const place = useRef<HTMLUListElement & HTMLParagraphElement>(null);
  const taken = useRef<number | null>(null); // place of the change that was taken back
  useLayoutEffect(() => {
    if (taken.current === null || place.current === null) return;
    const rest = place.current.querySelectorAll("button");
    (rest[Math.min(taken.current, rest.length - 1)] ?? place.current).focus();
    taken.current = null;
  }, [edits]);
  const takeBack = (edit: string, at: number) => {
    const problems = ask(store, { edits: dropped(edits, edit, store.payload) });
    if (problems.length === 0) taken.current = at;
  };
  if (edits.length === 0) {
    return (
      <p ref={place} class="controls-none" tabIndex={-1}>
        {t("controls.nothing")}
      </p>
    );
  }
  return (
    <>
      <h3 id="controls-edits">{t("controls.edited")}</h3>
      <ul ref={place} class="controls-edits" aria-labelledby="controls-edits">
        {edits.map((edit, at) => {
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
                onClick={() => takeBack(edit, at)}
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
