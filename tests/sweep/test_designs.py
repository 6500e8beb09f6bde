"""Designs: the points of each kind, the same every time, and the same when more are asked for."""

from __future__ import annotations

import itertools
import json
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim.errors import ResultError, SettingError
from alliance_sim.sweep.designs import (
    SETTINGS,
    Design,
    missing_library,
    salib_problem,
    size_problem,
)
from alliance_sim.sweep.factors import Factor


def number(name: str, low: float = 0.0, high: float = 1.0) -> Factor:
    return Factor(name=name, kind="number", path=f"some.{name}", low=low, high=high)


NUMBERS = (number("a", -3.0, 1.0), number("b", 0.1, 0.7), number("c"))
SWITCH = Factor(name="s", kind="present", path="juncture.s.present", values=(False, True))
RULE = Factor(name="r", kind="setting", path="council.rule", values=("x", "y", "z"))
DAY = Factor(
    name="d", kind="date", path="juncture.s.date", low="2001-01-01", high="2003-01-01", dated=True
)
MIXED = (*NUMBERS, SWITCH, RULE, DAY)
SAMPLED = {
    "latin_hypercube": Design(kind="latin_hypercube", points=12, seed=5),
    "sobol": Design(kind="sobol", points=16, seed=5),
    "saltelli": Design(kind="saltelli", points=8, seed=5),
    "saltelli, first order": Design(kind="saltelli", points=8, seed=5, second_order=False),
    "morris": Design(kind="morris", trajectories=6, seed=5),
    "morris, optimal": Design(kind="morris", trajectories=20, optimal=4, levels=6, seed=5),
}


@pytest.mark.parametrize("design", SAMPLED.values(), ids=SAMPLED)
def test_a_sampled_design_is_the_same_every_time_and_as_long_as_it_says(design: Design) -> None:
    for factors in (NUMBERS, MIXED):
        table = design.table(factors)
        assert table.equals(design.table(factors))
        assert len(table) == design.count(factors) == len(design.places(factors))
        assert list(table.columns) == [factor.name for factor in factors]
        assert list(table.index) == list(range(len(table)))
        for factor in factors:
            assert all(factor.allows(value) for value in table[factor.name].tolist())


@pytest.mark.parametrize("design", SAMPLED.values(), ids=SAMPLED)
def test_another_seed_gives_other_points_and_the_library_state_is_left_alone(
    design: Design,
) -> None:
    before = np.random.get_state(legacy=False)  # noqa: NPY002 - what must not change
    other = Design(**{**vars(design), "seed": 6})
    assert not np.array_equal(design.places(NUMBERS), other.places(NUMBERS))
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert str(after) == str(before)


@pytest.mark.parametrize("design", SAMPLED.values(), ids=SAMPLED)
def test_seeds_may_be_large(design: Design) -> None:
    assert len(Design(**{**vars(design), "seed": 2**64 - 1}).places(NUMBERS))
    assert len(Design(**{**vars(design), "seed": 0}).places(NUMBERS))


@given(exponent=st.integers(0, 6), more=st.integers(1, 3), seed=st.integers(0, 2**64 - 1))
@settings(max_examples=15)
def test_more_points_leave_those_there_were_where_they_were(
    exponent: int, more: int, seed: int
) -> None:
    for kind in ("sobol", "saltelli"):
        small = Design(kind=kind, points=2**exponent, seed=seed)
        large = small.resized(2 ** (exponent + more))
        before, after = small.table(MIXED), large.table(MIXED)
        assert after.iloc[: len(before)].equals(before)
    small = Design(kind="morris", trajectories=exponent + 1, seed=seed)
    large = small.resized(exponent + 1 + more)
    before, after = small.table(MIXED), large.table(MIXED)
    assert after.iloc[: len(before)].equals(before)


def bounds() -> dict[str, object]:
    return {
        "num_vars": 3,
        "names": ["a", "b", "c"],
        "bounds": [[-3.0, 1.0], [0.1, 0.7], [0.0, 1.0]],
    }


