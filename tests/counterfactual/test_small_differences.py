"""How far a small difference is carried: as two runs differ, as known by formula, not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from alliance_sim import Kernel, Scenario, load_scenario, noise_of_seed, simulate
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import small_differences
from alliance_sim.counterfactual.answering import answered
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.posteriors import Posteriors
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.small_differences import (
    EDITED,
    FACT,
    LEVELS,
    PUSH,
    Amplification,
    Response,
    amplification_of,
)
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.scenario.theories import theory_of, with_theory

ISLANDS = load_scenario("two_islands/baseline")
RAID, ASKED = "without great_raid", "level_operations@2009"
SLOW = "/slow."  # in the names of its channels
FIELDS = [f"level_{name}" for name in DOMAINS]


def found_of(
    base: Scenario, past: Histories, edits: list[str], outcome: str = ASKED, push: float = PUSH
) -> Amplification | None:
    question = ask(base, edits, outcome)
    worlds = twin_worlds(base, question.edited, past)
    return amplification_of(question, worlds, past, push=push)


def test_it_is_how_far_two_engine_runs_with_moved_noise_lie_apart() -> None:
    noise = noise_of_seed(ISLANDS, runs=5, seed=11)
    found = found_of(ISLANDS, Histories.of_noise(ISLANDS, noise), [RAID])
    assert found is not None
    first = ISLANDS.calendar().labels.index(found.pushed_in)
    last = ISLANDS.calendar().labels.index("2009Q4")
    assert (found.pushed_in, found.asked) == ("2004Q2", "2009Q4")

    def moved(scenario: Scenario, size: float) -> np.ndarray:
        given = {name: values.copy() for name, values in noise.items()}
        for name, values in given.items():
            if SLOW in name:
                values[:, first] = ndtr(ndtri(values[:, first]) + size)
        runs = simulate(scenario, runs=5, seed=0, engine=Kernel(threads=1, noise=given))
        return runs.block(FIELDS)

    for world, scenario in ((FACT, ISLANDS), (EDITED, ISLANDS.edited(RAID))):
        apart = np.abs(moved(scenario, PUSH) - moved(scenario, -PUSH)) / (2.0 * PUSH)
        for state, by_run in zip(
            [LEVELS, *FIELDS], [apart.mean(axis=2), *np.moveaxis(apart, 2, 0)], strict=True
        ):
            one, medians = found.of(world, state), np.median(by_run, axis=0)
            assert one.last == pytest.approx(medians[last], rel=1e-6)
            assert one.year_later == pytest.approx(medians[first + 4], rel=1e-6)
            assert one.most == pytest.approx(medians[first : last + 1].max(), rel=1e-6)
            assert (one.low, one.high) == pytest.approx(
                tuple(np.quantile(by_run[:, last], [0.05, 0.95])), rel=1e-6
            )


def alone(pace: float = 2.0, memory: float = 0.6) -> Scenario:
    """Return two islands without theories, ratchet or haste: levels follow wishes alone."""
    plain = with_theory(ISLANDS, theory_of("N"))
    for path, value in (
        ("levels.pace", pace), ("levels.ratchet", 0.0), ("levels.leader_pace", 0.0),
        ("willingness.slow_memory", memory), ("member.harbour.offset", 0.0),
        ("member.hills.offset", 0.0),
    ):  # fmt: skip
        plain = plain.with_number(path, value)
    return plain


def test_with_couplings_off_it_decays_by_memory_and_pace() -> None:
    pace, memory, quarters = 2.0, 0.6, 22
    plain = alone(pace, memory)
    noise = {
        name: np.full_like(values, 0.5) if SLOW in name else values
        for name, values in noise_of_seed(plain, runs=2, seed=4).items()
    }
    found = found_of(plain, Histories.of_noise(plain, noise), [RAID], push=1e-3)
    assert found is not None
    runs = simulate(plain, runs=1, seed=0, engine=Kernel(threads=1, noise={
        name: values[:1] for name, values in noise.items()
    }))  # fmt: skip
    first = plain.calendar().labels.index(found.pushed_in)
    (wish,) = np.unique(runs.column("willing_north_island_political")[0, first:].round(12))
    law = runs.column("win_set_political")[0, first]
    closed = 1.0 - np.exp(-pace / 4.0)
    carry = memory**0.25
    slow = plain.willingness.slow_noise.value * np.sqrt(1.0 - carry**2)
    expected = [0.0, 0.0]  # a quarter to be wished, a quarter to be followed
    for _ in range(quarters):
        expected.append(expected[-1] + closed * (law * wish * (1.0 - wish) * slow - expected[-1]))
        slow *= carry
    for world in (FACT, EDITED):
        one = found.of(world, "level_political")
        assert one.year_later == pytest.approx(expected[4], rel=1e-5)
        assert one.most == pytest.approx(max(expected), rel=1e-5)
        assert one.last == pytest.approx(expected[22], rel=1e-5)
        assert one.left == pytest.approx(expected[22] / max(expected), rel=1e-5)
    assert "it fades, 14 % of that is left" in found.words


def test_it_is_exactly_nothing_where_nothing_can_move() -> None:
    past = Histories.of_noise(ISLANDS, noise_of_seed(ISLANDS, runs=3, seed=2))
    holds = [f"hold {state}=0.3@2004..2010" for state in FIELDS]
    found = found_of(ISLANDS, past, holds, "rung>=2@2009")
    assert found is not None
    assert found.of(FACT).last > 0.0
    for state in (LEVELS, *FIELDS):
        one = found.of(EDITED, state)
        assert (one.year_later, one.most, one.last, one.low, one.high) == (0.0,) * 5
        assert (one.most_in, one.left) == (None, None)
    assert found.words.endswith("2004Q1 does not move the levels of the edited world by 2009Q4.")
    still = ISLANDS.with_number("willingness.slow_noise", 0.0)
    found = found_of(still, Histories.of_noise(still, noise_of_seed(still, runs=3, seed=2)), [RAID])
    assert found is not None
    assert all(one.most == one.high == 0.0 for one in found.responses)
    assert set(found.acts_differ.values()) == {0.0}


def test_it_does_not_hang_on_order_re_runs_or_the_size_of_the_push(
    islands_posterior: PosteriorDraws,
) -> None:
    def past(uniforms: int) -> Histories:
        return Histories.of_posterior(islands_posterior, ISLANDS, uniforms=uniforms, seed=3)

    edits = [RAID, "shift joint_patrol:+4"]
    once = found_of(ISLANDS, past(1), edits)
    assert once is not None
    assert once == found_of(ISLANDS, past(3), edits[::-1])
    assert [one.world for one in once.responses] == [FACT] * 4 + [EDITED] * 4
    smaller = found_of(ISLANDS, past(1), edits, push=0.02)
    assert smaller is not None
    assert smaller.of(EDITED).last == pytest.approx(once.of(EDITED).last, rel=0.05)
    assert smaller.acts_differ[FACT] < once.acts_differ[FACT]  # jumps are rarer
    noise = noise_of_seed(ISLANDS, runs=6, seed=2)
    turned = {name: values[::-1].copy() for name, values in noise.items()}
    one, other = (
        found_of(ISLANDS, Histories.of_noise(ISLANDS, given), [RAID, "keep ports_act"])
        for given in (noise, turned)
    )
    assert one == other


def test_where_there_is_nothing_to_tell_it_is_none(islands_posterior: PosteriorDraws) -> None:
    past = Histories.of_posterior(islands_posterior, ISLANDS, seed=3)
    question = ask(ISLANDS, [RAID], "rung>=2@2009")
    again = ISLANDS.with_number("levels.ratchet", ISLANDS.levels.ratchet.value)
    untouched = twin_worlds(ISLANDS, again, past)
    without_levels = twin_worlds(ISLANDS, question.edited, past, states=["rung"])
    for worlds in (untouched, without_levels):
        assert amplification_of(question, worlds, past) is None
    soon = found_of(ISLANDS, past, [RAID], "level_operations@2004Q3")
    assert soon is not None
    assert soon.of(EDITED).year_later is None
    assert soon.words.endswith("2004Q2 does not move the levels of the edited world by 2004Q3.")


def test_histories_that_failed_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = noise_of_seed(ISLANDS, runs=4, seed=2)
    fewer = {name: values[:3].copy() for name, values in noise.items()}
    failed, plain = [3], twin_worlds
    wanted = found_of(ISLANDS, Histories.of_noise(ISLANDS, fewer), [RAID])

    def some_failed(*given: Any, **named: Any) -> TwinWorlds:
        found = plain(*given, **named)
        values = found.edited.values.copy()
        values[failed, 20:] = np.nan
        return replace(found, edited=replace(found.edited, values=values))

    monkeypatch.setattr(small_differences, "twin_worlds", some_failed)
    found = found_of(ISLANDS, Histories.of_noise(ISLANDS, noise), [RAID])
    assert found is not None
    assert wanted is not None
    assert found.of(EDITED) == wanted.of(EDITED)
    failed[:] = [0, 1, 2]
    assert found_of(ISLANDS, Histories.of_noise(ISLANDS, fewer), [RAID]) is None


def test_an_answer_tells_it(islands_posterior: PosteriorDraws) -> None:
    asked = ask(ISLANDS, [RAID], ASKED)
    answer = answered(asked, Posteriors(islands_posterior, ()), uniforms=2, runs=20, seed=3)
    past = Histories.of_posterior(islands_posterior, ISLANDS, seed=3)
    assert answer.amplification == found_of(ISLANDS, past, [RAID])
    told = answer.as_tree()["amplification"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["pushed_in"] == "2004Q2"
    frame = answer.amplification_frame
    assert list(frame.columns) == [*Response._fields, "left"]
    assert frame.to_dict("records") == told["responses"]
    assert frame["last"].between(frame["low"], frame["high"]).all()
