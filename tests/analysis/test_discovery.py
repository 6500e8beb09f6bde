"""Conditions that are known are found again."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim.analysis import MissingExtra
from alliance_sim.analysis.axes import Axis, year_of
from alliance_sim.analysis.discovery.boxes import Cases, Limit, box_frame, box_of, limit_frame
from alliance_sim.analysis.discovery.discover import Discovery, Search, discover
from alliance_sim.errors import SettingError, UnknownName

pytestmark = pytest.mark.slow

AXES = (
    Axis("pull", "Pull of threats", low=0.0, high=4.0),
    Axis("scenario", "A factor with a name that others give a meaning", low=0.0, high=1.0),
    Axis("idle", "Nothing", low=0.0, high=1.0),
    Axis("war", "The war happens", "choice", (False, True)),
    Axis("rule", "Council rule", "choice", ("consensus", "weighted_majority", "leader")),
    Axis("since", "Government from", "date", low=2000.0, high=2010.0),
)


def made_up(
    points: int = 500, replicates: int = 2, *, luck: float = 0.05, seed: int = 1
) -> pd.DataFrame:
    """Return runs in which it happens if the pull is 2.4 or more and the war happens."""
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 3650, points), unit="D")
    table = pd.DataFrame(
        {
            "point": range(points),
            "pull": 4 * rng.random(points),
            "scenario": rng.random(points),
            "idle": rng.random(points),
            "war": rng.random(points) < 0.5,
            "rule": rng.choice(["consensus", "weighted_majority", "leader"], points),
            "since": days.strftime("%Y-%m-%d"),
        }
    )
    frame = table.loc[table.index.repeat(replicates)].reset_index(drop=True)
    frame["replicate"] = np.tile(np.arange(replicates), points)
    flipped = rng.random(len(frame)) < luck
    frame["y"] = (((frame["pull"] >= 2.4) & frame["war"]) ^ flipped).astype(float)
    return frame


def found(frame: pd.DataFrame, **more: Any) -> Discovery:
    return discover(frame, axes=more.pop("axes", AXES), outcome="y", **more)


@pytest.fixture(scope="module")
def prim() -> Discovery:
    return found(made_up())


def test_prim_finds_the_box_in_the_units_of_the_factors(prim: Discovery) -> None:
    box = prim.boxes[0]
    limits = {limit.axis.name: limit for limit in box.limits}
    assert set(limits) == {"pull", "war"}
    assert limits["pull"].low == pytest.approx(2.4, abs=0.1)
    assert np.isinf(limits["pull"].high)
    assert limits["war"].kept == (1,)
    assert box.words() == [
        f"Pull of threats: {limits['pull'].low:.2f} or more",
        "The war happens: yes",
    ]


def test_a_reader_is_given_minus_signs_and_a_file_numbers_that_can_be_read() -> None:
    pull = Axis("pull", "Pull", low=-1.0, high=1.0)
    limit = Limit(pull, low=-0.5, high=-0.25)
    assert limit.words() == "Pull: −0.5 to −0.25"
    assert pull.tick(-0.5) == "−0.5"
    assert float(pull.tick(-0.5, plain=True)) == pytest.approx(-0.5)
    cases = Cases((pull,), np.array([[-0.3], [0.3]]), np.array([1.0, 0.0]), np.arange(2), 0)
    box = box_of([limit], cases)
    assert box.words() == ["Pull: −0.5 to −0.25"]
    assert box_frame([box])["conditions"].tolist() == ["Pull: -0.5 to -0.25"]
    assert limit_frame([box])["words"].tolist() == ["Pull: -0.5 to -0.25"]
    weeks = Axis("rule", "Rule", "choice", ("two-thirds", "all"))
    assert Limit(weeks, kept=(0,)).words() == "Rule: two-thirds"


def test_the_numbers_of_a_box_are_those_of_its_runs(prim: Discovery) -> None:
    frame, box = made_up(), prim.boxes[0]
    inside = (frame["pull"] >= box.limits[0].low) & frame["war"]
    assert box.runs == inside.sum()
    assert box.density == pytest.approx(frame["y"][inside].mean())
    assert box.coverage == pytest.approx(frame["y"][inside].sum() / frame["y"].sum())
    assert box.mass == pytest.approx(inside.mean())
    assert box.density_low < box.density < box.density_high


def test_numbers_agree_with_those_of_the_workbench(prim: Discovery) -> None:
    assert prim.peeling is not None
    first = prim.peeling[prim.peeling["box"] == 1]
    chosen = first[first["chosen"]].iloc[0]
    box = prim.boxes[0]
    for name in ("coverage", "density", "mass", "runs", "of_interest"):
        assert chosen[name] == pytest.approx(getattr(box, name))
    assert chosen["restricted"] == len(box.limits)
    assert first["coverage"].iloc[0] == first["mass"].iloc[0] == 1


def test_quasi_p_values_stand_beside_every_limit(prim: Discovery) -> None:
    table = limit_frame(prim.boxes[:1]).set_index("factor")
    assert table["qp_low"].max() < 0.05
    assert table["values"]["war"] == "True"
    assert list(box_frame(prim.boxes)["box"]) == list(range(1, len(prim.boxes) + 1))


def test_a_box_is_tried_on_points_that_it_was_not_found_on(prim: Discovery) -> None:
    assert prim.elsewhere is not None
    assert prim.elsewhere.density == pytest.approx(0.95, abs=0.05)
    assert "tried on the other" in " ".join(prim.words())
    assert "are not independent" in " ".join(prim.words())


def test_dates_and_several_values_make_limits() -> None:
    frame = made_up(luck=0.0)
    early = frame["since"] < "2004-06-01"
    frame["y"] = (early & (frame["rule"] != "consensus")).astype(float)
    box = found(frame).boxes[0]
    limits = {limit.axis.name: limit for limit in box.limits}
    assert set(limits) == {"since", "rule"}
    assert limits["since"].high == pytest.approx(year_of("2004-06-01"), abs=0.3)
    assert limits["rule"].kept == (1, 2)
    assert "Council rule: weighted majority or leader" in box.words()
    told = limit_frame([box]).set_index("factor")
    assert str(told["high"]["since"]).startswith("2004-")
    assert told["low"]["since"] is None


def test_the_conditions_of_the_table_hold_in_as_many_runs_as_are_told() -> None:
    frame = made_up(points=300)
    early = frame["since"].between("2002-03-01", "2006-05-01")
    frame["y"] = np.where(early & (frame["idle"] < 0.7), 1.0, frame["y"])
    boxes = found(frame, method="cart").leaves
    limits = limit_frame(boxes)
    for number, box in enumerate(boxes, start=1):
        rows = np.ones(len(frame), dtype=bool)
        for limit in limits[limits["box"] == number].to_dict("records"):
            column = frame[limit["factor"]]
            if limit["values"]:
                rows &= column.astype(str).isin(limit["values"].split(" | "))
            if pd.notna(limit["low"]):
                rows &= column >= limit["low"]
            if pd.notna(limit["high"]):
                rows &= column <= limit["high"]
        assert (rows.sum(), frame["y"][rows].sum()) == (box.runs, box.of_interest)


def test_a_second_box_lies_outside_of_the_first() -> None:
    frame = made_up(luck=0.0)
    frame["y"] = ((frame["pull"] >= 3.0) | (frame["idle"] <= 0.2)).astype(float)
    first, second = found(frame, axes=AXES[:4], search=Search(boxes=2)).boxes
    assert {first.limits[0].axis.name, second.limits[0].axis.name} == {"pull", "idle"}
    assert first.coverage + second.coverage > 0.9
    assert second.density > 0.9


def test_the_numbers_of_a_second_box_are_those_of_the_conditions_told_with_it() -> None:
    frame = made_up(luck=0.0)
    frame["y"] = ((frame["pull"] >= 2.5) | (frame["idle"] <= 0.4)).astype(float)
    got = found(frame, axes=AXES[:4], search=Search(boxes=2))
    first, second = got.boxes
    within, earlier = second.inside(got.cases), first.inside(got.cases)
    assert (within & earlier).any()
    rows = within & ~earlier
    assert first.words()[-1] == first.limits[-1].words()
    assert second.words()[-1] == "not in box 1"
    assert second.runs == rows.sum()
    assert second.density == pytest.approx(got.cases.y[rows].mean())
    one, two = box_frame(got.boxes).to_dict(orient="records")
    assert two["density_all"] == pytest.approx(got.cases.y[within].mean())
    assert two["coverage_all"] == pytest.approx(got.cases.y[within].sum() / got.cases.y.sum())
    assert one["density_all"] == one["density"]
    assert "only the runs that lie in no box before it" in " ".join(got.words())


def best_balance(peeling: pd.DataFrame) -> int:
    """Return the step with the greatest harmonic mean of coverage and way from the share to 1."""
    coverage, density = peeling["coverage"].to_numpy(), peeling["density"].to_numpy()
    gain = (density - density[0]) / (1 - density[0])
    sound = (peeling["worst_qp"] <= 0.05).to_numpy()
    return int(np.argmax(np.where(sound, 2 * coverage * gain / (coverage + gain), 0.0)))


@pytest.mark.parametrize(("luck", "seed"), [(0.2, 1), (0.2, 2), (0.1, 2)])
def test_the_box_offered_has_the_best_balance_of_those_without_a_limit_by_chance(
    luck: float, seed: int
) -> None:
    got = found(made_up(150, replicates=1, luck=luck, seed=seed), search=Search(boxes=1))
    assert got.peeling is not None
    offered = got.peeling.loc[got.peeling["offered"], "step"].tolist()
    assert offered == [best_balance(got.peeling)]


def test_the_step_that_is_offered_can_be_asked_for_though_it_was_made_by_lifting() -> None:
    frame = made_up(150, replicates=1, luck=0.1)
    first = found(frame, search=Search(boxes=1))
    assert first.peeling is not None
    (row,) = first.peeling[first.peeling["offered"]].to_dict(orient="records")
    assert row["lifted"]
    again = found(frame, search=Search(boxes=1, step=int(row["step"])))
    pd.testing.assert_frame_equal(box_frame(again.boxes), box_frame(first.boxes))


def test_a_step_of_the_peeling_can_be_chosen() -> None:
    frame = made_up()
    got = found(frame, axes=AXES[:4], search=Search(boxes=1, step=3))
    assert got.peeling is not None
    assert got.peeling[got.peeling["chosen"] & (got.peeling["box"] == 1)]["step"].tolist() == [3]
    assert got.elsewhere is None, "a number of a step means nothing in other halves"
    assert "A step chosen by hand is not tried on points" in " ".join(got.words())
    with pytest.raises(SettingError, match="step is 999, must be from 0 to"):
        found(frame, axes=AXES[:4], search=Search(step=999))


def test_factors_that_matter_are_limited_again_in_halves() -> None:
    again = found(made_up(250), axes=AXES[2:4] + AXES[:1], search=Search(boxes=1, resample=2)).again
    assert again is not None
    share = again.set_index("factor")["same_density"]
    assert share["pull"] == share["war"] == 1
    assert share["idle"] < 1


def test_cart_has_leaves_that_hold_every_run_once() -> None:
    frame = made_up()
    got = found(frame, method="cart")
    inside = np.sum([leaf.inside(got.cases) for leaf in got.leaves], axis=0)
    assert (inside == 1).all()
    assert sum(leaf.of_interest for leaf in got.leaves) == frame["y"].sum()
    best = {limit.axis.name for limit in got.boxes[0].limits}
    assert {"pull", "war"} <= best
    assert "flatters its densest leaves" in " ".join(got.words())
    assert all(leaf.density_low > got.cases.share for leaf in got.boxes)


def test_cart_keeps_the_values_of_choices_apart() -> None:
    frame = made_up(luck=0.0)
    frame["y"] = (frame["rule"] == "weighted_majority").astype(float)
    got = found(frame, method="cart")
    (box,) = got.boxes
    assert [limit.kept for limit in box.limits] == [(1,)]
    assert (box.density, box.coverage) == (1.0, 1.0)
    kept = [leaf.limits[0].kept for leaf in got.leaves[1:]]
    assert all(1 not in values for values in kept)


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_results_repeat_and_leave_the_common_generator_alone(method: str) -> None:
    frame = made_up(150)
    np.random.seed(7)  # noqa: NPY002
    before = np.random.random()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    settings = {"method": method, "axes": AXES[:4], "search": Search(boxes=1, resample=1)}
    first = found(frame, **settings)
    assert np.random.random() == before  # noqa: NPY002
    second = found(frame, **settings)
    pd.testing.assert_frame_equal(box_frame(first.boxes), box_frame(second.boxes))
    if method == "prim":
        assert first.again is not None
        assert second.again is not None
        pd.testing.assert_frame_equal(first.again, second.again)


def test_failed_runs_are_left_out_and_counted() -> None:
    frame = made_up()
    frame.loc[:9, "y"] = np.nan
    got = found(frame, search=Search(boxes=1))
    assert got.cases.failed == 10
    assert "10 runs failed and are left out" in " ".join(got.words())


def test_pure_luck_gives_no_box_and_says_so() -> None:
    frame = made_up(400, replicates=1)
    frame["y"] = np.tile([0.0, 1.0], 200)
    got = found(frame)
    assert got.boxes == () or got.elsewhere is None or not got.elsewhere.density > 0.6
    if not got.boxes:
        assert "No box found" in " ".join(got.words())


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (1.0, "always happens in these 1000 runs"),
        (0.0, "never happens in these 1000 runs"),
        (np.nan, "every run failed"),
        (np.arange(1000) / 10, 'Ask for a comparison, such as "y>=49.95" or "rung>=8@2014"'),
        ((np.arange(1000) < 19) * 1.0, "it happens in 19 of 1000 runs; at least 20 runs"),
    ],
)
def test_an_outcome_that_tells_no_condition_is_refused(values: Any, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        found(made_up().assign(y=values))


def test_settings_out_of_range_are_told_at_once() -> None:
    with pytest.raises(SettingError, match=r"(?s)boxes is 0, must.*resample is -1, must"):
        found(made_up(), search=Search(boxes=0, resample=-1))
    with pytest.raises(UnknownName, match="unknown method 'prism'; did you mean 'prim'"):
        found(made_up(), method="prism")
    with pytest.raises(SettingError, match="the sweep varies no factor"):
        found(made_up(), axes=())


def test_a_factor_that_does_not_vary_is_no_condition() -> None:
    got = found(made_up(200).assign(rule="leader"), search=Search(boxes=1))
    assert "rule" not in [axis.name for axis in got.cases.axes]


def test_a_missing_library_is_told_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError("No module named 'sklearn'", name="sklearn")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(
        MissingExtra, match=r"ema_workbench.*pip install 'alliance-sim\[analysis\]'"
    ):
        found(made_up(), method="cart")
