"""How an effect changes with how much earlier or later a juncture comes: held to what-ifs."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import ShiftResponse, shift_response, whatif
from alliance_sim.counterfactual.estimates import Estimate
from alliance_sim.counterfactual.shifting import checked
from alliance_sim.counterfactual.shifts import far, shift_of
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.world.state import state_names

pytestmark = pytest.mark.slow

ISLANDS = load_scenario("two_islands/baseline")
YES, NUMBER = "level_operations>0.3@2010", "level_operations@2009"
GRID = (-60, -8, -4, 4, 8, 40)


def asked(posterior: PosteriorDraws, juncture: str = "great_raid", **more: Any) -> ShiftResponse:
    given: dict[str, Any] = {"outcome": YES, "shifts": GRID, "uniforms": 2, "seed": 3, **more}
    return shift_response(ISLANDS, juncture, posterior=posterior, **{"threads": 1, **given})


@pytest.fixture(scope="module")
def found(islands_posterior: PosteriorDraws) -> ShiftResponse:
    return asked(islands_posterior)


@pytest.mark.parametrize("outcome", [YES, NUMBER])
@pytest.mark.parametrize("by", [-4, 8])
def test_one_shift_has_the_numbers_of_its_what_if_to_the_last_bit(
    outcome: str, by: int, islands_posterior: PosteriorDraws
) -> None:
    found = asked(islands_posterior, outcome=outcome, shifts=[by])
    (point,) = (point for point in found.points if point.shift.by == by)
    alone = whatif(
        ISLANDS,
        shift=f"great_raid:{by:+d}",
        outcome=outcome,
        posterior=islands_posterior,
        uniforms=2,
        runs=2,
        seed=3,
    )
    assert point.effect == alone.effect
    assert point.edited == alone.edited
    assert found.fact == alone.fact
    assert found.measure == alone.measure
    assert (point.effect.value != 0.0) == (by > 0 or outcome == NUMBER)  # not all of it is none


@pytest.mark.parametrize("coupling", ["thinning", "independent"])
def test_another_coupling_is_that_of_the_what_if(
    coupling: str, islands_posterior: PosteriorDraws
) -> None:
    text = "sum(count_operations)@2005..2010"
    given: dict[str, Any] = {"outcome": text, "uniforms": 2, "seed": 3}
    found = asked(islands_posterior, shifts=[8], coupling=coupling, **given)
    alone = whatif(ISLANDS, "shift great_raid:+8", posterior=islands_posterior, runs=2, **given)
    assert found.points[-1].effect == alone.couplings[coupling][0]
    assert ("luck is new" in found.about) == (coupling == "independent")


def test_what_is_kept_stays_as_in_the_what_if(islands_posterior: PosteriorDraws) -> None:
    both = ["joint_patrol", "ports_act"]
    given: dict[str, Any] = {"keep": both, "outcome": YES, "uniforms": 2, "seed": 3}
    found = asked(islands_posterior, shifts=[16], **given)
    alone = whatif(ISLANDS, "shift great_raid:+16", posterior=islands_posterior, runs=2, **given)
    assert found.points[-1].effect == alone.effect
    assert found.points[-1].responds == ()
    assert "“Ports act” is kept as dated" in found.answering


def test_no_shift_is_history_as_it_was_and_changes_nothing(found: ShiftResponse) -> None:
    (zero,) = (point for point in found.points if point.shift.by == 0)
    assert zero.effect == Estimate(0.0, 0.0, 0.0)
    assert (zero.error, zero.above, zero.below, zero.responds) == (0.0, 0.0, 0.0, ())
    assert zero.edited == found.fact
    assert [shift.by for shift in found.shifts] == sorted([0, *GRID])


def test_shifts_that_cannot_be_had_have_a_reason_and_no_numbers(found: ShiftResponse) -> None:
    frame = found.frame.set_index("shift")
    rows: dict[Any, Any] = frame.to_dict("index")
    raid = next(one for one in ISLANDS.junctures if one.name == "great_raid")
    early, late = rows[-60], rows[40]
    assert early["problem"].startswith("comes before the run begins")
    assert late["problem"] == "comes after all that the outcome looks at (2010-12-31)"
    assert late["date"] == raid.date.replace(year=raid.date.year + 10).isoformat()
    numbers = [c for c in frame if c not in {"date", "responds", "problem"}]
    assert all(math.isnan(row[name]) for row in (early, late) for name in numbers)
    there = frame.drop(index=[-60, 40])
    assert np.isfinite(there[numbers].to_numpy(dtype=float)).all()
    assert set(there["problem"]) == {""}
    assert found.gaps == ((-60, -60, early["problem"]), (40, 40, late["problem"]))
    assert "+40 quarters (it comes after all that the outcome looks at" in found.missing


def test_a_juncture_does_not_come_before_what_it_follows() -> None:
    law = next(one for one in ISLANDS.junctures if one.name == "ports_act")
    (cause,) = (one for one in ISLANDS.junctures if one.name in law.follows)
    until = dt.date(2015, 12, 31)
    shifts = [shift_of(ISLANDS, law, by, until=until) for by in range(-40, 41)]
    allowed = [one for one in shifts if not one.problem]
    assert min(str(one.date) for one in allowed) >= str(cause.date)
    before = [one for one in shifts if one.problem and one.by < 0]
    assert any(f"before what it follows: “{cause.title}”" in one.problem for one in before)
    assert [far(by) for by in (-4, 1, 6, 8)] == [
        "1 year earlier",
        "1 quarter later",
        "6 quarters later",
        "2 years later",
    ]


def test_what_follows_is_told_from_where_it_answers(islands_posterior: PosteriorDraws) -> None:
    found = asked(islands_posterior, shifts=range(-4, 17, 4))
    law = next(one for one in ISLANDS.junctures if one.name == "ports_act")
    told = f"“{law.title}” "
    (at,) = (by for by, words in found.turns if any(one.startswith(told) for one in words))
    for point in found.points:
        assert any(one.startswith(told) for one in point.responds) == (point.shift.by >= at)
        assert (str(point.shift.date) > str(law.date)) == (point.shift.by >= at)
    assert f"+{at} quarters on {told}" in found.answering


def test_the_answer_says_what_moves_most_and_where_the_interval_leaves_0(
    found: ShiftResponse, islands_posterior: PosteriorDraws
) -> None:
    by = {point.shift.by: point.effect for point in found.points}
    for at, effect in by.items():
        assert (at in found.apart) == (effect.low >= 0.005 or effect.high <= -0.005)
    assert abs(found.most.effect.value) == max(abs(effect.value) for effect in by.values())
    assert far(found.most.shift.by) in found.answer
    assert found.answer.startswith("In the model ")
    never = asked(islands_posterior, "trade_act", outcome="level_equipment>0.99@2010", shifts=[4])
    assert never.apart == ()
    assert "that was tried, +4 to +4 quarters, moves the chance of level" in never.answer
    little = [point._replace(effect=Estimate(0.01, -0.1, 0.1)) for point in found.points]
    assert "can be told from none" in replace(found, points=tuple(little)).answer


def test_where_no_shift_moves_the_median_none_is_called_the_largest(found: ShiftResponse) -> None:
    none = Estimate(0.0, 0.0, 0.0)
    points = [point._replace(effect=none) for point in found.points]
    outcome = parse_outcome("rung@2010", states=state_names(ISLANDS), calendar=ISLANDS.calendar())
    steps = replace(found, outcome=outcome, points=tuple(points))
    assert steps.still
    assert "that was tried, −8 to +8 quarters, moves the median of formal step" in steps.answer
    assert steps.answer.endswith("; 90 % of the histories lie at 0 throughout.")
    points[0] = points[0]._replace(effect=Estimate(0.0, -1.0, 0.0))
    some = replace(steps, points=tuple(points))
    assert some.answer.endswith(
        "; 90 % of the histories differ by −1 to 0 at most, at −8 quarters."
    )
    assert "largest" not in some.answer
    assert some.as_tree()["most"] is None
    assert "none moves the median" in repr(some)
    assert not found.still


def test_the_error_is_that_of_draws_and_shrinks_with_them(
    islands_posterior: PosteriorDraws,
) -> None:
    for outcome in (YES, NUMBER):
        few, many = (
            asked(islands_posterior, outcome=outcome, shifts=[8], uniforms=uniforms).points[-1]
            for uniforms in (1, 16)
        )
        assert 0.0 < many.error < few.error * 1.2
        assert many.error < (many.effect.high - many.effect.low)
        assert 0.0 <= many.above + many.below <= 1.0


def test_the_tree_and_the_table_say_the_same(found: ShiftResponse) -> None:
    rows = found.frame.to_dict("records")
    for told, row in zip(found.as_tree()["shifts"], rows, strict=True):
        for name, value in row.items():
            nothing = value == "" or (isinstance(value, float) and math.isnan(value))
            assert told[name] == (None if nothing else value)


def test_threads_change_nothing_and_another_seed_does(
    found: ShiftResponse, islands_posterior: PosteriorDraws
) -> None:
    assert asked(islands_posterior, threads=2).as_tree() == found.as_tree()
    other = asked(islands_posterior, seed=4).as_tree()
    assert other["shifts"] != found.as_tree()["shifts"]


def test_progress_is_told_shift_by_shift(islands_posterior: PosteriorDraws) -> None:
    told: list[tuple[int, int]] = []
    asked(islands_posterior, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(k, 4) for k in range(1, 5)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"juncture": "great_rade"}, "did you mean 'great_raid'"),
        ({"outcome": "level@2010"}, "unknown state 'level'"),
        ({"outcome": "level_operations>7@2010"}, "is never so, whatever is edited"),
        ({"coupling": "thining"}, "did you mean 'thinning'"),
        ({"keep": "ports_akt"}, "did you mean 'ports_act'"),
        ({"shifts": []}, "no shift is given"),
        ({"shifts": [0]}, "no shift is given"),
        ({"shifts": [1.5]}, "shift is 1.5, must be a whole number of quarters"),
        ({"shifts": [401]}, "shift is 401, must be a whole number of quarters from -400 to 400"),
        ({"shifts": range(1, 300)}, "299 shifts are given, must be at most 201"),
        ({"keep": "great_raid"}, "follows nothing, so it stays as it is anyway"),
        (
            {"juncture": "trade_act", "keep": "ports_act", "shifts": [4]},
            "each cannot be asked: keep ports_act: nothing that it follows is edited",
        ),
        ({"shifts": [200, 204]}, "none of the shifts can be had: each comes after all that"),
    ],
)
def test_wrong_input_is_told(
    more: dict[str, Any], words: str, islands_posterior: PosteriorDraws
) -> None:
    with pytest.raises(SettingError) as caught:
        asked(islands_posterior, **more)
    assert words in " ".join(str(caught.value).split())


def test_shifts_may_be_numbers_of_numpy() -> None:
    question = checked(
        ISLANDS, "great_raid", YES, shifts=list(np.arange(-4, 5, 4)), keep=[], coupling="quantile"
    )
    assert [(type(one.by), one.by) for one in question.shifts] == [(int, -4), (int, 0), (int, 4)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingError) as caught:
        checked(
            ISLANDS.without("trade_act"), "trade_act", "rung@", shifts=[900], keep=[], coupling="x"
        )
    told = " ".join(str(caught.value).split())
    for words in ("does not happen in", "outcome 'rung@'", "shift is 900", "unknown coupling"):
        assert words in told
