"""The described history in one figure: levels, coded acts, formal ladder, agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MultipleLocator

from alliance_sim.calendar import decimal_year
from alliance_sim.plots.style import (
    BOLD,
    HALO,
    INK,
    SMALL,
    Look,
    bands,
    draw_bands,
    looks_of,
    note,
    shade_stages,
    slide,
    spread,
    styled,
    told_of,
)
from alliance_sim.record.record import COUNTED_DOMAINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.comparison.history import HistoryComparison
    from alliance_sim.record.record import Record
    from alliance_sim.record.words import Words
    from alliance_sim.results import Ensemble

DOMAINS = COUNTED_DOMAINS[:3]
LADDER = Look("#5b3a8c", "#43266f", "-", "D")
AGENDA = Look("#7a5200", "#5e3f00", "-", "o")
ROOMY = 10.0  # years to the next rung from which on a name stands above its line, not below
HEIGHTS = (2.15, 0.80, 1.85, 0.85)


def figure_title(words: Words, record: Record | None) -> str:
    """Return what the figure is called."""
    beside = ", beside the coded record" if record is not None else ""
    return f"{words.title}: what the model tells{beside}"


def compared_figure(comparison: HistoryComparison) -> Figure:
    """Return the figure of a comparison, as `HistoryComparison.plot` describes it."""
    record, words = comparison.record, comparison.words
    return history_figure(comparison.ensemble, record=record, words=words)


@styled
def history_figure(ensemble: Ensemble, *, record: Record | None, words: Words) -> Figure:
    """Return simulated levels, ladder and agenda, with what was coded beside them.

    The record's acts are counted, the model's levels are not measured anywhere: they stand in
    strips of their own so that nobody takes the one for the other.

    Args:
        ensemble: Runs of a scenario with levels of the three domains, a rung and the overlap.
        record: The coded record; None if there is none.
        words: What is said about the relationship.

    Raises:
        SettingError: If every run failed.
        UnknownName: If the ensemble lacks one of the states.
    """
    figure = slide(
        figure_title(words, record),
        about="Line: median of runs; bands: middle 50 % and 90 % of runs, chance alone. Model: "
        f"{told_of(ensemble)}. Starting values, not fitted.",
    )
    grid = figure.add_gridspec(
        4, 1, height_ratios=HEIGHTS, left=0.078, right=0.868, top=0.828, bottom=0.108, hspace=0.09
    )
    panels = [figure.add_subplot(grid[row]) for row in range(4)]
    years = ensemble.calendar.last_year - ensemble.calendar.first_year
    for position, axes in enumerate(panels):
        shade_stages(axes, ensemble.calendar, names=position == 0)
        axes.xaxis.set_major_locator(MultipleLocator(10 if years > 30 else 2))
        axes.tick_params(labelbottom=position == 3, bottom=position == 3)
    _levels(panels[0], ensemble, words)
    _acts(panels[1], record, words)
    _ladder(panels[2], ensemble, record, words)
    _agenda(panels[3], ensemble)
    panels[3].set_xlabel("year", labelpad=1)
    figure.align_ylabels([panels[0], panels[2], panels[3]])
    return figure


def _levels(axes: Axes, ensemble: Ensemble, words: Words) -> None:
    ends, looks = [], looks_of(words)
    for domain in DOMAINS:
        fan = bands(ensemble.column(f"level_{domain}"))
        draw_bands(axes, ensemble.calendar.years, fan, look=looks[domain], step=False)
        ends.append(float(fan.middle[-1]))
    axes.set(ylim=(0, 1), ylabel="level\n(0 to 1)")
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    note(axes, "Cooperation by domain, simulated")
    for domain, place in zip(DOMAINS, spread(ends, gap=0.1, low=0.04, high=0.96), strict=True):
        _at_the_end(axes, place, words.domain(domain), looks[domain].ink)


def _at_the_end(axes: Axes, height: float, text: str, ink: str) -> None:
    """Write a label beyond the right edge, at a height in the panel's own units."""
    axes.annotate(
        text,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=BOLD,
        weight="bold",
        color=ink,
        annotation_clip=False,
    )


def _acts(axes: Axes, record: Record | None, words: Words) -> None:
    if record is None:
        note(axes, "No record to compare with")
        axes.set(ylim=(0, 1), yticks=[])
        return
    events, looks = record.events, looks_of(words)
    years = np.array([decimal_year(when.date()) for when in events["when"]])
    stopped = (events["kind"] == "suspension").to_numpy()
    for row, domain in enumerate(COUNTED_DOMAINS):
        look, here = looks[domain], (events["domain"] == domain).to_numpy()
        axes.vlines(years[here & ~stopped], row - 0.36, row + 0.36, color=look.colour, linewidth=1)
        axes.plot(
            years[here & stopped],
            np.full((here & stopped).sum(), row),
            "X",
            markersize=9,
            color="white",
            markeredgecolor=INK,
            markeredgewidth=1.2,
            zorder=5,
        )
    names = [words.domain(domain) for domain in COUNTED_DOMAINS]
    axes.set_yticks(range(len(names)), names, fontsize=SMALL)
    axes.tick_params(axis="y", length=0, pad=3)
    axes.set_ylim(len(COUNTED_DOMAINS) - 0.5, -0.5)
    for label, domain in zip(axes.get_yticklabels(), COUNTED_DOMAINS, strict=True):
        label.set_color(looks[domain].ink)
    note(axes, f"The record: {len(events)} coded acts")
    axes.plot(
        [1.012], [0.5], "X", transform=axes.transAxes, clip_on=False, markersize=9,
        color="white", markeredgecolor=INK, markeredgewidth=1.2,
    )  # fmt: skip
    axes.text(
        1.022, 0.5, "stopped or blocked", transform=axes.transAxes, va="center", fontsize=SMALL
    )


def _ladder(axes: Axes, ensemble: Ensemble, record: Record | None, words: Words) -> None:
    fan = bands(ensemble.column("rung"), whole=True)
    draw_bands(axes, ensemble.calendar.years, fan, look=LADDER, step=True)
    top = len(words.rungs) - 1
    axes.set(
        ylim=(-0.6, top + 1.4),
        ylabel=f"rung\n(0 to {top})",
        yticks=range(0, top + 1, 2 if top > 5 else 1),
    )
    if record is None or record.rungs.empty:
        note(axes, "Formal ladder, simulated")
        return
    dated = record.rungs[record.rungs["rung"] > 0]
    years = [decimal_year(when.date()) for when in dated["when"]]
    following = [*years[1:], *years[-1:]]
    for rung, year, later in zip(dated["rung"], years, following, strict=True):
        axes.plot(year, rung, "D", markersize=6, color=INK, markeredgecolor="white", zorder=7)
        axes.annotate(
            words.rung(rung),
            (year, rung),
            xytext=(7, 7) if later - year > ROOMY else (6, -5.5),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            path_effects=HALO,
            annotation_clip=False,
            zorder=6,
        )
    note(axes, "Formal ladder, simulated;\n◆ dated in the record")


def _agenda(axes: Axes, ensemble: Ensemble) -> None:
    fan = bands(ensemble.column("agenda_overlap"))
    draw_bands(axes, ensemble.calendar.years, fan, look=AGENDA, step=False)
    axes.set(ylim=(0, 1), ylabel="share\n(0 to 1)", yticks=[0, 0.5, 1])
    note(axes, "Agenda overlap, simulated")
