"""Histories of the posterior in the page, and their twins: those of `twin_worlds`, bit for bit."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, SettingError, load_scenario, noise, simulate
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.counterfactual.couplings import (
    INDEPENDENT,
    QUANTILE,
    REDRAW_AFTER,
    THINNING,
)
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.lab import module
from alliance_sim.lab.carried_draws import carried_draws
from alliance_sim.lab.payload import KEPT
from alliance_sim.lab.terms import TERMS
from alliance_sim.results import Ensemble
from alliance_sim.results.outcomes import evaluate, parse_outcome
from alliance_sim.scenario.edit import edited
from alliance_sim.scenario.edit_texts import read_edits
from alliance_sim.scenario.theories import theory_of, with_theory
from alliance_sim.world.state import state_names
from tests.lab.headless import answer, needs_page
from tests.lab.shown import payload as plain_payload
from tests.lab.worlds import frame, needs_module

pytestmark = [pytest.mark.slow, needs_page, needs_module]

NAME = "japan_nato/baseline"
SEED, SETS = 2**40 + 3, 2
COUNTED = "max(count_institution>=2)@1990..2025"
OUTCOME = "sum(count_operations)@2001..2012>=20"
ACTS = "sum(count_political)@2014..2025>=48"
SCRIPT = """
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
const [engine, given] = process.argv.slice(2);
const { Bringing, Offered, channelNumber, oneRun, readEdits, readOutcome, statesOf } =
  await import(engine);
const { code, payload, asked, outcome, seed, runs, noise, one, counts = "quantile" } =
  JSON.parse(readFileSync(given, "utf8"));
const { frame, draws } = payload;
const module = new WebAssembly.Module(readFileSync(code));
const { record = null, inputs = [], filled = [] } = draws ?? {};
const offered = new Offered(payload.editable, payload.numbers, structuredClone(frame));
const { fold, problems } = readOutcome(outcome, statesOf(payload, frame));
if (problems.length > 0) throw new Error(problems.join("; "));
const bringing = new Bringing({ kind: "start", module, frame, record, inputs, filled });
for (const told of Object.values(draws?.theories ?? {})) bringing.take({ kind: "theory", told });
const sha = (array) => createHash("sha256")
  .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)).digest("hex");
const found = asked.map(({ theory, edits, parts, anew = null }) => {
  const read = readEdits(offered, edits, payload.scenario.name);
  if (read.problems.length > 0) throw new Error(read.problems.join("; "));
  const ask = { kind: "ask", id: 1, theory, base: payload.editable.theories[theory], noise, runs,
    seed: String(seed), changes: read.changes, fold, share: { mine: 0, of: 1 },
    factual: true, beside: false, anew };
  const every = bringing.parts(ask);
  const came = parts.map((k) => {
    const part = every.at(k);
    if (anew !== null) {
      const { factual, edited, anew: again } = bringing.redraw(ask, part, anew).outcome;
      return { numbers: [...part.numbers], factual: [...factual], edited: [...edited],
        anew: again && [...again], channel: anew.name && String(channelNumber(anew.name)) };
    }
    const twins = bringing.of(ask).twins(part, ask.changes);
    return { numbers: [...part.numbers], touched: twins.touched, factual: sha(twins.factual),
      edited: sha(twins.edited), outcome: [[...twins.outcome.factual], [...twins.outcome.edited]] };
  });
  if (one === undefined) return came;
  const run = oneRun(bringing, ask, { history: one, world: "edited", counts }, payload);
  const states = Object.entries(run.states).map(([name, path]) => [name, [...path]]);
  const terms = run.terms.map(({ values, ...what }) => ({ ...what, values: [...values] }));
  return { came, run: { ...run, states, terms, members: run.members.map(({ name }) => name) } };
});
console.log(JSON.stringify(found));
"""


@cache
def posterior(theory: str) -> PosteriorDraws:
    """The draws that ship, of a theory."""
    return posteriors_of("shipped", load_scenario(NAME), theory).main


@cache
def past(theory: str) -> Histories:
    """Its histories."""
    base = with_theory(load_scenario(NAME), theory_of(theory))
    return Histories.of_posterior(posterior(theory), base, uniforms=SETS, seed=SEED, threads=1)


@cache
def payload() -> dict[str, Any]:
    """What the page is about, with draws of two theories."""
    told = plain_payload(NAME, draws=False)
    draws = carried_draws(frame_of_page(), [posterior("RID"), posterior("RI")])
    return {**told, "draws": draws}


def frame_of_page() -> Any:
    """The frame that the page is given."""
    from alliance_sim.lab.frame import frame_of

    return frame_of(load_scenario(NAME), states=list(KEPT))


def in_page(tmp_path: Path, asked: list[dict[str, Any]], kind: str = "simd", **more: Any) -> Any:
    """Return what the page's engine comes to."""
    code = tmp_path / "engine.wasm"
    code.write_bytes(module.usable(kind))
    given = {"code": str(code), "payload": payload(), "asked": asked, "outcome": OUTCOME}
    usual = {"seed": SEED, "runs": SETS, "noise": "posterior"}
    return answer(SCRIPT, {**given, **usual, **more}, tmp_path)


