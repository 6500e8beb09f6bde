"""The answer to a what-if: both worlds, their difference, and re-runs counted in icons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from alliance_sim.counterfactual.answer import of_100
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.glossary import is_whole
from alliance_sim.plots.comparison import (
    STATES,
    draw_worlds,
    edits_told,
    first_year,
    tall_enough,
    worlds_legend,
)
from alliance_sim.plots.style import (
    FACTUAL,
    FAINT,
    INK,
    SLIDE,
    SMALL,
    STEPS,
    Form,
    panel_title,
    slide,
    styled,
)
from alliance_sim.plots.years import narrower
from alliance_sim.results.state_metadata import meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from alliance_sim.counterfactual.answer import WhatIf
    from alliance_sim.counterfactual.estimates import Estimate

ACROSS = 10  # icons in a row
ICONS = 0.62  # width of the icons' column beside that of a state
SIZE = 26.0  # of an icon, in square points
BAR = 0.3  # half the height of an interval's end
MARGIN = 0.1  # of an axis on either side of intervals, so that no point is cut off
TICKS = 4  # on the axis of a number, at most


@styled
def whatif_figure(answer: WhatIf, *, form: Form = SLIDE) -> Figure:
    """Return both worlds by domain and on the formal ladder, their difference, and the answer.

    An outcome that happens or does not is counted in icons, one for each of 100 re-runs; a number
    is drawn with its interval.

    Args:
        answer: The answer.
        form: What it is drawn for; where it is narrow everything stands under each other.

    Raises:
        SettingError: If every history failed.
    """
    comparison = answer.comparison
    (label,) = comparison.edited
    calendar = comparison.factual_runs.calendar
    about = (
        f"{answer.answer} {answer.named} {answer.worlds.histories} histories that come to the "
        f"record, each with its twin. {edits_told(comparison, label)}"
        f"{narrower(calendar, first_year(comparison, label))}"
    )
    title = answer.question.edited.question or f"{label}: what would have been different?"
    tall = tall_enough(form)
    figure = slide(title, about=about, form=form, height=tall and tall + 5.0, below=SENTENCE)
    pairs, icons = _panels(figure.body, form)
    draw_worlds(comparison, label, pairs, form=form)
    room = form.width - 0.9 if form.narrow else form.width * ICONS / (len(STATES) + ICONS) - 0.3
    for axes, name, world in zip(
        icons, ("As it was", label), (answer.fact, answer.edited), strict=True
    ):
        if answer.question.binary:
            _icons(axes, world, name, inches=room, factual=world is answer.fact)
    if not answer.question.binary:
        _intervals(icons, answer, label, inches=room)
    worlds_legend(figure.body, form, runs="histories")
    return figure


def _panels(body: SubFigure, form: Form) -> tuple[list[tuple[Axes, Axes]], Sequence[Axes]]:
    """Return a pair of panels for each state, and two for the answer."""
    count = len(STATES)
    if form.narrow:
        grid = body.subplots(2 * count + 2, 1, height_ratios=(*(1.5, 1) * count, 1.6, 1.6))
        return list(zip(grid[: 2 * count : 2], grid[1 : 2 * count : 2], strict=True)), grid[-2:]
    grid = body.subplots(
        2, count + 1, height_ratios=(1.6, 1), width_ratios=(*(1.0,) * count, ICONS)
    )
    return list(zip(*grid[:, :count], strict=True)), grid[:, count]


def _icons(axes: Axes, world: Estimate, name: str, *, inches: float, factual: bool) -> None:
    """Draw 100 re-runs: filled where the outcome comes about."""
    with_it = of_100(world.value)
    places = np.arange(ACROSS * ACROSS)
    across, down = places % ACROSS, places // ACROSS
    colour = FACTUAL.colour if factual else INK
    for chosen, filled in ((places < with_it, True), (places >= with_it, False)):
        axes.scatter(
            across[chosen],
            -down[chosen],
            s=SIZE,
            marker="s",
            facecolor=colour if filled else "none",
            edgecolor=colour if filled else FAINT,
            linewidth=0.9,
        )
    axes.set_xlim(-0.8, ACROSS - 0.2)
    axes.set_ylim(-ACROSS + 0.2, 0.8)
    axes.set_aspect("equal", anchor="W")  # so that the title has the room that it was folded for
    _bare(axes)
    panel_title(axes, f"{name}: in {with_it} of 100 re-runs", inches=inches)


def _intervals(panels: Sequence[Axes], answer: WhatIf, label: str, *, inches: float) -> None:
    """Draw the outcome in both worlds, and the difference, each with its interval."""
    upper, lower = panels
    meanings = answer.worlds.factual.meanings
    whole = is_whole(meaning(answer.question.outcome.state, meanings).unit)
    title = answer.question.outcome_title
    rows = ((upper, ("as it was", "edited"), (answer.fact, answer.edited)),
            (lower, ("difference",), (answer.effect,)))  # fmt: skip
    for axes, names, estimates in rows:
        for place, one in enumerate(estimates):
            colour = FACTUAL.colour if one is answer.fact else INK
            axes.plot([one.low, one.high], [-place, -place], color=colour, linewidth=2.4)
            axes.plot([one.value], [-place], marker="o", color=colour)
        axes.set_yticks([-k for k in range(len(names))], names, fontsize=SMALL)
        axes.set_ylim(-len(names) + 1 - 2 * BAR, 2 * BAR)
        axes.margins(x=MARGIN)
        axes.xaxis.set_major_locator(MaxNLocator(TICKS, integer=whole, steps=STEPS))
    lower.axvline(0, color=FAINT, linewidth=0.9, zorder=0)
    panel_title(upper, f"{title[:1].upper()}{title[1:]}", inches=inches)
    panel_title(lower, f"{label}: edited minus as it was", inches=inches)


def _bare(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
