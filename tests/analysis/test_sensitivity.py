"""Sensitivity of functions whose indices are known, through the path that sweeps take."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from alliance_sim.analysis import MissingExtra
from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.sensitivity.analyse import Sensitivity, analyse
from alliance_sim.analysis.sensitivity.pawn import SLICES, _from_salib, _median, _slices
from alliance_sim.errors import SettingError, UnknownName

AXES = tuple(Axis(name, f"Factor {name}") for name in ("x1", "x2", "x3"))
PROBLEM: dict[str, Any] = {
    "num_vars": 3,
    "names": ["x1", "x2", "x3"],
    "bounds": [[-np.pi, np.pi]] * 3,
}
# Ishigami with a = 7, b = 0.1; SALib publishes the same values.
FIRST, TOTAL, WITH_THIRD = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437), 0.2437


def ishigami(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x1, x2, x3 = x.T
    y: NDArray[np.float64] = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    return y


def saltelli(base: int = 512, *, second_order: bool = True) -> NDArray[np.float64]:
    from SALib.sample import sobol

    x: NDArray[np.float64] = sobol.sample(PROBLEM, base, calc_second_order=second_order, seed=1)
    return x


def morris(trajectories: int = 60) -> NDArray[np.float64]:
    from SALib.sample import morris as sampler

    x: NDArray[np.float64] = sampler.sample(PROBLEM, trajectories, num_levels=4, seed=1)
    return x


def swept(
    x: NDArray[np.float64],
    *,
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]] = ishigami,
    replicates: int = 1,
    luck: float = 0.0,
    shared: bool = True,
) -> pd.DataFrame:
    """Return a sweep of a function with normal luck, as a sweep's frame holds it."""
    rng = np.random.default_rng(2)
    point, replicate = np.divmod(np.arange(len(x) * replicates), replicates)
    drawn = rng.normal(size=replicates if shared else len(point))
    frame = pd.DataFrame(
        {
            "point": point,
            "replicate": replicate,
            "run": replicate if shared else point * replicates + replicate,
            "y": np.repeat(function(x), replicates)
            + luck * (drawn[replicate] if shared else drawn),
        }
    )
    for axis, column in zip(AXES, x.T, strict=True):
        frame[axis.name] = np.repeat(column, replicates)
    return frame


def found(frame: pd.DataFrame, method: str, **more: Any) -> Sensitivity:
    return analyse(frame, axes=more.pop("axes", AXES), outcome="y", method=method, **more)


def test_sobol_indices_are_the_published_ones() -> None:
    got = found(swept(saltelli()), "sobol")
    table = got.table
    assert table["factor"].tolist() == ["x1", "x2", "x3"]
    assert table["first"].to_numpy() == pytest.approx(FIRST, abs=0.04)
    assert table["total"].to_numpy() == pytest.approx(TOTAL, abs=0.04)
    for name, true in (("first", FIRST), ("total", TOTAL)):
        low, high = table[f"{name}_low"].to_numpy(), table[f"{name}_high"].to_numpy()
        assert ((low < np.array(true)) & (np.array(true) < high)).all()
    assert got.pairs is not None
    pair = got.pairs.set_index(["first_factor", "second_factor"])["index"]
    assert pair["x1", "x3"] == pytest.approx(WITH_THIRD, abs=0.06)
    assert pair["x2", "x3"] == pytest.approx(0, abs=0.06)


def test_sobol_indices_are_those_of_salib() -> None:
    from SALib.analyze import sobol

    x = saltelli(64)
    expected = sobol.analyze(PROBLEM, ishigami(x), num_resamples=1000, seed=1)
    table = found(swept(x, shared=False), "sobol", seed=1).table
    assert table["first"].to_numpy() == pytest.approx(expected["S1"], abs=1e-12)
    half = (table["total_high"] - table["total"]).to_numpy()
    assert half == pytest.approx(expected["ST_conf"], abs=1e-12)


def test_a_design_without_second_order_is_recognised() -> None:
    got = found(swept(saltelli(second_order=False)), "sobol")
    assert got.pairs is None
    assert got.blocks == 512
    assert got.table["total"].to_numpy() == pytest.approx(TOTAL, abs=0.05)