def after(texts: list[str], theory: str) -> tuple[Scenario, Scenario]:
    """Return the factual and the edited scenario under a theory."""
    base = load_scenario(NAME)
    edits = [one for text in read_edits(base, texts) for one in text.edits]
    both = (base, edited(base, edits) if edits else base)
    one, other = (with_theory(world, theory_of(theory)) for world in both)
    return one, other


def digest(values: Any) -> str:
    """Return the digest of an array's bytes."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


EDITS = [
    ["without nine_eleven"],
    ["shift abe_second_government:+16"],
    ["council weighted_majority"],
    ["member germany:offset=-0.5"],
    ["set levels.pace=1.2"],
    ["shift isaf:+0:2010-06-30"],
    ["strength nine_eleven:0.5", "leader abe_second_government=koizumi"],
    ["without nine_eleven", "keep anti_terrorism_law", "motive leverage=on"],
    ["shift ukraine_2022:-8", "set council.diversity=0.3"],
    ["hold level_operations=0.1@2002Q2..2010", "hold agreements=2@1990"],
    ["hold level_operations=0.1@2003", "hold level_operations=0.9@2004"],
    ["hold rung=3@2009..2013", "hold hostility_terrorism=0.2@2001-09-11..2006", "without isaf"],
]


@pytest.mark.parametrize(("theory", "kind"), [("RID", "simd"), ("RI", "scalar")])
def test_twins_are_those_of_the_package_to_the_last_bit(
    theory: str, kind: str, tmp_path: Path
) -> None:
    parts = [0, -1]  # the first draws with the first uniforms, the last with the last
    asked = [{"theory": theory, "edits": texts, "parts": parts} for texts in EDITS]
    found = in_page(tmp_path, asked, kind)
    outcome = parse_outcome(
        OUTCOME, states=state_names(load_scenario(NAME)), calendar=load_scenario(NAME).calendar()
    )
    states = [*KEPT, outcome.state]
    changed = 0
    for texts, came in zip(EDITS, found, strict=True):
        base, world = after(texts, theory)
        twins = twin_worlds(base, world, past(theory), states=states)
        for part in came:
            numbers = np.array(part["numbers"])
            assert len(numbers) <= LANES
            assert part["touched"] >= (twins.touched or 0)
            for runs, name in ((twins.factual, "factual"), (twins.edited, "edited")):
                assert part[name] == digest(runs.values[numbers][..., : len(KEPT)]), (texts, name)
            both = [
                evaluate([outcome], runs.states, runs.values[numbers], runs.calendar)[:, 0]
                for runs in (twins.factual, twins.edited)
            ]
            assert part["outcome"] == [one.tolist() for one in both], texts
            changed += part["factual"] != part["edited"]
        assert min(part["touched"] for part in came) == twins.touched, texts
    assert changed > len(EDITS)


@pytest.mark.parametrize("coupling", [REDRAW_AFTER, INDEPENDENT])
@pytest.mark.parametrize(
    ("edit", "theory"),
    [
        ("without nine_eleven", "RI"),
        ("without abe_second_government", "RID"),
        ("hold level_political=0.2@2012..2020", "RI"),
    ],
)
def test_noise_is_drawn_anew_as_in_the_package(
    edit: str, theory: str, coupling: str, tmp_path: Path
) -> None:
    texts, told = [edit], "japan_nato/slow.state.political:v1"
    base, world = after(texts, theory)
    twins = twin_worlds(base, world, past(theory), outcomes=[ACTS])
    anew = {"coupling": coupling, "first": twins.touched, "name": told}
    asked = [{"theory": theory, "edits": texts, "parts": [0, 1, 0], "anew": anew}]
    [came] = in_page(tmp_path, asked, outcome=ACTS)
    outcome = parse_outcome(ACTS, states=state_names(base), calendar=base.calendar())
    wanted = twin_worlds(base, world, past(theory), outcomes=[ACTS], coupling=coupling)
    again = twin_worlds(
        *(base, base, past(theory)),
        outcomes=[ACTS],
        coupling=coupling,
        anew_from=twins.touched,
    )

    def outcomes(runs: Ensemble) -> Any:
        return evaluate([outcome], runs.states, runs.values, runs.calendar)[:, 0]

    for part in came:
        numbers = part["numbers"]
        assert part["factual"] == outcomes(wanted.factual)[numbers].tolist()
        assert part["edited"] == outcomes(wanted.edited)[numbers].tolist()
        if coupling == INDEPENDENT:
            assert part["anew"] == outcomes(again.edited)[numbers].tolist()
        else:
            assert part["anew"] is None
        assert part["channel"] == str(noise.channel(told))
    assert (outcomes(wanted.edited) != outcomes(twins.edited)).any()


THINNED = [
    ["without nine_eleven"],
    ["hold level_operations=0.1@2002Q2..2010"],
    ["set levels.pace=1.2", "strength nine_eleven:1.2"],
    ["set observation.counting.political.size=1.5"],  # nothing to thin where the size differs
]


@pytest.mark.parametrize(("theory", "kind"), [("RI", "simd"), ("RID", "scalar")])
def test_counts_are_thinned_as_in_the_package(theory: str, kind: str, tmp_path: Path) -> None:
    anew, parts = {"coupling": THINNING, "first": 0}, [0, -1]
    edits = THINNED[:2] if theory == "RID" else THINNED
    asked = [{"theory": theory, "edits": one, "parts": parts, "anew": anew} for one in edits]
    base = load_scenario(NAME)
    texts = (OUTCOME, ACTS, COUNTED)
    outcomes = [
        parse_outcome(text, states=state_names(base), calendar=base.calendar()) for text in texts
    ]
    states = [outcome.state for outcome in outcomes]
    found = [in_page(tmp_path, asked, kind, outcome=text) for text in texts]
    differ = 0
    for place, these in enumerate(edits):
        worlds = after(these, theory)
        usual, thin = (
            twin_worlds(*worlds, past(theory), states=states, coupling=coupling)
            for coupling in (QUANTILE, THINNING)
        )
        fact, twins, wanted = (
            evaluate(outcomes, runs.states, runs.values, runs.calendar)
            for runs in (thin.factual, usual.edited, thin.edited)
        )
        differ += (wanted != twins).any(axis=0).sum()
        for k, came in enumerate(found):
            for part in came[place]:
                numbers = part["numbers"]
                assert part["factual"] == fact[numbers, k].tolist()
                assert part["edited"] == wanted[numbers, k].tolist(), (these, texts[k])
                assert part["anew"] is None
    assert differ > len(edits)


KEEPING = """
import { readFileSync } from "node:fs";
const [engine, given] = process.argv.slice(2);
const { Bringing, readOutcome, statesOf } = await import(engine);
const { code, payload, outcome } = JSON.parse(readFileSync(given, "utf8"));
const { frame, draws } = payload;
const { fold } = readOutcome(outcome, statesOf(payload, frame));
const module = new WebAssembly.Module(readFileSync(code));
const bringing = new Bringing({ kind: "start", module, frame, ...draws });
for (const told of Object.values(draws.theories)) bringing.take({ kind: "theory", told });
const of = (theory, noise, beside) => bringing.of({ theory, noise, beside, fold, seed: "1",
  base: payload.editable.theories[theory] });