@pytest.mark.parametrize("second_order", [True, False])
def test_saltelli_points_are_those_of_salib(second_order: bool) -> None:
    from SALib.sample import sobol

    expected = sobol.sample(bounds(), 16, calc_second_order=second_order, seed=11)
    design = Design(kind="saltelli", points=16, second_order=second_order, seed=11)
    assert np.allclose(design.table(NUMBERS).to_numpy(), expected, rtol=0, atol=1e-15)
    assert design.places(NUMBERS).shape == expected.shape


@pytest.mark.parametrize("optimal", [0, 3])
def test_morris_points_are_those_of_salib(optimal: int) -> None:
    from SALib.sample import morris

    expected = morris.sample(
        bounds(), 10, num_levels=6, optimal_trajectories=optimal or None, seed=11
    )
    design = Design(kind="morris", trajectories=10, levels=6, optimal=optimal, seed=11)
    assert np.allclose(design.table(NUMBERS).to_numpy(), expected, rtol=0, atol=1e-15)


def test_sobol_and_hypercube_points_are_those_of_scipy() -> None:
    from scipy.stats import qmc

    sobol = qmc.Sobol(d=3, scramble=True, seed=np.random.default_rng(11)).random_base2(5)
    assert np.array_equal(Design(kind="sobol", points=32, seed=11).places(NUMBERS), sobol)
    cube = qmc.LatinHypercube(d=3, seed=np.random.default_rng(11)).random(9)
    design = Design(kind="latin_hypercube", points=9, seed=11)
    assert np.array_equal(design.places(NUMBERS), cube)


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    found = Design(kind="latin_hypercube", points=50, seed=1).places(NUMBERS)
    for column in found.T:
        assert sorted(np.floor(column * 50).astype(int)) == list(range(50))


def test_sobol_points_fill_every_half_and_quarter_alike() -> None:
    table = Design(kind="sobol", points=64, seed=1).table(MIXED)
    assert table["s"].sum() == 32
    assert (table["a"] < -1.0).sum() == 32
    assert (table["b"] < 0.25).sum() == 16


def test_morris_changes_one_factor_at_a_time() -> None:
    table = Design(kind="morris", trajectories=5, seed=3).table(MIXED)
    steps = len(MIXED) + 1
    for start in range(0, len(table), steps):
        block = table.iloc[start : start + steps]
        changed = [
            [name for name in table.columns if before[name] != after[name]]
            for (_, before), (_, after) in zip(
                block.iloc[:-1].iterrows(), block.iloc[1:].iterrows(), strict=True
            )
        ]
        assert sorted(changed) == sorted([[name] for name in table.columns])


def test_a_grid_holds_every_combination_and_the_last_factor_changes_fastest() -> None:
    few = Factor(name="n", kind="number", path="p", values=(1.0, 2.0), low=1.0, high=2.0)
    design = Design(kind="grid")
    table = design.table((few, SWITCH, RULE))
    assert design.count((few, SWITCH, RULE)) == len(table) == 12
    assert table.iloc[0].tolist() == [1.0, False, "x"]
    assert table.iloc[1].tolist() == [1.0, False, "y"]
    assert table.iloc[3].tolist() == [1.0, True, "x"]
    assert table.iloc[11].tolist() == [2.0, True, "z"]
    assert len(table.drop_duplicates()) == 12
    assert [dtype.name for dtype in table.dtypes] == ["float64", "bool", "object"]


LISTED = (
    Factor(name="n", kind="number", path="n", values=(0.5, 2.0, 3.0), low=0.5, high=3.0),
    SWITCH,
    RULE,
    Factor(name="y", kind="setting", path="y", values=(2, 0, 7)),
    Factor(name="mixed", kind="setting", path="m", values=(1, 2.5, "x")),
    Factor(name="day", kind="date", path="d", values=("2001-01-01", "2002-02-02"), dated=True),
)


@given(factors=st.lists(st.sampled_from(LISTED), min_size=1, max_size=4, unique=True))
@settings(max_examples=40)
def test_a_grid_is_the_product_of_its_values_in_their_order_and_kinds(
    factors: list[Factor],
) -> None:
    table = Design(kind="grid").table(factors)
    columns = zip(*itertools.product(*(factor.values for factor in factors)), strict=True)
    expected = pd.concat(
        [f.as_column(column) for f, column in zip(factors, columns, strict=True)], axis=1
    )
    pd.testing.assert_frame_equal(table, expected, check_exact=True)
    for name in table.columns:
        kinds = [type(value) for value in expected[name].tolist()]
        assert [type(value) for value in table[name].tolist()] == kinds


