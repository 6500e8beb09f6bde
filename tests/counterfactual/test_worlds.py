"""Twin worlds: the record in one, the edit in the other, the same noise in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim import Kernel, Scenario, SettingError, load_scenario, noise_of_seed, simulate
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.calibration.target import prior_of, target_of
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.engine.kernel.layout import rows_of
from alliance_sim.scenario import shipped
from alliance_sim.scenario.fields import SERIES
from alliance_sim.world import build_world
from alliance_sim.world.state import state_names

ISLANDS, NO_RAID = load_scenario("two_islands/baseline"), load_scenario("two_islands/no_raid")
HISTORY = load_scenario("japan_nato/baseline")
WHAT_IFS = [name for name in shipped() if name.startswith("japan_nato/") and name.count("/") == 1]
WHAT_IFS = [name for name in WHAT_IFS if load_scenario(name).edits]
COUNTS = [f"count_{name}" for name in SERIES]
TRUTH = {"seed": 2026, "first_run": 3}  # of record/truth.toml of two islands


def some_draws(
    scenario: Scenario, count: int, *, until: int | None = None, seed: int = 1
) -> PosteriorDraws:
    """Return draws from near the middle of the prior: as good as others to twins."""
    target = target_of(prior_of(scenario), until=until)
    rng = np.random.default_rng(seed)
    unknowns = 0.3 * rng.standard_normal((count, target.dimension))
    return PosteriorDraws.made(target, unknowns, seed=seed, command="none: made for a test")


def shipped_draws_until(year: int) -> PosteriorDraws:
    """Return draws that ship with what they say of later years left out."""
    whole = shipped_posterior(HISTORY)
    assert whole is not None
    target = target_of(prior_of(HISTORY), until=year)
    parameters = whole.prior.inverse_transform(whole.held.parameters)
    noise = whole.held.normals(slice(0, len(whole)))[: target.layout.steps]
    unknowns = np.concatenate([parameters, noise.reshape(-1, len(whole)).T], axis=1)
    return PosteriorDraws.made(target, unknowns, seed=1, command="none: made for a test")


@pytest.fixture(scope="module")
def islands(islands_posterior: PosteriorDraws) -> Histories:
    return Histories.of_posterior(islands_posterior, ISLANDS, uniforms=2, seed=4, threads=1)


@pytest.fixture(scope="module")
def history() -> Histories:
    return Histories.of_posterior(some_draws(HISTORY, 6), HISTORY, seed=4, threads=1)


def same(one: Any, other: Any) -> bool:
    return bool(np.array_equal(one.values, other.values))


def test_histories_come_to_every_act_of_the_record(
    islands: Histories, islands_posterior: PosteriorDraws
) -> None:
    seen = target_of(islands_posterior.prior).observed
    factual = twin_worlds(ISLANDS, NO_RAID, islands, states=state_names(ISLANDS)).factual
    assert factual.runs == 128
    assert (factual.column("rung") == seen.rung).all()
    signed = np.diff(factual.column("agreements"), axis=1, prepend=0.0)
    for row in signed:
        assert np.flatnonzero(row).tolist() == list(seen.agreements or ())
    refused = factual.block([name for name in factual.states if name.startswith("refused_")])
    blocked = factual.column("blocked") > 0.0
    assert blocked[:, list(seen.blocked)].all()
    assert refused[:, list(seen.blocked)].any(axis=-1).all()
    for name, passed in seen.items.items():
        assert (factual.column(f"passed_{name}")[:, -1] == float(passed)).all()
    counts = factual.block(COUNTS)[:, seen.first :]
    assert (counts >= seen.counts[seen.first :]).all()
    assert (counts > seen.counts[seen.first :]).any()  # and to some that nobody wrote down


def test_histories_of_draws_that_know_the_record_to_a_year_come_to_it_until_then() -> None:
    draws = shipped_draws_until(2014)
    past = Histories.of_posterior(draws, HISTORY, uniforms=1, seed=5, threads=1)
    seen = target_of(draws.prior, until=2014).observed
    rung = past.run(["rung"])[:, :, 0]
    known = len(seen.rung)
    assert (rung[:, :known] == seen.rung).all()
    assert (rung[:, known:] != rung[0, known:]).any()  # what comes later is drawn
    twins = twin_worlds(HISTORY, load_scenario("japan_nato/no_nine_eleven"), past, states=["rung"])
    assert same(twins.factual, twin_worlds(HISTORY, HISTORY, past, states=["rung"]).edited)
    assert twins.touched_on is not None
    assert twins.touched_on.year == 2001


def test_capability_of_a_history_known_to_a_year_stands_beside_the_years_known() -> None:
    draws = some_draws(HISTORY, 2, until=1991)
    past = Histories.of_posterior(draws, HISTORY, threads=1)
    known = past.vectors.ready.world
    column = rows_of(past.vectors.ready.frame.shape).given_capability_state
    short = target_of(draws.prior, until=1991).room.vectors.ready
    there = short.world.table[:, rows_of(short.frame.shape).given_capability_state]
    assert np.array_equal(known.table[: len(there), column], there)
    whole = build_world(HISTORY).table[:, column]
    assert not np.array_equal(whole[: len(there)], there)
    moves = np.diff(known.table[:, column])
    assert np.allclose(moves, np.diff(whole), atol=1e-15)


def test_nothing_differs_before_the_first_quarter_touched(islands: Histories) -> None:
    twins = twin_worlds(ISLANDS, NO_RAID, islands, states=state_names(ISLANDS))
    assert twins.touched is not None
    assert twins.touched_on is not None
    assert twins.touched_on.year == 2004
    mine, its = twins.factual.values, twins.edited.values
    assert np.array_equal(mine[:, : twins.touched], its[:, : twins.touched])
    assert not np.array_equal(mine[:, twins.touched], its[:, twins.touched])
    assert (twins.effect("level_operations")[:, -1] != 0.0).mean() > 0.9


@pytest.mark.parametrize("name", WHAT_IFS)
def test_a_world_that_begins_where_it_is_touched_is_the_one_run_from_the_beginning(
    name: str, history: Histories
) -> None:
    edited = load_scenario(name)
    states = [s for s in state_names(HISTORY) if s in state_names(edited)]
    late = twin_worlds(HISTORY, edited, history, states=states)
    whole = twin_worlds(HISTORY, edited, history, states=states, start=0)
    assert late.touched is not None
    assert same(late.edited, whole.edited)
    assert not same(late.edited, late.factual)
    if late.touched > 1:
        between = twin_worlds(HISTORY, edited, history, states=states, start=late.touched // 2)
        assert same(late.edited, between.edited)


def test_with_noise_and_parameters_known_a_twin_differs_as_two_engine_runs_do() -> None:
    noise = noise_of_seed(ISLANDS, runs=1, **TRUTH)
    states = state_names(ISLANDS)
    twins = twin_worlds(ISLANDS, NO_RAID, Histories.of_noise(ISLANDS, noise), states=states)
    mine, its = (
        simulate(scenario, runs=1, seed=0, engine=Kernel(threads=1, noise=noise))
        for scenario in (ISLANDS, NO_RAID)
    )
    assert same(twins.factual, mine)
    assert same(twins.edited, its)
    by_seed = simulate(ISLANDS, runs=1, **TRUTH)  # type: ignore[arg-type]
    assert same(twins.factual, by_seed)
    for state in states:
        wanted = its.column(state) - mine.column(state)
        assert twins.effect(state).tobytes() == wanted.tobytes()
    assert np.abs(twins.effect("level_political")).max() > 0.01


def test_many_histories_of_given_noise_are_the_runs_of_a_seed() -> None:
    past = Histories.of_noise(ISLANDS, noise_of_seed(ISLANDS, runs=70, seed=8), seed=8)
    twins = twin_worlds(ISLANDS, NO_RAID, past, states=("level_operations", "rung"))
    for scenario, found in ((ISLANDS, twins.factual), (NO_RAID, twins.edited)):
        wanted = simulate(scenario, runs=70, seed=8).block(["level_operations", "rung"])
        assert np.array_equal(found.values, wanted)


def test_an_edit_of_nothing_gives_the_factual_path(islands: Histories) -> None:
    again = ISLANDS.with_number("levels.ratchet", ISLANDS.levels.ratchet.value)
    twins = twin_worlds(ISLANDS, again, islands)
    assert twins.touched is None
    assert same(twins.factual, twins.edited)


def test_what_is_touched_but_not_connected_has_an_effect_of_exactly_nothing(
    history: Histories,
) -> None:
    item = HISTORY.items[0]
    other = HISTORY.with_number(f"item.{item.name}.demand", item.demand.high)
    twins = twin_worlds(HISTORY, other, history, states=state_names(HISTORY))
    assert twins.touched is not None
    for state in twins.factual.states:
        if not state.startswith(("refused_", "passed_")):
            assert not twins.effect(state).any(), state
    late = HISTORY.with_number("threat.russia.offence", HISTORY.threats[0].offence.high)
    assert twin_worlds(HISTORY, late, history, states=["rung"]).touched == 0


def test_one_edit_after_another_is_both_at_once(history: Histories) -> None:
    one_by_one = HISTORY.without("isaf").without("senkaku_2010")
    swapped = HISTORY.without("senkaku_2010").without("isaf")
    found = [twin_worlds(HISTORY, edited, history) for edited in (one_by_one, swapped)]
    assert same(found[0].edited, found[1].edited)
    only = twin_worlds(HISTORY, HISTORY.without("isaf"), history)
    assert not same(found[0].edited, only.edited)


def test_numbers_do_not_depend_on_threads_blocks_or_company(
    islands_posterior: PosteriorDraws, islands: Histories
) -> None:
    found = twin_worlds(ISLANDS, NO_RAID, islands)
    threads = twin_worlds(ISLANDS, NO_RAID, islands_posterior, uniforms=2, seed=4, threads=2)
    assert same(found.edited, threads.edited)
    assert same(found.factual, threads.factual)
    fewer = twin_worlds(ISLANDS, NO_RAID, islands_posterior, uniforms=1, seed=4)
    assert np.array_equal(fewer.edited.values, found.edited.values[:64])
    assert fewer.draw.tolist() == list(range(64))
    draws = some_draws(ISLANDS, 67)  # more than a block holds
    many = twin_worlds(ISLANDS, NO_RAID, draws, seed=4)
    assert many.edited.runs == 67
    few = twin_worlds(ISLANDS, NO_RAID, some_draws(ISLANDS, 66), seed=4)
    # Unknowns are drawn row by row: the first 66 draws are the same ones.
    assert np.array_equal(few.edited.values, many.edited.values[:66])


def test_the_order_of_questions_does_not_matter(islands_posterior: PosteriorDraws) -> None:
    later = ISLANDS.without("ports_act")
    pasts = [Histories.of_posterior(islands_posterior, ISLANDS, seed=9) for _ in range(2)]
    one = [twin_worlds(ISLANDS, edited, pasts[0]) for edited in (NO_RAID, later)]
    other = [twin_worlds(ISLANDS, edited, pasts[1], states=["rung"]) for edited in (later, NO_RAID)]
    for found, again in zip(one, reversed(other), strict=True):
        assert np.array_equal(found.edited.column("rung"), again.edited.column("rung"))
        assert np.array_equal(found.factual.column("rung"), again.factual.column("rung"))


def test_a_twin_is_a_free_run_of_the_edited_world_on_the_noise_of_the_record(
    islands_posterior: PosteriorDraws,
) -> None:
    held = islands_posterior.held
    target = target_of(islands_posterior.prior)
    noise = target.replaying(
        np.ascontiguousarray(held.parameters.T), held.normals(slice(0, 64)), seed=4
    )
    engine = Kernel(threads=1, noise=noise)
    free = simulate(NO_RAID, runs=64, seed=4, posterior=islands_posterior, engine=engine)
    twins = twin_worlds(ISLANDS, NO_RAID, islands_posterior, seed=4)
    for state in twins.edited.states:
        # A normal that goes through its probability comes back a few bits away.
        assert np.allclose(twins.edited.column(state), free.column(state), atol=1e-9), state


def test_a_number_that_an_edit_sets_keeps_its_value_in_every_draw(
    islands: Histories, islands_posterior: PosteriorDraws
) -> None:
    middle = float(np.median(islands_posterior.draws()["levels.pace"]))
    edited = ISLANDS.with_number("levels.pace", middle)
    twins = twin_worlds(ISLANDS, edited, islands)
    assert twins.touched == 0
    rows = dict(zip(Prior(edited).paths, range(99), strict=False))
    assert "levels.pace" not in rows
    assert "levels.pace" not in islands.numbers_of(edited).paths
    effect = twins.effect("level_political")
    assert (effect[:, 8] != 0.0).all()  # no draw has the median itself


def test_so_many_times_a_strength_is_taken_of_what_each_draw_has(islands: Histories) -> None:
    path = "juncture.great_raid.effect.0.size"
    before = islands.numbers_of(ISLANDS)
    edited = ISLANDS.edited("strength great_raid:0.5")
    after = islands.numbers_of(edited)
    assert path in before.paths
    mine = before.values[before.paths.index(path)]
    assert np.array_equal(after.values[after.paths.index(path)], 0.5 * mine)
    half = twin_worlds(ISLANDS, edited, islands)
    assert np.abs(half.effect("level_operations")).max() > 0.0
    undone = twin_worlds(ISLANDS, edited.edited("strength great_raid:2"), islands)
    assert not undone.effect("level_operations").any()
    reset = edited.with_number(path, 0.25)
    assert path not in islands.numbers_of(reset).paths


def test_after_the_last_year_that_was_looked_at_noise_is_fresh() -> None:
    early = some_draws(ISLANDS, 5, until=2002)
    past = Histories.of_posterior(early, ISLANDS, seed=4)
    twins = twin_worlds(ISLANDS, NO_RAID, past)
    seen = target_of(early.prior, until=2002).observed
    steps = len(seen.rung)
    assert (twins.factual.column("rung")[:, :steps] == seen.rung).all()
    ends = twins.factual.column("level_operations")[:, steps:]
    assert ends.shape[1] > 0
    assert len(np.unique(ends[:, -1])) == 5


def test_draws_of_one_world_alone_are_named(history: Histories) -> None:
    twins = twin_worlds(HISTORY, HISTORY.edited("leader abe_second_government=drawn"), history)
    assert twins.only["factual"] == ()
    assert len(twins.only["edited"]) >= 1
    assert all(name.startswith("japan_nato/leader.") for name in twins.only["edited"])
    none = twin_worlds(HISTORY, load_scenario("japan_nato/no_nine_eleven"), history)
    assert none.only == {"factual": (), "edited": ()}  # a law's hazard says what its noise was


def wrong(**changes: Any) -> dict[str, Any]:
    return {"base": ISLANDS, "edited": NO_RAID, **changes}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"coupling": "quantil"}, "unknown coupling 'quantil'; did you mean 'quantile'"),
        ({"draws": "RID"}, "draws is 'RID', must be PosteriorDraws"),
        ({"states": ["rungs"]}, "unknown state 'rungs'; did you mean 'rung'"),
        ({"states": []}, "no state is asked for"),
        ({"outcomes": ["rung>=8@1066"]}, "outcome 'rung>=8@1066'"),
        ({"edited": HISTORY}, "is of another relationship"),
        ({"edited": ISLANDS.with_setting("time.last_year", 2005)}, "has other quarters"),
        ({"base": ISLANDS.with_number("levels.ratchet", 0.9)}, "make histories of it"),
        ({"start": 10_000}, "must be a step from 0 to"),
        ({"start": 3, "coupling": "redraw_after"}, "under redraw_after say anew_from"),
        ({"uniforms": 8}, "uniforms is 8, and histories that are given have their own"),
        ({"seed": 0, "threads": 2}, "(?s)2 problems.*seed is 0.*threads is 2, and histories"),
        ({"anew_from": 3}, "under quantile say start"),
        ({"anew_from": -1, "coupling": "independent"}, "anew_from is -1, must be a step from 0"),
    ],
)
def test_wrong_input_is_told(islands: Histories, asked: dict[str, Any], words: str) -> None:
    given = wrong(**{"draws": islands, **asked})
    base, edited, draws = (given.pop(name) for name in ("base", "edited", "draws"))
    with pytest.raises(SettingError, match=words):
        twin_worlds(base, edited, draws, **given)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"uniforms": 0}, "uniforms is 0, must be a whole number of at least 1"),
        ({"uniforms": 10_000_000}, "must be at most"),
        ({"seed": -1}, "seed is -1"),
        ({"threads": 0}, "threads is 0, must be a whole number from 1"),
        ({"threads": "2"}, "threads is '2', must be a whole number from 1"),
        ({"scenario": NO_RAID}, "has to be the scenario that was fitted"),
    ],
)
def test_histories_that_cannot_be_made_are_told(
    islands_posterior: PosteriorDraws, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        Histories.of_posterior(islands_posterior, **settings)


def test_twins_are_told_by_draw(islands: Histories) -> None:
    twins: TwinWorlds = twin_worlds(ISLANDS, NO_RAID, islands, outcomes=["win_set_political@2005"])
    assert (twins.histories, twins.draws) == (128, 64)
    assert "win_set_political" in twins.factual
    effect = twins.effect("rung")[:, -1]
    assert np.allclose(twins.by_draw(effect), 0.5 * (effect[:64] + effect[64:]))
    assert "posterior draws" in twins.factual.posterior
