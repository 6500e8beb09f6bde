"""Two codings of the same acts: what each list holds, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.comparison.codings import Z95
from alliance_sim.plots.style import (
    FACTUAL,
    INK,
    LADDER,
    PLAINLY,
    QUIET,
    SLIDE,
    SMALL,
    Form,
    slide,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.calendar import Period
    from alliance_sim.comparison.codings import Codings

TITLE = "Two codings of the same acts"
PARTS = (
    ("both", "in both lists", PLAINLY.colour),
    ("only_first", "in the first list only", FACTUAL.colour),
    ("only_second", "in the second list only", LADDER.colour),
)
GROUPS = {"1": "small acts (salience 1)", "2-3": "greater acts (salience 2 and 3)"}
LEAST_TOLD = 0.055  # of the height of a panel, for a number to stand in a bar
BELOW = (
    "Both lists were made from the same pages, so they are not independent: agreement is an upper "
    "guide to reliability, the estimated number of acts a floor."
)


@styled
def codings_figure(codings: Codings, stages: tuple[Period, ...], form: Form = SLIDE) -> Figure:
    """Return what two lists of the same acts hold, and how far their codes agree.

    Args:
        codings: As from `comparison.codings.compare_codings`.
        stages: The periods, in order.
        form: What it is drawn for.
    """
    figure = slide(
        TITLE,
        about=f"The list of {codings.first} and a second one, made before it was opened. Diamond: "
        "estimated number of acts with its 95 % interval (Chapman). Kappa: 1 is perfect agreement, "
        "0 what chance gives; bars are 95 % intervals.",
        form=form,
        height=9.6 if form.narrow else None,
        below=BELOW,
    )
    rows, columns = (3, 1) if form.narrow else (1, 3)
    panels = list(figure.body.subplots(rows, columns, squeeze=False).flat)
    *counts, agreement = panels
    for axes, (group, title) in zip(counts, GROUPS.items(), strict=True):
        _acts(axes, codings.captures, group, stages)
        axes.set_title(title, pad=5)
    counts[0].set_ylabel("acts in the stage")
    counts[0].legend(loc="upper left")
    _agreement(agreement, codings.agreement)
    return figure


def _acts(axes: Axes, captures: pd.DataFrame, group: str, stages: tuple[Period, ...]) -> None:
    """Draw what each list holds of one group of acts, stage by stage."""
    here = captures[captures["salience"] == group].set_index("period").loc[[s.id for s in stages]]
    heights = {
        "both": here["both"],
        "only_first": here["first"] - here["both"],
        "only_second": here["second"] - here["both"],
    }
    total, spread = here["total"].to_numpy(float), Z95 * here["se"].to_numpy(float)
    top = 1.08 * float(max((total + spread).max(), 1))
    x, base = np.arange(len(stages), dtype=float), np.zeros(len(stages))
    for name, words, colour in PARTS:
        values = heights[name].to_numpy(float)
        axes.bar(x, values, 0.56, bottom=base, color=colour, label=words, zorder=2)
        for place, value, under in zip(x.tolist(), values.tolist(), base.tolist(), strict=True):
            if value >= LEAST_TOLD * top:
                axes.text(
                    place, under + value / 2, f"{value:.0f}", ha="center", va="center",
                    color="white", fontsize=SMALL, zorder=3,
                )  # fmt: skip
        base += values
    axes.errorbar(
        x + 0.36, total, yerr=spread, fmt="D", color=INK, markersize=5, capsize=3,
        linewidth=1.2, zorder=4, label="estimated number of acts",
    )  # fmt: skip
    axes.set_xticks(x, [stage.name.replace(" ", "\n") for stage in stages], fontsize=SMALL)
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(0, top)
    axes.grid(axis="y", color="#dcdcdc", linewidth=0.7)
    axes.set_axisbelow(True)


def _agreement(axes: Axes, agreement: pd.DataFrame) -> None:
    """Draw kappa of each column with its interval."""
    y = np.arange(len(agreement))[::-1]
    centre = agreement["kappa"].to_numpy(float)
    bounds = [centre - agreement["low"].to_numpy(float), agreement["high"].to_numpy(float) - centre]
    axes.errorbar(centre, y, xerr=bounds, fmt="o", color=PLAINLY.ink, capsize=3, linewidth=1.6)
    for value, at in zip(centre, y, strict=True):
        axes.annotate(
            f"{value:.2f}", (value, at), (0, 9), textcoords="offset points", ha="center",
            fontsize=SMALL,
        )  # fmt: skip
    axes.set_yticks(y, list(agreement["column"]))
    axes.set_ylim(-0.6, len(agreement) - 0.4)
    axes.set_xlim(min(0.0, float((centre - bounds[0]).min())), 1.04)
    axes.set_xlabel("Cohen's kappa")
    axes.set_title(f"agreement on {int(agreement['acts'].max())} acts in both", pad=5)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.7)
    axes.tick_params(axis="y", length=0, labelcolor=QUIET)
