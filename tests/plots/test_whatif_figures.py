"""What figures and page of a what-if say of an outcome that is a number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from alliance_sim.counterfactual import whatif
from alliance_sim.plots.style import PHONE, SLIDE, SMALL, Form, text_width
from alliance_sim.plots.whatif import whatif_figure
from alliance_sim.scenario import load_scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.answer import WhatIf


@pytest.fixture(scope="module")
def number(islands_posterior: PosteriorDraws) -> WhatIf:
    return whatif(
        load_scenario("two_islands/baseline"),
        without="great_raid",
        outcome="rung@2009",
        posterior=islands_posterior,
        uniforms=2,
        runs=100,
        seed=3,
    )


def intervals(number: WhatIf, form: Form) -> list[Axes]:
    """Return the two panels of the outcome, drawn."""
    figure = whatif_figure(number, form=form)
    figure.draw(FigureCanvasAgg(figure).get_renderer())  # type: ignore[no-untyped-call]
    return figure.axes[-2:] if form is PHONE else figure.axes[4::5]


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_the_outcome_has_whole_ticks_that_stand_apart(number: WhatIf, form: Form) -> None:
    for axes in intervals(number, form):
        low, high = axes.get_xlim()
        ticks = [one for one in axes.get_xticks() if low <= one <= high]
        assert ticks == [round(one) for one in ticks]
        assert 1 <= len(ticks) <= 6


def test_titles_of_the_outcome_are_folded_once(number: WhatIf) -> None:
    upper, lower = intervals(number, SLIDE)
    assert " ".join(upper.get_title(loc="left").split()).startswith("Formal step reached")
    lines = lower.get_title(loc="left").split("\n")
    assert " ".join(lines).endswith("edited minus as it was")
    room = 0.8 * lower.get_window_extent().width / lower.figure.dpi
    for line, after in pairwise(lines):  # there was no room for one more word
        more = f"{line} {after.split()[0]}"
        assert text_width(more, size=SMALL, weight="bold") > room
