// Guess the real one: three chronologies, one is the record. What gives the others away is told after.
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useNextFocus } from "../../parts/focus";
import { Messages } from "../../parts/messages";
import { kindName, SERIES, seriesName, seriesTitle } from "../../parts/acts";
import { fixed, MISSING } from "../../parts/numbers";
import type { Payload } from "../../contract";
import type { Store } from "../../state/store";
import { commas, t } from "../../text";
import { byYear, featuresOf, recordTold, stretchesOf, tracesOf, yearsBetween } from "./chronology";
import type { Told, Years } from "./chronology";
import { deal, gameOf, guessed, hindrance, SIMULATED, type Game, type Round } from "./rounds";
import "./guess.css";

const LETTERS = ["A", "B", "C"];
const SURE = [1 / 3, 0.6, 0.9];

export function GuessPanel({ store }: { store: Store }) {
  const none = hindrance(store.payload);
  const game = gameOf(store);
  const { model } = store;
  const stretches = stretchesOf(recordTold(store.payload) ?? [], store.payload).length;
  const title = useRef<HTMLHeadingElement>(null);
  const again = () => {
    title.current?.focus();
    void deal(store, game);
  };
  useEffect(() => {
    if (none === null && model.value !== null && game.round.value === null) void deal(store, game);
  }, [model.value]);
  return (
    <article class="guess">
      <h2 ref={title} tabIndex={-1}>
        {t("guess.title")}
      </h2>
      {none !== null ? (
        <p>{t(`guess.none.${none}`)}</p>
      ) : (
        <>
          <p>
            {t("guess.intro")} {stretches > 1 && t("guess.rounds", { n: stretches })}
          </p>
          <Shown store={store} game={game} again={again} />
          <Score game={game} />
        </>
      )}
    </article>
  );
}

interface ShownProps {
  store: Store;
  game: Game;
  /** Deals another round. */
  again: () => void;
}

function Shown({ store, game, again }: ShownProps) {
  const { round, problem } = game;
  if (problem.value !== null)
    return (
      <div role="alert">
        <Messages told={[problem.value]} />
      </div>
    );
  if (round.value === null) {
    return <p role="status">{t(store.failed.value ? "page.cannot" : "guess.dealing")}</p>;
  }
  return <Play store={store} game={game} round={round.value} again={again} />;
}

function Play({ store, game, round, again }: ShownProps & { round: Round }) {
  const told = useNextFocus<HTMLHeadingElement>();
  const chosen = useSignal<number | null>(null);
  const sure = useSignal(SURE[1] ?? 0);
  const guess = game.guess.value;
  const done = guess !== null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.value === null || done) return;
        guessed(game, chosen.value, sure.value);
        told.go();
      }}
    >
      <fieldset class="guess-cards" disabled={done}>
        <legend>{t("guess.which", { from: round.years[0], until: round.years[1] })}</legend>
        {round.shown.map((acts, place) => (
          <Card
            key={place}
            acts={acts}
            place={place}
            years={round.years}
            payload={store.payload}
            real={done ? place === round.real : null}
            chosen={(guess?.chosen ?? chosen.value) === place}
            choose={() => (chosen.value = place)}
          />
        ))}
      </fieldset>
      {!done && (
        <fieldset class="guess-sure">
          <legend>{t("guess.how_sure")}</legend>
          {SURE.map((value, place) => (
            <label key={value}>
              <input
                type="radio"
                name="guess-sure"
                checked={sure.value === value}
                onChange={() => (sure.value = value)}
              />
              {t(`guess.sure.${place}`)}
            </label>
          ))}
          <button type="submit" class="main" disabled={chosen.value === null}>
            {t("guess.answer")}
          </button>
          {chosen.value === null && <p class="guess-soft">{t("guess.first")}</p>}
        </fieldset>
      )}
      <div aria-live="polite">
        {done && <Revealed game={game} round={round} again={again} head={told.place} />}
      </div>
    </form>
  );
}

