// About: the model in words and equations, every number with its source, and what no data can tell.
import type { Payload } from "../../contract";
import { percent } from "../../parts/numbers";
import type { Store } from "../../state/store";
import { named, recorded, t, wording } from "../../text";
import { ModelInWords } from "./model";
import { Numbers } from "./numbers";
import "./about.css";

export function About({ store }: { store: Store }) {
  const { payload } = store;
  return (
    <article class="about">
      <h2>{t("about.title")}</h2>
      <p class="about-lead">{t("about.lead")}</p>
      <p>{named(`scenario_description.${payload.scenario.name}`, payload.scenario.description)}</p>
      <nav class="about-contents" aria-label={t("about.contents")}>
        {["model", "data", "numbers", "fine"].map((part) => (
          <button key={part} type="button" onClick={() => goTo(part)}>
            {t(`about.heading.${part}`)}
          </button>
        ))}
      </nav>
      <section id="about-model" tabIndex={-1}>
        <h3>{t("about.heading.model")}</h3>
        <ModelInWords />
      </section>
      <section id="about-data" tabIndex={-1}>
        <h3>{t("about.heading.data")}</h3>
        <WhatDataTell payload={payload} />
      </section>
      <section id="about-numbers" tabIndex={-1}>
        <h3>{t("about.heading.numbers")}</h3>
        <Numbers store={store} />
      </section>
      <section id="about-fine" tabIndex={-1}>
        <h3>{t("about.heading.fine")}</h3>
        <Fine store={store} />
      </section>
    </article>
  );
}

/** The address is the question's, so parts are gone to without one. */
function goTo(part: string): void {
  const place = document.getElementById(`about-${part}`);
  place?.scrollIntoView();
  place?.focus({ preventScroll: true });
}

function WhatDataTell({ payload }: { payload: Payload }) {
  const { numbers, record } = payload;
  const told = numbers.flatMap((one) => (one.told === undefined ? [] : [one]));
  const byPrior = told.filter(({ told }) => told?.byPrior === true).length;
  return (
    <>
      <p>{t("about.data.outside", { title: wording().title })}</p>
      {told.length > 0 && record !== null ? (
        <>
          <p>
            {t("about.data.fitted", {
              acts: record.acts.length,
              record: record.edition,
              fitted: told.length,
              prior: byPrior,
              share: percent(byPrior / told.length),
            })}
          </p>
          <p>{t("about.data.prior")}</p>
        </>
      ) : (
        <p>{t("about.data.unfitted")}</p>
      )}
      <ul>
        {["coupling", "theory", "levels", "reporting"].map((one) => (
          <li key={one}>{t(`about.data.${one}`)}</li>
        ))}
      </ul>
      {record !== null && record.claims.length > 0 && <Claims payload={payload} />}
    </>
  );
}

function Claims({ payload }: { payload: Payload }) {
  const claims = payload.record?.claims ?? [];
  return (
    <details>
      <summary>{t("about.data.claims", { count: claims.length })}</summary>
      <p class="about-soft">{t("about.data.claims_help")}</p>
      <div class="about-scroll" tabIndex={0} role="region" aria-label={t("about.data.claim")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("about.data.claim")}</th>
              <th scope="col">{t("about.data.verdict")}</th>
            </tr>
          </thead>
          <tbody>
            {claims.map(({ id, text, verdict }) => (
              <tr key={id}>
                <th scope="row">
                  {id}: {recorded(text)}
                </th>
                <td>{t(`about.verdict.${verdict}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Fine({ store }: { store: Store }) {
  const { payload } = store;
  const { program, simd } = store.model.value ?? {};
  return (
    <dl class="about-fine">
      <dt>{t("about.fine.version")}</dt>
      <dd>
        alliance-sim {payload.program}; {payload.scenario.name}
        {payload.record !== null && `; ${payload.record.edition}`}
      </dd>
      <dt>{t("about.fine.digest")}</dt>
      <dd>
        <code>{payload.scenario.digest}</code>
      </dd>
      <dt>{t("about.fine.bits")}</dt>
      <dd>
        {program === undefined
          ? t(store.failed.value ? "page.cannot" : "page.starting")
          : t("page.bits", { program })}
        {simd !== undefined && ` (${t(simd ? "about.fine.simd" : "about.fine.scalar")})`}
      </dd>
      <dt>{t("about.fine.licence")}</dt>
      <dd>{t("about.fine.licences")}</dd>
      <dt>{t("about.fine.privacy")}</dt>
      <dd>{t("about.fine.private")}</dd>
    </dl>
  );
}
