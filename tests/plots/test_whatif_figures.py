"""What figures and page of a what-if say of an outcome that is a number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from alliance_sim.counterfactual import whatif
from alliance_sim.plots.robustness import robustness_figure
from alliance_sim.plots.style import PHONE, SLIDE, SMALL, Form, text_width
from alliance_sim.plots.whatif import whatif_figure
from alliance_sim.report import result_folder, write_whatif
from alliance_sim.scenario import load_scenario
from alliance_sim.scenario.theories import letters_told

if TYPE_CHECKING:
    from pathlib import Path

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


def test_letters_of_theories_are_explained(number: WhatIf) -> None:
    told = " ".join(" ".join(t.get_text().split()) for t in robustness_figure(number).findobj(Text))
    assert "Theories (R: threats, I: institutions, D: domestic politics) weigh" in told
    assert (
        letters_told(["N", "I+T"]) == "I: institutions, N: none of these, +T: with a common trend"
    )


def test_intervals_of_a_number_are_said_to_be_over_histories(
    number: WhatIf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = " ".join(" ".join(t.get_text().split()) for t in robustness_figure(number).findobj(Text))
    assert "line, 90 % of the histories." in told
    assert "Filled: what the answer is told of first, and theories that weigh more than" in told
    monkeypatch.setattr(result_folder, "png_of", lambda *_, **__: b"")
    write_whatif(number, out=tmp_path, command="alliance-sim whatif")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "90 % of histories" in page
    assert "90 % of draws" not in page
