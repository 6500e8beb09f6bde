// The answer in short, as it stands under the timeline.
import { answering } from "../../answer/asking";
import { inSentences } from "../../answer/sentences";
import type { Store } from "../../state/store";
import { t } from "../../text";
import { Reruns } from "./index";
import "./answer.css";

export function ShortAnswer({ store }: { store: Store }) {
  const answer = answering(store).value;
  if (answer === null) return null;
  const { payload } = store;
  const { told, under } = inSentences(answer, payload);
  return (
    <section class="answer answer-short" aria-labelledby="answer-short">
      <h2 id="answer-short">{t("answer.short.title")}</h2>
      <p class="answer-told">{told}</p>
      <Reruns answer={answer} payload={payload} />
      <p class="answer-fixed">{under}</p>
      <button type="button" onClick={() => store.show("answer")}>
        {t("answer.short.more")}
      </button>
    </section>
  );
}
