"""A figure of how certain an outcome was: each year's chance stands at that year on the axis."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from alliance_sim import load_scenario
from alliance_sim.counterfactual import inevitability
from alliance_sim.plots.inevitability import inevitability_figure
from alliance_sim.plots.style import PHONE, SLIDE, Form
from alliance_sim.shipped import usual_scenario


def places(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata(), dtype=float)]


def test_the_year_of_decision_is_marked_like_no_other_line() -> None:
    base = load_scenario(usual_scenario())
    figure = inevitability_figure(
        inevitability(base, "without nine_eleven", outcome="rung>=8@2014")
    )
    (legend,) = figure.findobj(Legend)
    names = [text.get_text() for text in legend.get_texts()]
    looks = [(line.get_linestyle(), line.get_marker()) for line in legend.get_lines()]
    dashes = [str(getattr(line, "_dash_pattern", "")) for line in legend.get_lines()]
    assert {"as it was", "edited", "edits begin", "decided"} < set(names)
    assert len(set(zip(looks, dashes, strict=True))) == len(names)


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_a_year_on_the_axis_is_where_the_chance_known_to_its_end_stands(form: Form) -> None:
    base = load_scenario(usual_scenario())
    curve = inevitability(base, "without nine_eleven", outcome="rung>=8@2014")
    above, below = inevitability_figure(curve, form=form).axes[:2]
    for axes in (above, below):
        (line,) = [one for one in axes.lines if one.get_label() == "edited"]
        place = dict(zip(curve.years.tolist(), places(line), strict=True))
        ticks = {int(text.get_text()): text.get_position()[0] for text in axes.get_xticklabels()}
        assert {1970, 1990, 2010} <= set(ticks)
        assert ticks == {year: place[year] for year in ticks}
        assert [curve.touched] * 2 in [places(one) for one in axes.lines]
        assert place[2000] < curve.touched < place[2001]  # in September 2001
    assert below.get_xlabel() == "known to the end of"
