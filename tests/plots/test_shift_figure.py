"""The figure of a shift response draws what its table holds, and says why a shift is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.text import Text

from alliance_sim import load_scenario
from alliance_sim.counterfactual import ShiftResponse
from alliance_sim.counterfactual.estimates import Estimate
from alliance_sim.counterfactual.shift_result import AtShift
from alliance_sim.counterfactual.shifts import Shift
from alliance_sim.plots.shift import shift_figure
from alliance_sim.plots.style import PHONE, SLIDE, Form
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.world.state import state_names
from tests.plots.test_figures import texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from alliance_sim.calibration import PosteriorDraws

ISLANDS = load_scenario("two_islands/baseline")
BEFORE, AFTER = "comes before the run begins (1990-01-01)", "comes after all that is looked at"
LAW = "“Ports act” is left to chance"

pytestmark = pytest.mark.slow


@pytest.fixture(params=["rung>=2@2010", "level_operations@2010"])
def found(request: pytest.FixtureRequest, islands_posterior: PosteriorDraws) -> ShiftResponse:
    outcome = parse_outcome(request.param, states=state_names(ISLANDS), calendar=ISLANDS.calendar())
    fact = Estimate(0.6, 0.2, 0.9)
    shifts = tuple(
        Shift(by, f"shift great_raid:{by:+d}", dt.date(2004 + by // 4, 5, 10), why)
        for by, why in ((-12, BEFORE), (-8, BEFORE), (-4, ""), (0, ""), (4, ""), (8, AFTER))
    )
    early, _, late = shifts[2:5]
    return ShiftResponse(
        scenario=ISLANDS,
        outcome=outcome,
        juncture="great_raid",
        called="The great raid",
        kept=(),
        shifts=shifts,
        points=(
            AtShift(early, Estimate(0.7, 0.3, 0.9), Estimate(0.1, -0.1, 0.2), 0.02, 0.8, 0.1),
            AtShift.as_it_was(shifts[3], fact),
            AtShift(late, Estimate(0.2, 0.1, 0.4), Estimate(-0.4, -0.6, -0.1), 0.02, 0, 1, (LAW,)),
        ),
        fact=fact,
        posterior=islands_posterior,
        histories=64,
        coupling="quantile",
        seed=1,
    )


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_numbers_reasons_and_what_follows_are_drawn(found: ShiftResponse, form: Form) -> None:
    figure: Any = shift_figure(found, form=form)
    (axes,) = figure.body.axes
    line = next(line for line in axes.lines if line.get_label() == "effect")
    assert np.array_equal(line.get_xdata(), [-12, -8, -4, 0, 4, 8])
    drawn = np.array(line.get_ydata(), dtype=float)
    assert np.array_equal(np.isnan(drawn), [True, True, False, False, False, True])
    assert np.allclose(drawn[2:5], [0.1, 0.0, -0.4])
    low, high = axes.get_ylim()
    assert low < -0.6
    assert high > 0.2
    told = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    for words in (f"it {BEFORE}", f"it {AFTER}", f"a: from +4 on {LAW}", "The great raid"):
        assert words in told
    assert found.answer in told
    assert ("90 % of the draws" in told) == found.binary


def test_ticks_have_no_digit_that_is_the_same_at_all(found: ShiftResponse) -> None:
    figure: Any = shift_figure(found)
    (axes,) = figure.body.axes
    assert [axes.yaxis.get_major_formatter()(at) for at in (-0.4, 0.0, 0.2)] == [
        "−0.4", "0.0", "+0.2",
    ]  # fmt: skip


def test_an_outcome_that_is_whole_has_whole_ticks(found: ShiftResponse) -> None:
    steps = parse_outcome("rung@2010", states=state_names(ISLANDS), calendar=ISLANDS.calendar())
    still = [point._replace(effect=Estimate(0.0, -2.0, 0.0)) for point in found.points]
    figure: Any = shift_figure(replace(found, outcome=steps, points=tuple(still)))
    (axes,) = figure.body.axes
    assert [axes.yaxis.get_major_formatter()(at) for at in axes.get_yticks()][:2] == ["−3", "−2"]


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_all_words_stay_inside_the_figure(found: ShiftResponse, form: Form) -> None:
    figure: Any = shift_figure(found, form=form)
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in texts(figure):
        assert box.x0 > -1.0, text
        assert box.y0 > -1.0, text
        assert box.x1 < width + 1.0, text
        assert box.y1 < height + 1.0, text


def test_years_along_the_top_are_those_in_which_the_juncture_comes(found: ShiftResponse) -> None:
    figure: Any = found.plot()
    (axes,) = figure.body.axes
    (above,) = axes.child_axes
    assert len(texts(figure)) > 10  # and so it is laid out
    ends: tuple[float, float] = above.get_xlim()
    assert [round(end, 2) for end in ends] == [2004.25 - 3.5, 2004.25 + 2.5]
    _same_place(axes, above, by=-4.0, year=2003.25)


def _same_place(axes: Axes, above: Axes, *, by: float, year: float) -> None:
    first, last = axes.get_xlim()
    begins, ends = above.get_xlim()
    assert (by - first) / (last - first) == pytest.approx((year - begins) / (ends - begins))