function Card(of: {
  acts: Told[];
  place: number;
  years: Years;
  payload: Payload;
  real: boolean | null;
  chosen: boolean;
  choose: () => void;
}) {
  const { acts, place, years, payload, real, chosen } = of;
  const letter = LETTERS[place] ?? "";
  const is = real === null ? "" : t(real ? "guess.real" : "guess.made");
  return (
    <div class={`guess-card ${real === true ? "real" : ""} ${chosen ? "chosen" : ""}`}>
      <label class="guess-name">
        <input type="radio" name="guess-history" checked={chosen} onChange={of.choose} />
        <span>
          {t("guess.history", { letter })} {is !== "" && <strong>{is}</strong>}
        </span>
      </label>
      <Strip acts={acts} years={years} label={summaryOf(acts, years, letter)} />
      <p class="guess-soft">{summaryOf(acts, years, letter)}</p>
      <details>
        <summary>{t("guess.all", { n: acts.length })}</summary>
        <ol class="guess-years" tabIndex={0} aria-label={t("guess.all", { n: acts.length })}>
          {byYear(acts).map(({ year, kinds }) => (
            <li key={year}>
              <b>{year}</b>{" "}
              {kinds
                .map(([{ series, kind }, many]) => {
                  const name = `${seriesName(series)}: ${kindName(series, kind, payload)}`;
                  return many === 1 ? name : t("guess.times", { name, many });
                })
                .join(t("guess.between"))}
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}

function summaryOf(acts: Told[], years: Years, letter: string): string {
  const features = featuresOf(acts, years);
  return t("guess.summary", {
    letter,
    total: acts.length,
    each: commas(SERIES.map((series) => `${seriesName(series)} ${features[series]}`)),
    first: features.first ?? MISSING,
    busiest: features.busiest ?? 0,
  });
}

const [WIDE, ROW, MARK] = [600, 16, 3];
const FEW = 7; // years

/** Acts as marks along the years, a row for each domain; weightier ones are taller. */
function Strip({ acts, years: span, label }: { acts: Told[]; years: Years; label: string }) {
  const [first, last] = span;
  const at = (date: number) => ((date - first) / (last + 1 - first)) * (WIDE - MARK);
  const high = ROW * SERIES.length;
  const years = yearsBetween(first, last);
  const few = last - first < FEW; // then there is room for the last where it begins
  const begins = few ? [...years, last] : years;
  return (
    <div class="guess-strip">
      <ul class="guess-rows" aria-hidden="true">
        {SERIES.map((series) => (
          <li key={series}>{seriesTitle(series)}</li>
        ))}
      </ul>
      <div>
        <svg
          viewBox={`0 0 ${WIDE} ${high}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
        >
          {SERIES.map((series, row) => (
            <line key={series} x2={WIDE} y1={(row + 1) * ROW} y2={(row + 1) * ROW} />
          ))}
          {begins.map((year) => (
            <line key={year} class="year" x1={at(year)} x2={at(year)} y2={high} />
          ))}
          {acts.map(({ date, series, salience }, place) => {
            const tall = salience > 2 ? ROW - 2 : ROW - 7;
            const y = (SERIES.indexOf(series) + 1) * ROW - tall;
            return (
              <rect key={place} class={series} x={at(date)} y={y} width={MARK} height={tall} />
            );
          })}
        </svg>
        <p class="guess-axis" aria-hidden="true">
          {[first, ...begins].map((year) => (
            <span key={year} style={{ left: `${(at(year) / WIDE) * 100}%` }}>
              {year}
            </span>
          ))}
          {!few && <span class="end">{last}</span>}
        </p>
      </div>
    </div>
  );
}

interface RevealedProps extends Pick<ShownProps, "game" | "again"> {
  round: Round;
  head: RefObject<HTMLHeadingElement | null>;
}

function Revealed({ game, round, again, head }: RevealedProps) {
  const guess = game.guess.value;
  const traces = tracesOf(
    featuresOf(round.shown[round.real] ?? [], round.years),
    round.simulated.map((acts) => featuresOf(acts, round.years)),
  );
  const outside = traces.filter((trace) => trace.outside);
  return (
    <section class="guess-revealed">
      <h3 ref={head} tabIndex={-1}>
        {t(guess?.right === true ? "guess.right" : "guess.wrong", {
          letter: LETTERS[round.real] ?? "",
        })}
      </h3>
      <p>{t(outside.length > 0 ? "guess.away" : "guess.nothing_away", { many: SIMULATED })}</p>
      <div class="guess-scroll" tabIndex={0} role="region" aria-label={t("guess.compared")}>
        <table>
          <caption class="unseen">{t("guess.compared")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("guess.what")}</th>
              <th scope="col">{t("guess.in_record")}</th>
              <th scope="col">{t("guess.in_simulated", { many: SIMULATED })}</th>
              <th scope="col">{t("guess.tells")}</th>
            </tr>
          </thead>
          <tbody>
            {traces.map(({ feature, record, low, high, outside }) => (
              <tr key={feature} class={outside ? "outside" : ""}>
                <th scope="row">{featureName(feature)}</th>
                <td>{record}</td>
                <td>{low === high ? low : t("guess.span", { low, high })}</td>
                <td>{outside ? t("guess.yes") : t("guess.no")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>{t("guess.means")}</p>
      {!round.more && <p>{t("guess.repeats")}</p>}
      <button type="button" class="main" onClick={again}>
        {t("guess.again")}
      </button>
    </section>
  );
}

function featureName(feature: string): string {
  const series = SERIES.find((one) => one === feature);
  return series === undefined
    ? t(`guess.feature.${feature}`)
    : t("guess.feature.of", { series: seriesName(series) });
}

function Score({ game }: { game: Game }) {
  const past = game.past.value;
  if (past.length === 0) return null;
  const mean = past.reduce((so_far, { brier }) => so_far + brier, 0) / past.length;
  return (
    <section class="guess-score">
      <h3>{t("guess.score.title")}</h3>
      <p>
        {t("guess.score.told", {
          right: past.filter(({ right }) => right).length,
          many: past.length,
          mean: fixed(mean, 2),
        })}
      </p>
      <p class="guess-soft">{t("guess.score.help")}</p>
    </section>
  );
}
