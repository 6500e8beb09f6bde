"""Where the record lies among free runs, in what shows over many quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from alliance_sim.calibration.record_among_runs import STATISTICS, TITLES
from alliance_sim.glossary import once
from alliance_sim.plots.style import (
    FAINT,
    INK,
    LADDER,
    SLIDE,
    SMALL,
    Form,
    Look,
    called,
    fold,
    looks_of,
    slide,
    styled,
)
from alliance_sim.provenance import STATEMENT
from alliance_sim.record.record import COUNTED_DOMAINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.calendar import Period
    from alliance_sim.calibration.record_among_runs import PredictiveChecks
    from alliance_sim.record.words import Words

FITTED = (
    "The runs have parameters that were fitted to a record, so that places come out nearer to the "
    "middle than they should."
)
NOT_DRAWN = (
    "Of a field without acts in a stage only their number is checked; when fields begin, and "
    "whether they move together, stands in the table."
)
APART = 0.17  # of the distance of two stages, between fields
TALL = 1.95  # inches of a panel on a phone, and of what stands around all of them
AROUND = 3.4

RING: dict[str, Any] = {
    "linestyle": "none", "marker": "o", "markerfacecolor": "none", "markeredgecolor": INK,
    "markeredgewidth": 1.6, "markersize": 12,
}  # fmt: skip


@styled
def checks_figure(
    checks: PredictiveChecks,
    *,
    stages: Sequence[Period],
    words: Words | None = None,
    form: Form = SLIDE,
) -> Figure:
    """Return where the record lies among the runs: a panel for each statistic, one for the ladder.

    Args:
        checks: The record beside free runs.
        stages: The stages of the scenario, in order.
        words: What is said about the relationship.
        form: What it is drawn for.
    """
    figure = slide(
        "Do free runs look like the record?",
        about="Share of free runs in which a number is lower than in the record: near 0 or 1, the "
        f"record is unlike them. Grey: 5 % to 95 %. {NOT_DRAWN} {checks.told()} "
        f"Record {checks.edition}. {checks.parameters}",
        form=form,
        height=AROUND + TALL * (len(STATISTICS) + 1) if form.narrow else None,
        below=FITTED if checks.fitted else STATEMENT,
    )
    columns = 1 if form.narrow else 4
    rows = -(-(len(STATISTICS) + 1) // columns)
    panels = figure.body.subplots(rows, columns, sharey=True, squeeze=False)
    looks, frame = looks_of(words), checks.frame
    names = [period.name for period in stages]
    places = {period.id: place for place, period in enumerate(stages)}
    for axes, statistic in zip(panels.flat, STATISTICS, strict=False):
        _frame(axes, TITLES[statistic], form)
        here = frame[frame["statistic"] == statistic]
        for shift, domain in enumerate(COUNTED_DOMAINS):
            of_field = here[here["what"] == domain]
            x = [places[stage] + APART * (shift - 1.5) for stage in of_field["stage"]]
            _dots(axes, x, of_field, looks[domain])
        _ticks(axes, names)
    ladder = frame[frame["statistic"] == "rung"]
    _frame(panels.flat[-1], f"when a {once('rung')} came", form)
    _dots(panels.flat[-1], [int(step) - 1 for step in ladder["what"]], ladder, LADDER)
    steps = [str(int(step)) for step in ladder["what"]]
    panels.flat[-1].set_xticks(range(len(steps)), steps)
    panels.flat[-1].set_xlabel("number of the step", fontsize=SMALL)
    figure.body.supylabel("share of runs below the record", fontsize=SMALL)
    marks: list[Any] = [Patch(color=FAINT, alpha=0.25, label="5 % to 95 % of runs")]
    marks += [
        Line2D([], [], linestyle="none", marker=looks[d].marker, color=looks[d].colour,
               label=called(words, d)) for d in COUNTED_DOMAINS
    ]  # fmt: skip
    marks.append(Line2D([], [], label="flagged", **RING))
    figure.body.legend(handles=marks, loc="outside upper left", ncols=2 if form.narrow else 6)
    return figure


def _frame(axes: Axes, title: str, form: Form) -> None:
    axes.axhspan(0.05, 0.95, color=FAINT, alpha=0.25, linewidth=0, zorder=0)
    axes.axhline(0.5, color="white", linewidth=1.0, zorder=1)
    width = form.width - 1.0 if form.narrow else form.width / 4 - 0.5
    axes.set_title(fold(title, width, size=SMALL, weight="bold"), fontsize=SMALL)
    axes.set(ylim=(-0.04, 1.04), yticks=[0.0, 0.5, 1.0])


def _ticks(axes: Axes, names: Sequence[str]) -> None:
    axes.set_xticks(range(len(names)), names, rotation=25, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="x", length=0, pad=2)
    axes.set_xlim(-0.5, len(names) - 0.5)


def _dots(axes: Axes, x: Sequence[float], rows: pd.DataFrame, look: Look) -> None:
    """Draw what has a place; a line without any would make the layout fail."""
    for at, place, flagged in zip(x, rows["place"], rows["flagged"], strict=True):
        if np.isnan(place):
            continue
        axes.plot(
            at, place, look.marker, color=look.colour, markersize=6.5, markeredgecolor="white",
            markeredgewidth=0.5, clip_on=False, zorder=3,
        )  # fmt: skip
        if flagged:
            axes.plot(at, place, clip_on=False, zorder=4, **RING)
