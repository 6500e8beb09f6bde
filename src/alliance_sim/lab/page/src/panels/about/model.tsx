// The model part by part: plain words first, and the equations for whoever wants them.
import { useState } from "preact/hooks";
import { t, wording } from "../../text";
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
          dangerouslySetInnerHTML={{ __html: found }} // written with the sources, by docs/equations.py
        />
      )}
    </details>
  );
}

/** The symbol that a number has in the equations; nothing if it has none. */
export function Symbol({ path }: { path: string }) {
  const found = (told.symbols as Record<string, string>)[path];
  if (found === undefined) return null;
  return <span class="about-symbol" dangerouslySetInnerHTML={{ __html: found }} />;
}
