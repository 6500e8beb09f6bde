"""The figure of several edited worlds says how many pairs of runs it is of, with which numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.text import Text

from alliance_sim.plots.contrast import contrast_figure
from alliance_sim.plots.style import numbers_of, pairs_of
from alliance_sim.results.ensemble import DRAWN

if TYPE_CHECKING:
    from alliance_sim.results import Ensemble


def failed(ensemble: Ensemble, *runs: int) -> Ensemble:
    values, status = ensemble.values.copy(), list(ensemble.status)
    for run in runs:
        values[run], status[run] = np.nan, "failed"
    return replace(ensemble, values=values, status=tuple(status))


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ([(), ()], "5 pairs"),
        ([(1,), (2,)], "5 pairs (1 failed and are left out)"),
        ([(), (2, 3)], "5 pairs (up to 2 failed and are left out)"),
    ],
)
def test_pairs_of_which_a_run_failed_are_told(
    ensemble: Ensemble, lost: list[tuple[int, ...]], told: str
) -> None:
    assert pairs_of(ensemble, [failed(ensemble, *runs) for runs in lost]) == told


def test_a_pair_is_lost_once_where_both_of_its_runs_failed(ensemble: Ensemble) -> None:
    assert "(1 failed" in pairs_of(failed(ensemble, 0), [failed(ensemble, 0)])
    assert "(2 failed" in pairs_of(failed(ensemble, 0), [failed(ensemble, 1)])


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ("300 posterior draws (RID)", "With 5 of 300 posterior draws (RID)"),
        ("1,200 posterior draws (RID)", "With 5 of 1,200 posterior draws (RID)"),
        ("5 posterior draws (RID)", "With 5 posterior draws (RID)"),
        ("1 posterior draw (RID)", "With 1 posterior draw (RID)"),
        ("draws of somebody's own", "With draws of somebody's own"),
    ],
)
def test_few_runs_take_only_some_of_the_draws(ensemble: Ensemble, there: str, told: str) -> None:
    assert numbers_of(replace(ensemble, engine=f"kernel{DRAWN}{there}")) == told


def test_it_says_where_the_parameters_come_from(ensemble: Ensemble) -> None:
    figure = contrast_figure(ensemble, {"edited": ensemble}, against="As it was")
    words = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    assert f"Against: As it was, 5 pairs of runs, seed 7. {numbers_of(ensemble)}." in words