const shown = of("RI", "posterior", false);
const other = of("RID", "posterior", true);
of("RID", "fresh", true);
of("RI", "fresh", true);
const stays = of("RI", "posterior", false) === shown;
const forgotten = of("RID", "posterior", true) !== other;
console.log(JSON.stringify({ stays, forgotten }));
"""


def test_histories_that_are_shown_stay_whatever_is_asked_beside_them(tmp_path: Path) -> None:
    code = tmp_path / "engine.wasm"
    code.write_bytes(module.usable("simd"))
    given = {"code": str(code), "payload": payload(), "outcome": OUTCOME}
    assert answer(KEEPING, given, tmp_path) == {"stays": True, "forgotten": True}


@pytest.mark.parametrize("edit", ["without nine_eleven", "hold rung=2@2001..2005"])
def test_pairs_with_fresh_noise_are_runs_of_the_package(edit: str, tmp_path: Path) -> None:
    texts, runs = [edit], 130
    asked = [{"theory": "RI", "edits": texts, "parts": [0, 1, 2]}]
    [came] = in_page(tmp_path, asked, noise="fresh", runs=runs, seed=7)
    base, world = after(texts, "RI")
    for name, scenario in (("factual", base), ("edited", world)):
        wanted = simulate(scenario, runs=runs, seed=7, posterior=posterior("RI"))
        columns = [wanted.states.index(state) for state in KEPT]
        values = wanted.values[..., columns]
        for part in came:
            assert part[name] == digest(values[part["numbers"]])


def test_one_history_is_told_whole(tmp_path: Path) -> None:
    texts, history = ["without nine_eleven"], 65
    asked = [{"theory": "RI", "edits": texts, "parts": []}]
    [told] = in_page(tmp_path, asked, one=history)
    base, world = after(texts, "RI")
    every = list(state_names(base))
    twins = twin_worlds(base, world, past("RI"), states=every)
    run = told["run"]
    assert [name for name, _ in run["states"]] == every
    values = np.array([path for _, path in run["states"]]).T
    assert values.tobytes() == twins.edited.values[history].tobytes()
    state = base.partners.state
    ratio = dict(run["states"])[f"ratio_{state}"]
    mine = [
        one["values"]
        for one in run["terms"]
        if (one["side"], one["domain"]) == ("state", "political")
    ]
    assert len(mine) == len(TERMS)
    assert np.allclose(np.sum(mine, axis=0)[1:], ratio[1:], rtol=0.0, atol=1e-12)
    assert [one["term"] for one in run["terms"][: len(TERMS)]] == list(TERMS)
    assert run["members"] == sorted(member.name for member in base.members)
    refused = sum(
        values[:, every.index(name)].sum() for name in every if name.startswith("refused_")
    )
    assert sum(len(one["members"]) for one in run["refusals"]) == refused
    assert run["events"]


@pytest.mark.parametrize("edit", ["without nine_eleven", "hold level_operations=0.1@2002..2010"])
def test_one_history_is_told_with_its_counts_thinned(edit: str, tmp_path: Path) -> None:
    texts, history = [edit], 65
    asked = [{"theory": "RI", "edits": texts, "parts": []}]
    [told] = in_page(tmp_path, asked, one=history, counts=THINNING)
    base, world = after(texts, "RI")
    every = list(state_names(base))
    twins = twin_worlds(base, world, past("RI"), states=every, coupling=THINNING)
    usual = twin_worlds(base, world, past("RI"), states=every)
    assert (twins.edited.values[history] != usual.edited.values[history]).any()
    found = np.array([path for _, path in told["run"]["states"]]).T
    assert found.tobytes() == twins.edited.values[history].tobytes()
    alone = replace(
        twins.edited, values=twins.edited.values[[history]], first_run=history, status=("ok",)
    )
    wanted = chronology(alone, world)
    days = [str(when.date()) for when in wanted["date"]]
    assert [one["day"] for one in told["run"]["events"]] == days
    series = [one["series"] for one in told["run"]["events"]]
    assert series == wanted["domain"].tolist()


def test_draws_that_end_before_the_scenario_does_are_not_for_the_page() -> None:
    whole = posterior("RI")
    early = PosteriorDraws(replace(whole.held, until=2010), whole.prior)
    with pytest.raises(
        SettingError, match="know the record to 2010, and the scenario runs to 2025"
    ):
        carried_draws(frame(NAME), [early])
    with pytest.raises(SettingError, match="no draws are given"):
        carried_draws(frame(NAME), [])


def test_what_is_carried_is_plain_json_and_small() -> None:
    text = json.dumps(payload()["draws"], allow_nan=False)
    assert len(text) < 12_000 * (300 + 60)  # a draw takes ten kilobytes, noise and numbers
