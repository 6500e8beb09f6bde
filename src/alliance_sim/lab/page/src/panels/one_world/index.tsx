// One history, quarter by quarter: who stands where, what is done, and why.
import type { FunctionComponent } from "preact";
import { useMemo } from "preact/hooks";
import type { CodedPlace, Model, OneRun, Payload } from "../../contract";
import { isFormal, rungTitle, seriesName } from "../../parts/acts";
import { asCoded, codedPlaces, placesOf } from "../../parts/coded";
import { ChooseHistory, outcomeText, useRun, type World } from "../../parts/histories";
import { decimal, MISSING } from "../../parts/numbers";
import { Press } from "../../parts/press";
import { DataTable } from "../../parts/table";
import type { Store } from "../../state/store";
import { timeOf } from "../../state/time";
import { Waiting } from "../../parts/waiting";
import { commas, language, t, wording } from "../../text";
import { DOMAINS } from "./blocks";
import { Chronicle } from "./chronicle";
import { momentOf, Network, type Moment } from "./network";
import { Terms } from "./terms";
import { firstStep, nextStep, quarterText, usePlaying, walkOf, type Walk } from "./walk";
import "./one_world.css";

export const OneWorld: FunctionComponent<{ store: Store }> = ({ store }) => {
  const walk = walkOf(store);
  const asked = useRun(store, walk.world.value);
  const factual = useRun(store, "factual"); // which says which acts of both worlds were coded
  const places = placesOf(store);
  const run = useMemo(
    () => (asked.of === factual.of ? ofRecord(asked.run, factual.run, places) : null),
    [asked, factual, places],
  );
  const { problem } = asked;
  const model = store.model.value;
  usePlaying(walk, run, (model?.steps ?? 1) - 1);
  return (
    <div class="one-world">
      <h2>{t("one_world.heading")}</h2>
      <p>{t("one_world.intro")}</p>
      <div class="one-world-choice">
        <ChooseHistory store={store} />
        <ChooseWorld walk={walk} />
      </div>
      <p>{outcomeText(store)}</p>
      {problem !== null && <p role="alert">{t("one_world.cannot", { problem })}</p>}
      {run === null || model === null ? (
        problem === null && <Waiting store={store}>{t("one_world.waiting")}</Waiting>
      ) : (
        <Shown run={run} model={model} walk={walk} store={store} />
      )}
    </div>
  );
};

/** Return a run with its acts as they were coded, where its history as it was comes to the record. */
function ofRecord(
  run: OneRun | null,
  factual: OneRun | null,
  places: readonly CodedPlace[] | null,
): OneRun | null {
  if (run === null || factual === null) return null;
  if (places === null) return run;
  return { ...run, events: asCoded(run.events, codedPlaces(factual.events, places)) };
}

function ChooseWorld({ walk }: { walk: Walk }) {
  const worlds: World[] = ["factual", "edited"];
  return (
    <div class="one-world-worlds" role="group" aria-label={t("one_world.world")}>
      {worlds.map((world) => (
        <button
          key={world}
          type="button"
          aria-pressed={walk.world.value === world}
          onClick={() => (walk.world.value = world)}
        >
          {t(`one_world.${world}`)}
        </button>
      ))}
    </div>
  );
}

interface ShownProps {
  run: OneRun;
  model: Model;
  walk: Walk;
  store: Store;
}

function Shown({ run, model, walk, store }: ShownProps) {
  const { payload } = store;
  const step = Math.min(walk.step.value ?? firstStep(run), model.steps - 1);
  const moment = momentOf(run, step, payload);
  const rung = run.states["rung"]?.[step] ?? 0;
  const quarter = quarterText(model, step, language.value);
  const summary = summaryOf(moment, rung, quarter, payload);
  return (
    <>
      <Steps run={run} model={model} walk={walk} store={store} step={step} />
      <p class="one-world-summary" aria-live={walk.playing.value ? "off" : "polite"}>
        {summary}
      </p>
      <div class="one-world-both">
        <section class="one-world-picture" aria-labelledby="one-world-network">
          <h3 id="one-world-network">{t("one_world.network")}</h3>
          <Network moment={moment} label={summary} />
          <p class="one-world-note">{t("one_world.legend")}</p>
          <MomentTable moment={moment} quarter={quarter} />
        </section>
        <Chronicle run={run} step={step} store={store} />
      </div>
      <Terms run={run} step={step} payload={payload} model={model} />
      <p class="one-world-note">
        {t("one_world.which", {
          history: run.history + 1,
          world: t(`one_world.${run.world}`),
        })}
      </p>
    </>
  );
}

