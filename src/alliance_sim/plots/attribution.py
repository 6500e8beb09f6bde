"""What junctures contributed: every convention beside the others, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.counterfactual.assumed import doubted
from alliance_sim.counterfactual.contributions import SHAPLEY, TITLES
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.plots.style import (
    FAINT,
    INK,
    QUIET,
    SHADES,
    SLIDE,
    SMALL,
    Form,
    fold,
    slide,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.counterfactual.contributions import Attribution

LOOKS = {  # colour and mark of each convention after Shapley's bars
    "owen": ("#0b6e8a", "s"),
    "time_ordered": ("#b3400e", "^"),
    "leave_one_out": ("#6a3d9a", "D"),
    "add_one_in": ("#3a7d1e", "v"),
}
BAR, ROOM = 0.26, 0.3  # height of a bar; how far the marks of others spread above and below
GREY = "#b9b9b9"


@styled
def attribution_figure(found: Attribution, *, form: Form = SLIDE) -> Figure:
    """Return a bar for each juncture by Shapley's value, and the other conventions as marks on it.

    Lines are the intervals, 5th to 95th percentile. The largest by Shapley's value stands
    on top.

    Args:
        found: The attribution.
        form: What it is drawn for.
    """
    count, words = len(found.players), found.contrast_words
    figure = slide(
        "Which junctures made it? " + found.title[:1].upper() + found.title[1:],
        about=f"{found.verdict} {words[:1].upper()}{words[1:]} {found.basis}"
        f"{''.join(f' {one}' for one in doubted(found.posterior))}",
        form=form,
        height=4.4 + 0.62 * count if form.narrow else None,
        below=SENTENCE,
    )
    axes = figure.body.subplots()
    ranks = found.ranks(SHAPLEY)
    for place, player in enumerate(ranks):
        axes.axhspan(-place - 0.5, -place + 0.5, color=SHADES[place % 2], linewidth=0, zorder=0)
        _bar(axes, found, player, -place)
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=2)
    titles = [_name(found, player, form) for player in ranks]
    axes.set_yticks([-place for place in range(count)], titles, fontsize=SMALL)
    axes.set_ylim(-count + 0.5, 0.5)
    unit = "chance of the outcome" if found.binary else "outcome"
    label = f"contribution to the {unit}, mean and 90 % of the {found.over}"
    room = form.width - (1.7 if form.narrow else 4.0)
    axes.set_xlabel(fold(label, room, size=SMALL), fontsize=SMALL)
    handles, names = axes.get_legend_handles_labels()
    figure.body.legend(  # bars come last among handles, and first in what is told
        [handles[-1], *handles[:-1]], [names[-1], *names[:-1]], loc="outside lower left",
        ncols=1 if form.narrow else 5,
    )  # fmt: skip
    return figure


def _name(found: Attribution, player: str, form: Form) -> str:
    """Return what a juncture is called beside its bar."""
    return fold(found.titles[player], 1.25 if form.narrow else 3.2, size=SMALL)


def _bar(axes: Axes, found: Attribution, player: str, at: float) -> None:
    """Draw the contributions of a juncture by all conventions."""
    first = at == 0
    mean, low, high = found.estimate(SHAPLEY, player)
    axes.barh(
        at, mean, height=2 * BAR, color=GREY, edgecolor=FAINT, zorder=1,
        label=TITLES[SHAPLEY] if first else "_",
    )  # fmt: skip
    axes.plot([low, high], [at, at], color=QUIET, linewidth=2.4, zorder=3)
    for k, (name, (colour, marker)) in enumerate(LOOKS.items()):
        mean, low, high = found.estimate(name, player)
        height = at + ROOM * (1.5 - k) / 1.5
        axes.plot([low, high], [height, height], color=colour, linewidth=1.0, zorder=3)
        axes.plot(
            [mean], [height], color=colour, marker=marker, linestyle="none", markersize=5.5,
            zorder=4, label=TITLES[name] if first else "_",
        )  # fmt: skip
