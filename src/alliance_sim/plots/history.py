"""The described history in one figure: levels, coded acts, formal ladder, agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from alliance_sim.calendar import Calendar, decimal_year
from alliance_sim.glossary import once, plain
from alliance_sim.plots.style import (
    AGENDA,
    HALO,
    INK,
    LADDER,
    SLIDE,
    SMALL,
    Bands,
    Form,
    bands,
    draw_bands,
    looks_of,
    numbers_of,
    panel_title,
    slide,
    spread,
    styled,
    text_width,
    told_of,
)
from alliance_sim.plots.years import shade_stages, year_ticks
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.record.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.comparison.history import HistoryComparison
    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble

DOMAINS = COUNTED_DOMAINS[:3]
HEIGHTS = (1.9, 0.75, 2.2, 0.7)
LABELS = 1.0  # inches beside a panel that labels take
BESIDE = 0.1  # inches between a band and the name of its step, and behind the name
CODED = "This is a coded list of acts: what its coders found, and not all that happened."
FLAT = 0.05  # width of a band up to which nobody sees it


def figure_title(ensemble: Ensemble, words: Words, record: Record | None) -> str:
    """Return what the figure is called: an edited history by its own title, not by the factual."""
    title = ensemble.title if ensemble.edits and ensemble.title else words.title
    beside = ", beside the coded record" if record is not None else ""
    return f"{title}: what the model tells{beside}"


def compared_figure(comparison: HistoryComparison) -> Figure:
    """Return the figure of a comparison, as `HistoryComparison.plot` describes it."""
    record, words = comparison.record, comparison.words
    return history_figure(comparison.ensemble, record=record, words=words)


@styled
def record_figure(record: Record, form: Form = SLIDE) -> Figure:
    """Return what was coded: each act by field, and the formal ladder as it was climbed.

    Args:
        record: The coded record.
        form: What it is drawn for.
    """
    numbered = dict(zip(record.rungs["rung"], record.rungs["name"], strict=True))
    top = max(numbered, default=0)  # a record may leave steps out that its ladder has
    names = ("none", *(numbered.get(k, "").replace("_", " ") for k in range(1, top + 1)))
    words = Words(title=f"{record.state} and {record.alliance}", rungs=names)
    calendar = Calendar(*record.years, periods=record.periods)
    figure = slide(
        "The record: what was coded",
        about=f"Each act by {plain('domain')}, and each {plain('rung')} with its date, in the "
        f"record {record.name}. Nothing here is simulated.",
        form=form,
        below=CODED,
    )
    ladder, acts = figure.body.subplots(2, 1, sharex=True, height_ratios=(1.4, 1.0))
    shade_stages(ladder, calendar, names=True, form=form)
    shade_stages(acts, calendar, form=form)
    ladder.tick_params(labelbottom=False, bottom=False)
    _acts(acts, record, words, form)
    ladder.step(calendar.years, record.rung_path(calendar), where="post", color=LADDER.colour)
    _steps(ladder, words, form)
    _dated(ladder, record)
    _name(ladder, once("rung").capitalize())
    year_ticks(acts, calendar)
    acts.set_xlabel("year", labelpad=1)
    return figure


@styled
def history_figure(
    ensemble: Ensemble, *, record: Record | None, words: Words, form: Form = SLIDE
) -> Figure:
    """Return simulated levels, ladder and shared fears, with what was coded beside them.

    The record's acts are counted, the model's levels are not measured anywhere: they stand in
    strips of their own so that nobody takes the one for the other.

    Args:
        ensemble: Runs of a scenario with levels of the three domains, a rung and the overlap.
        record: The coded record; None if there is none.
        words: What is said about the relationship.
        form: What it is drawn for.

    Raises:
        SettingError: If every run failed.
        UnknownName: If the ensemble lacks one of the states.
    """
    moved = "chance and unknown parameters" if ensemble.posterior else "chance alone"
    figure = slide(
        figure_title(ensemble, words, record),
        about=f"Line: median of runs; bands: middle 50 % and 90 % of runs, {moved}. Model: "
        f"{told_of(ensemble)}. {numbers_of(ensemble)}.",
        form=form,
        height=8.6 if form.narrow else None,
    )
    panels = figure.body.subplots(4, 1, sharex=True, height_ratios=HEIGHTS)
    for position, axes in enumerate(panels):
        shade_stages(axes, ensemble.calendar, names=position == 0, form=form)
        axes.tick_params(labelbottom=position == 3, bottom=position == 3)
    year_ticks(panels[3], ensemble.calendar)
    _levels(panels[0], ensemble, words, form)
    _acts(panels[1], record, words, form)
    _ladder(panels[2], ensemble, record, words, form)
    _agenda(panels[3], ensemble, form)
    panels[3].set_xlabel("year", labelpad=1)
    return figure


def _levels(axes: Axes, ensemble: Ensemble, words: Words, form: Form) -> None:
    ends, looks = [], looks_of(words)
    for domain in DOMAINS:
        fan = bands(ensemble.column(f"level_{domain}"))
        draw_bands(axes, ensemble.calendar.years, fan, look=looks[domain], step=False)
        ends.append(float(fan.middle[-1]))
    axes.set(ylim=(0, 1), ylabel="0 to 1")
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    _name(axes, f"{plain('level').capitalize()} by {plain('domain')}, simulated")
    if form.narrow:
        axes.legend(
            handles=[
                Line2D([], [], color=looks[d].colour, linestyle=looks[d].line, linewidth=2.4,
                       label=words.domain(d))
                for d in DOMAINS
            ],
            loc="upper left", bbox_to_anchor=(0, 0.91), handlelength=1.8, borderaxespad=0.2,
        )  # fmt: skip
        return
    for domain, place in zip(DOMAINS, spread(ends, gap=0.1, low=0.04, high=0.96), strict=True):
        axes.annotate(
            words.domain(domain), (1, place), xycoords=("axes fraction", "data"), xytext=(5, 0),
            textcoords="offset points", va="center", weight="bold",
            color=looks[domain].ink, annotation_clip=False,
        )  # fmt: skip


def _name(axes: Axes, text: str) -> None:
    """Write what a panel shows into its upper left corner, which a rising curve leaves free."""
    axes.annotate(
        text, (0, 1), xycoords="axes fraction", xytext=(4, -4), textcoords="offset points",
        va="top", fontsize=SMALL, weight="bold", zorder=6, path_effects=HALO,
    )  # fmt: skip


def _acts(axes: Axes, record: Record | None, words: Words, form: Form) -> None:
    if record is None:
        panel_title(axes, "No record to compare with", inches=form.width - LABELS)
        axes.set(ylim=(0, 1), yticks=[])
        return
    events, looks = record.counted_events, looks_of(words)
    years = np.array([decimal_year(when.date()) for when in events["when"]])
    stopped = (events["kind"] == "suspension").to_numpy()
    cross: dict[str, Any] = {
        "marker": "X", "markersize": 8, "color": "white", "markeredgecolor": INK,
        "markeredgewidth": 1.2, "linestyle": "none", "zorder": 5,
    }  # fmt: skip
    for row, domain in enumerate(COUNTED_DOMAINS):
        look, here = looks[domain], (events["domain"] == domain).to_numpy()
        axes.vlines(years[here & ~stopped], row - 0.36, row + 0.36, color=look.colour, linewidth=1)
        axes.plot(years[here & stopped], np.full((here & stopped).sum(), row), **cross)
    names = [words.domain(domain) for domain in COUNTED_DOMAINS]
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, pad=3)
    axes.set_ylim(len(COUNTED_DOMAINS) - 0.5, -0.5)
    for label, domain in zip(axes.get_yticklabels(), COUNTED_DOMAINS, strict=True):
        label.set_color(looks[domain].ink)
    mark = "; ✕ stopped or blocked" if form.narrow else ""
    panel_title(
        axes,
        f"The record {record.name}: {len(events)} coded acts{mark}",
        inches=form.width - LABELS,
    )
    if form.narrow:
        return
    axes.legend(
        handles=[Line2D([], [], label="stopped\nor blocked", **cross)], loc="center left",
        bbox_to_anchor=(1, 0.5), handlelength=1, handletextpad=0.4, borderpad=0, borderaxespad=0.6,
    )  # fmt: skip


def _ladder(
    axes: Axes, ensemble: Ensemble, record: Record | None, words: Words, form: Form
) -> None:
    """Draw the steps, each with its number and name."""
    fan = bands(ensemble.column("rung"), whole=True)
    draw_bands(axes, ensemble.calendar.years, fan, look=LADDER, step=True)
    _steps(axes, words, form)
    if form.narrow:
        inches = form.width - LABELS
        _name_inside(axes, fan, words, ensemble.calendar.years, inches=inches)
    title = f"{once('rung').capitalize()}, simulated"
    if record is not None and not record.rungs.empty:
        _dated(axes, record)
        title += "; ◆ dated in the record" if form.narrow else ";\n◆ dated in the record"
    if form.narrow:
        panel_title(axes, title, inches=form.width - LABELS)
    else:
        _name(axes, title)


def _steps(axes: Axes, words: Words, form: Form) -> None:
    """Give the axis a line for each step, with its name at the end where there is room."""
    top = len(words.rungs) - 1
    axes.set(ylim=(-0.6, top + 0.8), ylabel=plain("rung"))
    axes.set_yticks(range(top + 1))
    axes.grid(axis="y", color="#e2e2e2", linewidth=0.6)
    axes.set_axisbelow(True)
    if not form.narrow:
        names = axes.secondary_yaxis("right")
        names.set_yticks(range(1, top + 1), [words.rung(rung) for rung in range(1, top + 1)])
        names.tick_params(length=0, pad=3)
        names.spines["right"].set_visible(False)


def _dated(axes: Axes, record: Record) -> None:
    """Draw the day of each step that the record has."""
    dated = record.rungs[record.rungs["rung"] > 0]
    years = [decimal_year(when.date()) for when in dated["when"]]
    axes.plot(years, dated["rung"], "D", markersize=6, color=INK, markeredgecolor="white", zorder=7)


def _name_inside(
    axes: Axes, fan: Bands, words: Words, years: Sequence[float], *, inches: float
) -> None:
    """Write the name of each step beside its band, on the side that has more room.

    Where that is too little, it begins at the edge and runs over the band: a name that left the
    panel, which is so many inches wide, would take its room from all of them.
    """
    first, last = axes.get_xlim()
    share_of = (axes.transScale + axes.transLimits).transform  # of the panel's width
    for rung in range(1, len(words.rungs)):
        before, after = np.flatnonzero(fan.high >= rung), np.flatnonzero(fan.low > rung)
        left = years[before[0]] if len(before) else last
        right = years[after[0]] if len(after) else last
        rooms = share_of((left, 0))[0], 1.0 - share_of((right, 0))[0]
        onward = rooms[1] > rooms[0]
        at = right if onward else left
        if text_width(words.rung(rung), size=SMALL) + BESIDE > inches * max(rooms):
            onward = not onward
            at = first if onward else last
        axes.annotate(
            words.rung(rung), (at, rung), xytext=(4 if onward else -4, 0),
            textcoords="offset points", ha="left" if onward else "right", va="center",
            fontsize=SMALL, path_effects=HALO, zorder=6,
        )  # fmt: skip


def _agenda(axes: Axes, ensemble: Ensemble, form: Form) -> None:
    fan = bands(ensemble.column("agenda_overlap"))
    draw_bands(axes, ensemble.calendar.years, fan, look=AGENDA, step=False)
    axes.set(ylim=(0, 1), ylabel="0 to 1", yticks=[0, 0.5, 1])
    alike = ensemble.runs - ensemble.failed > 1 and np.max(fan.high - fan.low) < FLAT
    flat = " (runs hardly differ)" if alike else ""
    name = f"{once('agenda overlap').capitalize()}, simulated{flat}"
    panel_title(axes, name, inches=form.width - LABELS)
