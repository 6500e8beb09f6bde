// Where the model cannot be run: the package's own answers to the questions that are asked most.
import type { Headline, Payload } from "../contract";
import { named, semicolons, t } from "../text";
import { changeInWords } from "./edit_words";
import { of100 } from "./numbers";
import { Table } from "./table";
import "./ready.css";

export function Ready({ payload }: { payload: Payload }) {
  if (payload.headlines.length === 0) return <p>{t("ready.nothing")}</p>;
  return (
    <section class="ready" aria-labelledby="ready-title">
      <h2 id="ready-title">{t("ready.title")}</h2>
      <p>{t("ready.about")}</p>
      <Table
        caption={t("ready.caption", { year: payload.headlines[0]?.answer.year ?? "" })}
        heads={["edits", "outcome", "fact", "edited"].map((head) => t(`ready.${head}`))}
        rows={payload.headlines.map((headline) => [
          changes(headline, payload),
          named(`outcome.${headline.outcome}`, headline.title),
          counted(headline.answer.fact),
          counted(headline.answer.edited),
        ])}
      />
    </section>
  );
}

function changes({ edits, question }: Headline, payload: Payload): string {
  const told = edits.map((edit) => changeInWords(edit, payload));
  if (told.every((words, k) => words !== edits[k])) return semicolons(told);
  const [own] = question.split("?"); // what only a file can add is told by the file's own question
  return `${own}?`;
}

function counted([middle, low, high]: [number, number, number]): string {
  return t("ready.counted", { n: of100(middle), low: of100(low), high: of100(high) });
}