def test_shared_luck_changes_no_index_and_own_luck_raises_totals_as_told() -> None:
    x = saltelli(256)
    plain = found(swept(x), "sobol").table
    shared = found(swept(x, replicates=4, luck=5.0), "sobol")
    assert shared.table["total"].to_numpy() == pytest.approx(plain["total"].to_numpy())
    assert (shared.table["idle"] == 0).all()
    own = found(swept(x, replicates=4, luck=5.0, shared=False), "sobol")
    idle = own.table["idle"][0]
    assert idle > 0.2
    expected = (1 - idle) * plain["total"] + idle
    assert own.table["total"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.08)


def test_morris_effects_are_those_of_salib_and_find_the_strongest() -> None:
    from SALib.analyze import morris as analyser

    x = morris()
    expected = analyser.analyze(dict(PROBLEM), x, ishigami(x), num_levels=4, seed=1)
    table = found(swept(x), "morris", levels=4).table
    for name in ("mu", "mu_star", "sigma"):
        assert table[name].to_numpy() == pytest.approx(np.asarray(expected[name]), abs=1e-12)
    assert (table["mu_star_low"] <= table["mu_star"]).all()


def test_a_linear_effect_is_the_change_over_the_whole_range() -> None:
    def line(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return 3 * x[:, 0] / (2 * np.pi)

    table = found(swept(morris(), function=line), "morris", levels=4).table
    assert table["mu"].to_numpy() == pytest.approx([3, 0, 0])
    assert table["sigma"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-12)


def test_the_effect_of_a_choice_is_that_of_the_switch() -> None:
    def switch(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(x[:, 0] >= 0, 2.0, 0.0)

    frame = swept(morris(), function=switch)
    frame["x1"] = frame["x1"] >= 0
    axes = (replace(AXES[0], kind="choice", values=(False, True)), *AXES[1:])
    table = found(frame, "morris", levels=4, axes=axes).table
    assert table["mu_star"].to_numpy() == pytest.approx([2, 0, 0])


def test_luck_alone_gives_an_idle_factor_the_effect_that_is_told() -> None:
    def nothing(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return 0.0 * x[:, 0]

    frame = swept(morris(300), function=nothing, replicates=4, luck=1.0, shared=False)
    table = found(frame, "morris", levels=4).table
    assert table["mu_star"].to_numpy() == pytest.approx(table["idle"].to_numpy(), rel=0.1)


def space(points: int = 400) -> NDArray[np.float64]:
    return np.random.default_rng(4).uniform(-np.pi, np.pi, size=(points, 3))


def test_pawn_orders_the_factors_and_knows_what_an_idle_one_would_come_to() -> None:
    def two(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return x[:, 0] + 0.4 * x[:, 1]

    table = found(swept(space(), function=two), "pawn").table
    assert table["pawn"].is_monotonic_decreasing
    assert table["pawn"][1] > table["idle"][1]
    assert table["pawn"][2] < table["idle"][2]
    assert ((table["pawn_low"] <= table["pawn"]) & (table["pawn"] <= table["pawn_high"])).all()


def test_our_resampling_of_pawn_computes_what_salib_does() -> None:
    x = space()
    for column in x.T:
        assert _median(column, ishigami(x), 10) == pytest.approx(
            _from_salib(column, ishigami(x), 10), abs=1e-12
        )


def test_salib_can_count_as_many_slices_as_it_is_asked_for() -> None:
    draw = np.random.default_rng(1)
    asked = set()
    for points in range(50, 200):  # of 90 to 104 and of 135 to 149, SALib steps beyond the last
        x, slices = draw.random(points), _slices(points)
        assert _from_salib(x, x**2, slices) == pytest.approx(_median(x, x**2, slices))
        asked.add(slices)
    assert asked == {3, 4, 5, 7, 8, SLICES}


def test_pawn_uses_every_value_of_a_choice() -> None:
    frame = swept(space(300)).assign(
        x1=np.repeat(["a", "b", "c"], 100), y=np.repeat([0, 1, 2], 100)
    )
    axes = (replace(AXES[0], kind="choice", values=("a", "b", "c")), *AXES[1:])
    table = found(frame, "pawn", axes=axes).table
    assert table["pawn"][0] == pytest.approx(2 / 3)  # of distances 2/3, 1/3 and 2/3


@pytest.mark.parametrize(("method", "design"), [("sobol", saltelli), ("morris", morris)])
def test_results_repeat(method: str, design: Callable[[int], NDArray[np.float64]]) -> None:
    frame = swept(design(32), replicates=2, luck=1.0)
    first, second = (found(frame, method, levels=4, seed=0) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)


def test_pawn_repeats() -> None:
    frame = swept(space(60), replicates=2, luck=1.0)
    np.random.seed(7)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    pd.testing.assert_frame_equal(found(frame, "pawn").table, found(frame, "pawn").table)
    assert np.random.random() == expected  # noqa: NPY002 - nobody else's draws are touched


@pytest.mark.parametrize(
    ("method", "rows", "told"),
    [
        ("sobol", slice(0, 401), "not a Saltelli design of 3 factors.*--method pawn"),
        ("sobol", slice(None, None, -1), "not a Saltelli design"),
        ("morris", slice(0, 400), "not a Morris design of 3 factors"),
        ("sobol", slice(0, 16), "there are 2 base points, must be at least 16 for sobol"),
        ("pawn", slice(0, 20), "there are 20 points, must be at least 50 for pawn"),
    ],
)
def test_a_design_that_a_method_cannot_use_is_refused(method: str, rows: slice, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        found(swept(saltelli(64)[rows]), method, levels=4)


def test_a_morris_design_of_unknown_levels_is_refused() -> None:
    with pytest.raises(SettingError, match="number of levels of the Morris design is not known"):
        found(swept(morris()), "morris")


def test_no_factor_a_still_factor_and_a_constant_outcome_are_told() -> None:
    frame = swept(saltelli(32))
    with pytest.raises(SettingError, match="the sweep varies no factor"):
        found(frame, "sobol", axes=())
    with pytest.raises(SettingError, match="factor 'x2' has the same value at every point"):
        found(frame.assign(x2=1.0), "sobol")
    with pytest.raises(SettingError, match="it is 4 at every point, so there is nothing"):
        found(frame.assign(y=4.0), "sobol")
    with pytest.raises(SettingError, match="every run failed"):
        found(frame.assign(y=np.nan), "sobol")
    with pytest.raises(UnknownName, match="unknown method 'sobl'; did you mean 'sobol'"):
        found(frame, "sobl")


def test_sobol_refuses_a_lost_point_and_fills_nothing_in() -> None:
    frame = swept(saltelli(32), replicates=2)
    frame.loc[0, "y"] = np.nan
    got = found(frame, "sobol")
    assert "1 runs failed" in " ".join(got.words())
    frame.loc[1, "y"] = np.nan
    with pytest.raises(SettingError, match=r"1 of 256 points have no run.*nothing was filled in"):
        found(frame, "sobol")


def test_morris_leaves_out_a_trajectory_and_pawn_a_point() -> None:
    frame = swept(morris())
    frame.loc[5, "y"] = np.nan
    got = found(frame, "morris", levels=4)
    assert (got.blocks, got.lost) == (59, 1)
    assert "1 trajectories had to be left out" in " ".join(got.words())
    frame = swept(space(60))
    frame.loc[5, "y"] = np.nan
    assert (found(frame, "pawn").blocks, found(frame, "pawn").lost) == (59, 1)


def test_the_words_say_what_luck_leaves_unexplained() -> None:
    alone = " ".join(found(swept(saltelli(32)), "sobol").words())
    assert "Each point has one run, so luck cannot be told from the factors" in alone
    own = found(swept(saltelli(32), replicates=3, luck=5.0, shared=False), "sobol")
    assert "of the variance of single runs lies within design points; no index" in " ".join(
        own.words()
    )
    assert "would come to the value called idle" in " ".join(own.words())
    shared = found(swept(saltelli(32), replicates=3, luck=5.0), "sobol")
    assert "leaving out some of the 3 runs that all points share" in " ".join(shared.words())


def test_impossible_and_uncertain_sobol_indices_are_explained() -> None:
    few = found(swept(saltelli(16, second_order=False)), "sobol")
    low = few.table[["first", "total"]].to_numpy().min()
    high = few.table[["first", "total"]].to_numpy().max()
    assert low < -0.05
    told = " ".join(few.words())
    assert f"Estimates go from {low:.2f} to {high:.2f}, though an index lies from 0 to 1" in told
    assert "error of a design of 16 base points; add base points" in told
    many = found(swept(saltelli(1024, second_order=False)), "sobol")
    assert "add base points" not in " ".join(many.words())


def test_a_missing_library_is_told_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError("No module named 'SALib'", name="SALib")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance-sim\[analysis\]'"):
        found(swept(saltelli(32)), "sobol")
