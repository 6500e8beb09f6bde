"""Factors: a place between 0 and 1 becomes a value, monotonely, and back into a scenario."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.errors import ResultError
from alliance_sim.sweep.factors import Factor

PULL = Factor(name="pull", kind="number", path="willingness.threat_state", low=0.5, high=2.5)
FEW = Factor(
    name="few", kind="number", path="levels.pace", values=(0.2, 0.5, 1.0), low=0.2, high=1.0
)
HAPPENS = Factor(name="happens", kind="present", path="juncture.isaf.present", values=(False, True))
DAY = Factor(
    name="day",
    kind="date",
    path="juncture.isaf.date",
    low="2002-12-30",
    high="2003-01-02",
    dated=True,
)
DAYS = Factor(
    name="days",
    kind="date",
    path="juncture.isaf.date",
    values=("2002-01-01", "2004-01-01"),
    low="2002-01-01",
    high="2004-01-01",
    dated=True,
)
RULE = Factor(
    name="rule", kind="setting", path="council.rule", values=("consensus", "weighted", "leader")
)
YEARS = Factor(name="years", kind="setting", path="threat.china.capability.window", values=(0, 2))
ALL = (PULL, FEW, HAPPENS, DAY, DAYS, RULE, YEARS)

places = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20)


def at(factor: Factor, *given_places: float) -> list[object]:
    return factor.column(np.array(given_places)).tolist()


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (PULL, [0.5, 1.0, 1.5, 2.0, 2.5]),
        (FEW, [0.2, 0.2, 0.5, 1.0, 1.0]),
        (HAPPENS, [False, False, True, True, True]),
        (DAY, ["2002-12-30", "2002-12-31", "2003-01-01", "2003-01-02", "2003-01-02"]),
        (DAYS, ["2002-01-01", "2002-01-01", "2004-01-01", "2004-01-01", "2004-01-01"]),
        (RULE, ["consensus", "consensus", "weighted", "leader", "leader"]),
        (YEARS, [0, 0, 2, 2, 2]),
    ],
    ids=lambda case: case.name if isinstance(case, Factor) else "",
)
def test_places_become_values(factor: Factor, expected: list[object]) -> None:
    assert at(factor, 0.0, 0.25, 0.5, 0.75, 1.0) == expected


@pytest.mark.parametrize("factor", ALL, ids=lambda factor: factor.name)
@given(given_places=places)
def test_a_higher_place_never_gives_an_earlier_value(
    factor: Factor, given_places: list[float]
) -> None:
    values = at(factor, *sorted(given_places))
    order = [factor.values.index(v) for v in values] if factor.values else values
    assert order == sorted(order)  # type: ignore[type-var]
    assert all(factor.allows(value) for value in values)  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", ALL, ids=lambda factor: factor.name)
def test_every_value_takes_up_as_much_room_as_every_other(factor: Factor) -> None:
    if factor is PULL:
        return
    values = at(factor, *((np.arange(1200) + 0.5) / 1200))
    counts = {value: values.count(value) for value in values}
    assert set(counts.values()) == {1200 // len(counts)}


@pytest.mark.parametrize("levels", [2, 4, 6, 8, 10])
@pytest.mark.parametrize("factor", ALL, ids=lambda factor: factor.name)
def test_a_step_of_a_morris_design_always_changes_the_value(factor: Factor, levels: int) -> None:
    step = levels / (2 * (levels - 1))
    for start in np.linspace(0.0, 1.0 - step, levels // 2):
        before, after = at(factor, start, min(1.0, start + step))
        assert before != after


def test_columns_have_the_kind_of_the_factor() -> None:
    kinds = {factor.name: factor.column(np.array([0.1, 0.9])).dtype.name for factor in ALL}
    assert kinds == {
        "pull": "float64",
        "few": "float64",
        "happens": "bool",
        "day": "object",
        "days": "object",
        "rule": "object",
        "years": "int64",
    }


def test_an_end_that_rounding_would_pass_is_kept() -> None:
    factor = Factor(name="x", kind="number", path="p", low=-0.1, high=0.3 - 1e-17)
    assert at(factor, 1.0) == [factor.high]
    wide = Factor(name="x", kind="number", path="p", low=0.1, high=1.1)
    assert all(0.1 <= value <= 1.1 for value in at(wide, *np.linspace(0, 1, 1001)))  # type: ignore[operator]


def test_there_is_only_one_nothing() -> None:
    factor = Factor(name="x", kind="number", path="p", low=-1.0, high=1.0)
    (value,) = at(factor, 0.5)
    assert str(value) == "0.0"
    assert str(factor.in_scenario(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("factor", "value", "expected"),
    [
        (PULL, np.float64(1.5), 1.5),
        (PULL, 1, 1.0),
        (HAPPENS, np.bool_(True), True),
        (DAY, "2003-01-01", dt.date(2003, 1, 1)),
        (DAY, dt.date(2003, 1, 1), dt.date(2003, 1, 1)),
        (DAY, "soon", "soon"),
        (RULE, "leader", "leader"),
        (YEARS, np.int64(2), 2),
    ],
)
def test_a_value_of_a_table_becomes_one_of_a_scenario(
    factor: Factor, value: object, expected: object
) -> None:
    found = factor.in_scenario(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("factor", "good", "bad"),
    [
        (PULL, (0.5, 2.5), (0.4, 2.6, True, "1.0", float("nan"))),
        (FEW, (0.2, 1.0), (0.3, True, "0.2")),
        (HAPPENS, (True, False), (1, 0.0, "true")),
        (DAY, ("2002-12-30", "2003-01-02"), ("2002-12-29", "2003-01-03", 3.0)),
        (RULE, ("leader",), ("leadr", True)),
        (YEARS, (0, 2), (False, 1, 2.0)),
    ],
    ids=lambda case: case.name if isinstance(case, Factor) else "",
)
def test_which_values_are_allowed(
    factor: Factor, good: tuple[float, ...], bad: tuple[float, ...]
) -> None:
    assert [value for value in good if not factor.allows(value)] == []
    assert [value for value in bad if factor.allows(value)] == []


def test_ranges_and_labels_in_words() -> None:
    assert PULL.range_in_words() == "0.5 to 2.5"
    assert HAPPENS.range_in_words() == "false, true"
    assert DAY.range_in_words() == "2002-12-30 to 2003-01-02"
    many = Factor(name="m", kind="number", path="p", values=tuple(float(k) for k in range(20)))
    assert many.range_in_words().endswith("11.0, ...")
    assert PULL.words() == "willingness.threat_state"
    speed = Factor(name="p", kind="number", path="levels.pace", unit="1/year", label="Speed")
    assert speed.words() == "Speed (times a year)"
    share = Factor(name="p", kind="number", path="levels.ratchet", unit="1", label="Ratchet")
    assert share.words() == "Ratchet"


def test_corners_are_the_ends_or_all_values() -> None:
    assert PULL.corners() == (0.5, 2.5)
    assert DAY.corners() == ("2002-12-30", "2003-01-02")
    assert RULE.corners() == RULE.values


@pytest.mark.parametrize("factor", ALL, ids=lambda factor: factor.name)
def test_a_factor_survives_json(factor: Factor) -> None:
    assert Factor.from_tree(json.loads(json.dumps(factor.as_tree()))) == factor


@pytest.mark.parametrize("tree", [{}, {"values": []}, {"values": [], "name": "x", "size": 2}])
def test_a_broken_description_is_told(tree: dict[str, object]) -> None:
    with pytest.raises(ResultError, match="a factor cannot be read back"):
        Factor.from_tree(tree)
