"""Of many numbers those that the record says something of are seen, and none is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.text import Text

from alliance_sim.calibration import shipped_posterior
from alliance_sim.plots.posterior import (
    MOST,
    WIDEST,
    correlations_figure,
    fit_figure,
    posterior_figure,
)
from alliance_sim.plots.style import PHONE, SLIDE, Form
from alliance_sim.record.words import Words
from alliance_sim.scenario import load_scenario

if TYPE_CHECKING:
    from alliance_sim.calibration import PosteriorDraws
    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble

BASELINE = load_scenario("japan_nato/baseline")
TOGETHER = re.compile(r"(\w+): (\d+) set by the prior")


def of_theory(theory: str) -> PosteriorDraws:
    found = shipped_posterior(BASELINE, theory)
    assert found is not None
    return found


def rows_of(posterior: PosteriorDraws) -> list[str]:
    """Return the names of all rows, as one text in each."""
    ticks = [one for axes in posterior_figure(posterior).axes for one in axes.get_yticklabels()]
    return ["".join(one.get_text().split("\n")) for one in ticks]


def test_of_many_numbers_those_that_the_prior_sets_share_a_row_in_each_group() -> None:
    posterior = of_theory("RID")
    table = posterior.parameters.set_index("name")["set_by_the_prior"]
    assert len(table) > MOST
    rows = rows_of(posterior)
    assert set(table.index[~table]) <= set(rows), "what the record tells keeps its row"
    together = {found[1]: int(found[2]) for row in rows if (found := TOGETHER.fullmatch(row))}
    alone = [row for row in rows if row in table.index and table[row]]
    assert sum(together.values()) + len(alone) == table.sum(), "none is lost"
    groups = [name.partition(".")[0] for name in table.index[table]]
    assert all(groups.count(name) == count > 1 for name, count in together.items())
    assert len(rows) == len(set(rows)) <= MOST


def test_of_few_numbers_each_has_a_row() -> None:
    posterior = of_theory("N")
    assert len(posterior.names) <= MOST
    assert rows_of(posterior) == list(posterior.names)


@pytest.mark.parametrize("theory", ["RID", "N"])
def test_a_dot_stands_for_every_number(theory: str) -> None:
    posterior = of_theory(theory)
    figure = posterior_figure(posterior)
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    dots = [x for line in lines if line.get_marker() == "o" for x in np.asarray(line.get_xdata())]
    assert len(dots) == len(posterior.names)


@pytest.mark.parametrize(("theory", "said"), [("D", True), ("RID", False)])
def test_a_line_that_is_longer_than_its_axis_ends_in_an_arrow(theory: str, said: bool) -> None:
    posterior = of_theory(theory)
    table = posterior.parameters.set_index("name")
    names = set(rows_of(posterior)) & set(table.index)
    of = table.loc[sorted(names)]
    ends = [(of[q] - of["prior_mean"]) / of["prior_sd"] for q in ("q05", "q95")]
    beyond = sum(int((end.abs() > WIDEST).sum()) for end in ends)
    figure = posterior_figure(posterior)
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    assert len([line for line in lines if line.get_marker() in ("<", ">")]) == beyond
    assert (beyond > 0) is said
    words = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    assert ("Arrow: goes on beyond the axis" in words) is said


def test_the_axis_of_free_runs_and_the_record_is_of_years(
    ensemble: Ensemble, record: Record
) -> None:
    figure = fit_figure(ensemble, ensemble, record=record, words=Words.of(BASELINE))
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "", "year"]


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_each_pair_of_coefficients_has_a_square_and_those_that_stand_out_a_number(
    form: Form,
) -> None:
    posterior = of_theory("RID")
    names = [name for name in posterior.names if name.startswith("willingness.")]
    axes = correlations_figure(posterior, form).axes[0]
    array = axes.images[0].get_array()
    assert array is not None
    drawn = np.ma.filled(array, np.nan)
    assert np.isfinite(drawn).sum() == len(names) * (len(names) - 1) // 2
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [
        name.removeprefix("willingness.") for name in names[1:]
    ]
    told = [text for text in axes.texts if text.get_text()]
    beyond = int((np.abs(drawn) > 1.96 / np.sqrt(len(posterior))).sum())
    assert len(told) == (0 if form is PHONE else beyond)
    assert beyond > 5
