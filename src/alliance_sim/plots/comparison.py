"""Edited scenarios beside the factual one: their courses, and their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.errors import UnknownName, unknown_name
from alliance_sim.plots.contrast import contrast_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alliance_sim.comparison.scenarios import Comparison


def comparison_figure(comparison: Comparison, label: str | None = None) -> Figure:
    """Return how edited scenarios depart from the factual one.

    Args:
        comparison: The scenarios.
        label: Which of the edited ones; all if left out.

    Raises:
        UnknownName: If no edited scenario is called so.
    """
    runs = comparison.edited_runs
    if label is not None and label not in runs:
        raise UnknownName(unknown_name("scenario", label, runs))
    shown = {name: one for name, one in runs.items() if label in (None, name)}
    days = {name: day for name, day in comparison.touched.items() if day is not None}
    return contrast_figure(comparison.factual_runs, shown, edited=days, words=comparison.words)