def test_a_grid_of_many_points_takes_little_more_memory_than_its_columns() -> None:
    hundred = tuple(float(k) for k in range(100))
    factors = [
        Factor(name=f"n{k}", kind="number", path="p", values=hundred, low=0.0, high=99.0)
        for k in range(3)
    ]
    Design(kind="grid").table(factors[:1])  # whatever is imported on the way
    tracemalloc.start()
    table = Design(kind="grid").table(factors)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table) == 1_000_000
    assert most < 3 * int(table.memory_usage(index=False).sum())


def test_replicates_are_one_point_without_columns() -> None:
    table = Design(kind="replicates").table(())
    assert table.shape == (1, 0)
    assert Design(kind="replicates").count(()) == 1


def test_a_table_holds_its_rows() -> None:
    design = Design(kind="table", rows=((0.5, True), (0.25, False)))
    table = design.table((NUMBERS[2], SWITCH))
    assert table["c"].tolist() == [0.5, 0.25]
    assert table["s"].tolist() == [True, False]
    assert design.count((NUMBERS[2], SWITCH)) == 2


@pytest.mark.parametrize("kind", ["grid", "replicates", "table"])
def test_only_sampled_designs_have_places(kind: str) -> None:
    with pytest.raises(ValueError, match=f"kind '{kind}' are not sampled"):
        Design(kind=kind).places(NUMBERS)


def test_the_problem_is_as_salib_wants_it() -> None:
    assert salib_problem(MIXED[:2]) == {
        "num_vars": 2,
        "names": ["a", "b"],
        "bounds": [[0.0, 1.0], [0.0, 1.0]],
    }


@pytest.mark.parametrize(
    ("design", "dimensions", "says"),
    [
        (Design(kind="sobol", points=100), 2, "such as 64 or 128"),
        (Design(kind="saltelli", points=3), 2, "such as 2 or 4"),
        (Design(kind="morris", trajectories=9, optimal=9), 2, "must be from 2 to 8"),
        (Design(kind="morris", trajectories=9, optimal=1), 2, "must be from 2 to 8"),
        (Design(kind="morris", trajectories=9, optimal=3), 1, "at least two factors"),
    ],
)
def test_sizes_that_do_not_work_are_told(design: Design, dimensions: int, says: str) -> None:
    assert says in (size_problem(design, dimensions) or "")


@pytest.mark.parametrize("dimensions", [1, 2, 7])
def test_the_smallest_designs_work(dimensions: int) -> None:
    factors = tuple(number(f"x{k}") for k in range(dimensions))
    for design in (
        Design(kind="sobol", points=1),
        Design(kind="saltelli", points=1),
        Design(kind="morris", trajectories=1, levels=2),
        Design(kind="latin_hypercube", points=1),
    ):
        assert size_problem(design, dimensions) is None
        assert len(design.table(factors)) == design.count(factors)


@pytest.mark.parametrize("design", SAMPLED.values(), ids=SAMPLED)
def test_a_design_survives_json(design: Design) -> None:
    assert Design.from_tree(json.loads(json.dumps(design.as_tree()))) == design


def test_a_broken_description_is_told() -> None:
    with pytest.raises(ResultError, match="the design cannot be read back"):
        Design.from_tree({"kind": "grid"})


def test_every_kind_has_its_settings() -> None:
    assert set(SETTINGS) == {
        *("replicates", "grid", "latin_hypercube", "sobol", "morris", "saltelli", "table")
    }


def test_without_salib_a_design_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    for kind in ("morris", "saltelli"):
        with pytest.raises(SettingError, match=r"needs SALib; install it with: pip install"):
            Design(kind=kind, points=2, trajectories=2).places(NUMBERS)
        assert missing_library(kind)
    assert missing_library("sobol") is None
