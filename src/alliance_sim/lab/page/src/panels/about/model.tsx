// The model part by part: plain words first, and the equations for whoever wants them.
import { useState } from "preact/hooks";
import { language, said, t, wording } from "../../text";
import told from "./equations.json";

const PARTS = [
  "threats",
  "perception",
  "willingness",
  "levels",
  "assets",
  "law",
  "council",
  "ladder",
  "agreements",
  "events",
] as const;

export function ModelInWords() {
  const { state, alliance } = wording();
  return (
    <>
      <p>{t("about.model.quarter")}</p>
      <ol class="about-parts">
        {PARTS.map((part, place) => (
          <li key={part}>
            <h4>{t(`about.part.${part}.title`)}</h4>
            <p>{t(`about.part.${part}.words`, { state, alliance })}</p>
            <Equations number={place + 1} />
          </li>
        ))}
      </ol>
      <p class="about-soft">{t("about.model.letters", { state, alliance })}</p>
    </>
  );
}

function Equations({ number }: { number: number }) {
  const [open, setOpen] = useState(false);
  const found = (told.parts as Record<string, string>)[String(number)];
  if (found === undefined) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("about.model.equations")}</summary>
      {open && (
        <div
          class="about-equations"
          tabIndex={0}
          role="math"
          aria-label={t("about.model.equations_of", { number })}
          dangerouslySetInnerHTML={{ __html: worded(found) }} // made by docs/equations.py
        />
      )}
    </details>
  );
}

/** Return equations with the words in them in the reader's language. */
function worded(equations: string): string {
  return equations.replace(/(<mtext[^>]*>)([^<]*)(<\/mtext>)/g, (whole, begin, words, end) => {
    const key = `about.equation.${keyOf(words)}`;
    const told = said(language.value, key);
    return told === undefined || language.value === "en" ? whole : begin + told + end;
  });
}

/** Return by which key words in an equation are known. */
export function keyOf(words: string): string {
  const plain = words.replaceAll(/&[^;]*;/g, " ").toLowerCase();
  return plain.replaceAll(/[^a-z]+/g, "_").replaceAll(/^_|_$/g, "");
}

/** The symbol that a number has in the equations; nothing if it has none. */
export function Symbol({ path }: { path: string }) {
  const found = (told.symbols as Record<string, string>)[path];
  if (found === undefined) return null;
  return <span class="about-symbol" dangerouslySetInnerHTML={{ __html: found }} />;
}