function Steps({ run, model, walk, store, step }: ShownProps & { step: number }) {
  const [from, until] = timeOf(store.payload);
  const go = (to: number | null) => {
    walk.playing.value = false;
    if (to !== null) walk.step.value = to;
  };
  const jump = (way: 1 | -1, formal: boolean) =>
    nextStep(run, step, way, formal ? isFormal : () => true);
  const button = (key: string, to: number | null) => (
    <Press can={to !== null} aria-label={t(`one_world.go.${key}`)} onPress={() => go(to)}>
      {t(`one_world.${key}`)}
    </Press>
  );
  const quarter = quarterText(model, step, language.value);
  return (
    <div role="group" aria-label={t("one_world.time")}>
      <div class="one-world-steps">
        <label class="one-world-slider">
          <span>
            {t("one_world.quarter")} <b>{quarter}</b>
            <small>{t("one_world.years", { from, until })}</small>
          </span>
          <input
            type="range"
            min={0}
            max={model.steps - 1}
            step={1}
            value={step}
            aria-valuetext={quarter}
            onInput={(event) => go(Number(event.currentTarget.value))}
          />
        </label>
        <Press
          class="main"
          aria-pressed={walk.playing.value}
          can={step < model.steps - 1}
          onPress={() => (walk.playing.value = !walk.playing.value)}
        >
          {t(walk.playing.value ? "one_world.pause" : "one_world.play")}
        </Press>
      </div>
      <div class="one-world-jumps">
        {button("back", step > 0 ? step - 1 : null)}
        {button("on", step < model.steps - 1 ? step + 1 : null)}
        {button("act_before", jump(-1, false))}
        {button("act_next", jump(1, false))}
        {button("decision_before", jump(-1, true))}
        {button("decision_next", jump(1, true))}
      </div>
    </div>
  );
}

function summaryOf(moment: Moment, rung: number, quarter: string, payload: Payload): string {
  const most = (side: "state" | "alliance") =>
    moment.threats.reduce((one, other) => (other[side] > one[side] ? other : one)).title;
  const levels = DOMAINS.map(
    (domain) => `${seriesName(domain)} ${decimal(moment.levels[domain], "1", 2)}`,
  );
  return t("one_world.summary", {
    quarter,
    levels: commas(levels),
    step: rungTitle(rung, payload),
    state: wording().state,
    alliance: wording().alliance,
    state_fears: moment.threats.length === 0 ? MISSING : most("state"),
    alliance_fears: moment.threats.length === 0 ? MISSING : most("alliance"),
  });
}

function MomentTable({ moment, quarter }: { moment: Moment; quarter: string }) {
  const share = (value: number) => decimal(value, "1", 2);
  const answer = (refuses: boolean) => (refuses ? t("one_world.refuses") : MISSING);
  const rows = () => ({
    caption: t("one_world.table_of", { quarter }),
    heads: [
      t("one_world.head.what"),
      t("one_world.head.value"),
      t("one_world.head.state", { who: wording().state }),
      t("one_world.head.alliance", { who: wording().alliance }),
      t("one_world.head.answer"),
    ],
    rows: [
      ...DOMAINS.map((domain) => [
        t("one_world.row.level", { domain: seriesName(domain) }),
        ...[share(moment.levels[domain]), MISSING, MISSING, MISSING],
      ]),
      ...moment.threats.map((threat) => [
        t("one_world.row.threat", { title: threat.title }),
        ...[share(threat.hostility), share(threat.state), share(threat.alliance), MISSING],
      ]),
      [
        t("one_world.row.member", { title: wording().state }),
        ...[share(moment.stateWants), MISSING, MISSING, answer(moment.stateRefuses)],
      ],
      ...moment.members.map((member) => [
        t("one_world.row.member", { title: member.title }),
        ...[member.weight > 0 ? share(member.wants) : t("one_world.not_in"), MISSING, MISSING],
        answer(member.refuses),
      ]),
    ],
  });
  return <DataTable title={t("one_world.table")} rows={rows} />;
}
