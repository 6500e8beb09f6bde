"""What a posterior says beside its prior, and the one history beside free runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from alliance_sim.calendar import decimal_year
from alliance_sim.display import counted
from alliance_sim.errors import SettingError
from alliance_sim.plots.style import (
    FAINT,
    INK,
    PLAINLY,
    QUIET,
    SLIDE,
    SMALL,
    Form,
    Look,
    bands,
    called,
    draw_bands,
    fold,
    looks_of,
    panel_title,
    slide,
    styled,
)
from alliance_sim.plots.years import shade_stages, year_ticks
from alliance_sim.scenario.fields import DOMAINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.record.record import Record
    from alliance_sim.record.words import Words
    from alliance_sim.results import Ensemble

ROW, TALL_ROW = 0.21, 0.34  # inches that a parameter takes, its name in one line or in two
HEAD = 2.3  # inches around the rows
LONGEST = 32  # rows in one column where there is room for another
MOST = 2 * LONGEST  # parameters that have a row each, set by the prior or not
WIDEST = 4.0  # standard deviations of the prior that are drawn on either side
NAMED = 3.2  # inches for the name of a parameter
LIFT = 20.0  # points between a panel and the names of stages: its title stands there
WILLINGNESS = "willingness."
TICKS = 0.16  # of a panel's height: acts under the bands


class _Row(NamedTuple):
    """A parameter, or several that the prior sets and that share a name's first word."""

    name: str
    parameters: Sequence[dict[str, Any]]


@styled
def posterior_figure(posterior: PosteriorDraws, form: Form = SLIDE) -> Figure:
    """Return prior and posterior of the parameters, in standard deviations of their priors.

    Where the data said next to nothing, at least 90 % of the prior's spread is left: such a number
    is marked as set by the prior, with a hollow dot. Of more than 64 parameters those set by the
    prior share a row in each group, as nobody could read so many; a group is what has the first
    word of its name in common.

    Args:
        posterior: The posterior.
        form: What it is drawn for.
    """
    table = posterior.parameters
    every, count, prior = _rows_of(table), len(table), int(table["set_by_the_prior"].sum())
    columns = 1 if form.narrow else min(form.columns, -(-len(every) // LONGEST))
    rows = -(-len(every) // columns)
    held = posterior.held
    about = (
        "Line: middle 90 % of the posterior, its dot the median. Grey: the same of the "
        "prior. Scale: standard deviations of the prior around its mean. Hollow: set by the prior, "
        f"{prior} of {count}"
    )
    if len(every) < count:
        about += (
            "; in a row of several a dot for the median of each, over the widest of their priors"
        )
    if any(_cut(row) for row in every):
        about += ". Arrow: goes on beyond the axis"
    figure = slide(
        f"What the record says of each number, under {posterior.theory}",
        about=f"{about}. Scenario {held.scenario}, record {held.record}, "
        f"{counted(len(posterior), 'draw')}.",
        form=form,
        height=max(form.height, HEAD + (TALL_ROW if form.narrow else ROW) * rows),
        below="A posterior says what numbers would be if the model were right. It is no evidence "
        "that the model is right.",
    )
    panels = figure.body.subplots(1, columns, squeeze=False, sharex=True)
    for place, axes in enumerate(panels.flat):
        _rows(axes, every[place * rows : (place + 1) * rows], rows, form)
    figure.body.supxlabel("standard deviations of the prior from its mean", fontsize=SMALL)
    figure.body.legend(handles=_key(), loc="outside upper left", ncols=1 if form.narrow else 3)
    return figure


def _rows_of(table: pd.DataFrame) -> list[_Row]:
    """Return what stands under each other: by group, where there are too many for a row each."""
    every: list[Any] = table.to_dict("records")
    found = [_Row(str(one["name"]), [one]) for one in every]
    if len(found) <= MOST:
        return found
    groups: dict[str, list[_Row]] = {}
    for row in found:
        groups.setdefault(row.name.partition(".")[0], []).append(row)
    rows: list[_Row] = []
    for name, members in groups.items():
        prior = [row for row in members if row.parameters[0]["set_by_the_prior"]]
        if len(prior) < 2:  # one alone keeps its name
            rows += members
            continue
        rows += [row for row in members if not row.parameters[0]["set_by_the_prior"]]
        rows.append(
            _Row(f"{name}: {len(prior)} set by the prior", [row.parameters[0] for row in prior])
        )
    return rows


def _cut(row: _Row) -> list[float]:
    """Return where the line of a row is cut off, as it goes on beyond its axis."""
    ends = [_scaled(one)[q] for one in row.parameters for q in ("q05", "q95")]
    return [end for end in ends if abs(end) >= WIDEST] if len(row.parameters) == 1 else []


def _key() -> list[Any]:
    line: dict[str, Any] = {"color": PLAINLY.colour, "linewidth": 2.0, "marker": "o"}
    grey: dict[str, Any] = {"color": QUIET, "linewidth": 1.4, "marker": "o"}
    return [
        Patch(color=FAINT, alpha=0.55, label="prior, 90 %"),
        Line2D([], [], **line, markersize=5, label="posterior, 90 %"),
        Line2D([], [], **grey, markersize=5, markerfacecolor="white", label="set by the prior"),
    ]


def _rows(axes: Axes, every: Sequence[_Row], rows: int, form: Form) -> None:
    """Draw some rows under each other, in as many as the longest column has."""
    for place, row in enumerate(every):
        of = [_scaled(one) for one in row.parameters]
        low, high = min(one["prior_q05"] for one in of), max(one["prior_q95"] for one in of)
        axes.barh(place, high - low, left=low, height=0.72, color=FAINT, alpha=0.55, linewidth=0)
        own = bool(row.parameters[0]["set_by_the_prior"])
        colour = QUIET if own else PLAINLY.colour
        if len(of) == 1:
            ends = [of[0]["q05"], of[0]["q95"]]
            axes.plot(ends, [place, place], color=colour, linewidth=1.4 if own else 2.0)
            for end in _cut(row):
                arrow = ">" if end > 0.0 else "<"
                axes.plot(end, place, arrow, color=colour, markersize=6, clip_on=False)
        axes.plot(
            [one["median"] for one in of], [place] * len(of), "o", color=colour, markersize=4.5,
            markerfacecolor="white" if own else colour, zorder=5,
        )  # fmt: skip
    width = form.width / 2.2 if form.narrow else NAMED
    names = [fold(row.name, width, size=SMALL) for row in every]
    axes.set_yticks(range(len(names)), names, fontsize=SMALL)
    axes.set(ylim=(rows - 0.4, -0.6), xlim=(-WIDEST, WIDEST))
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _scaled(row: dict[str, Any]) -> dict[str, float]:
    """Return quantiles in standard deviations of the prior; the posterior's as far as is drawn."""
    found = {
        q: (row[q] - row["prior_mean"]) / row["prior_sd"]
        for q in ("q05", "median", "q95", "prior_q05", "prior_q95")
    }
    return {
        q: value if q.startswith("prior") else float(np.clip(value, -WIDEST, WIDEST))
        for q, value in found.items()
    }


@styled
def stages_figure(posterior: PosteriorDraws, form: Form = SLIDE) -> Figure:
    """Return how far each stage differs from the row that all share, and whether that is supported.

    A difference is supported where the middle 90 % of its posterior leaves out 0.

    Args:
        posterior: The posterior.
        form: What it is drawn for.

    Raises:
        SettingError: If no difference of a stage is among its parameters.
    """
    table = posterior.stages()
    if table.empty:
        raise SettingError("stages", ["no difference of a stage is a parameter of the posterior"])
    supported, held = int(table["supported"].sum()), posterior.held
    figure = slide(
        "Are the stages in the record?",
        about="Fitted differences of stages from the row of numbers that all share: middle 90 % "
        "and median of the posterior, over the same of the prior (grey). A difference is supported "
        f"if its 90 % leave out 0: {supported} of {len(table)}. Scenario {held.scenario} under "
        f"{posterior.theory}, record {held.record}, {counted(len(posterior), 'draw')}.",
        form=form,
        below="A difference that is not supported is not refuted: the record says little of it.",
    )
    axes = figure.body.subplots()
    for place, row in enumerate(table.to_dict("records")):
        axes.barh(
            place, row["prior_q95"] - row["prior_q05"], left=row["prior_q05"], height=0.6,
            color=FAINT, alpha=0.55, linewidth=0,
        )  # fmt: skip
        sure = bool(row["supported"])
        colour, face = PLAINLY.colour, PLAINLY.colour if sure else "white"
        axes.plot([row["q05"], row["q95"]], [place, place], color=colour, linewidth=2.0)
        axes.plot(row["median"], place, "o", color=colour, markersize=6, markerfacecolor=face)
    width = form.width / 2.2 if form.narrow else NAMED
    named = [fold(name, width, size=SMALL) for name in table["name"]]
    axes.set_yticks(range(len(table)), named, fontsize=SMALL)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    axes.set_xlabel("difference, on the scale of its prior", fontsize=SMALL)
    line: dict[str, Any] = {"color": PLAINLY.colour, "linewidth": 2.0, "marker": "o"}
    figure.body.legend(
        handles=[
            Patch(color=FAINT, alpha=0.55, label="prior, 90 %"),
            Line2D([], [], **line, label="supported"),
            Line2D([], [], **line, markerfacecolor="white", label="not supported"),
        ],
        loc="outside upper left",
        ncols=1 if form.narrow else 3,
    )
    return figure


@styled
def fit_figure(
    free: Ensemble,
    conditioned: Ensemble,
    *,
    record: Record,
    words: Words,
    form: Form = SLIDE,
) -> Figure:
    """Return the level of each field in free runs and given the record, with the coded acts.

    The band given the record has seen every act that stands under it, so that it shows no skill and
    is never scored; only free runs are.

    Args:
        free: Runs with the posterior's parameters and fresh noise.
        conditioned: Runs with the same parameters in which the acts of the record happened.
        record: The coded record.
        words: What is said about the relationship.
        form: What it is drawn for.

    Raises:
        SettingError: If every run failed.
    """
    figure = slide(
        "Free runs, and the one history that happened",
        about="Grey: free runs, which know no act; they alone are scored. Colour: conditioned on "
        "the record, which has seen every act under it and is never scored. Line: median; bands: "
        f"middle 50 % and 90 % of runs. Scenario {free.scenario}, {free.runs} free runs, seed "
        f"{free.seed}; {conditioned.posterior}.",
        form=form,
        height=8.6 if form.narrow else None,
    )
    looks = looks_of(words)
    panels = figure.body.subplots(len(DOMAINS), 1, sharex=True)
    grey = Look(QUIET, INK, (0.0, (3.0, 2.0)), "")
    years = free.calendar.years
    for place, (axes, domain) in enumerate(zip(panels, DOMAINS, strict=True)):
        shade_stages(axes, free.calendar, names=place == 0, form=form, lift=LIFT)
        state = f"level_{domain}"
        draw_bands(axes, years, bands(free.column(state)), look=grey, step=False)
        draw_bands(axes, years, bands(conditioned.column(state)), look=looks[domain], step=False)
        when = record.events["when"][record.events["domain"] == domain]
        dates = [decimal_year(day.date()) for day in when]
        axes.vlines(dates, -TICKS, -0.02, color=looks[domain].colour, linewidth=0.9)
        axes.set(ylim=(-TICKS - 0.02, 1.0), yticks=[0.0, 0.5, 1.0], ylabel="level, 0 to 1")
        title = f"{called(words, domain).capitalize()}: {counted(len(dates), 'coded act')} below"
        panel_title(axes, title, inches=form.width - 1.0)
        axes.tick_params(labelbottom=place + 1 == len(DOMAINS))
    year_ticks(panels[-1], free.calendar)
    panels[-1].set_xlabel("year", labelpad=1)
    key = [
        Patch(color=QUIET, alpha=0.4, label="free runs (scored)"),
        Patch(color=PLAINLY.colour, alpha=0.4, label="conditioned on the record (never scored)"),
    ]
    figure.body.legend(handles=key, loc="outside upper left", ncols=1 if form.narrow else 2)
    return figure


@styled
def correlations_figure(posterior: PosteriorDraws, form: Form = SLIDE) -> Figure:
    """Return how the coefficients of willingness, which carry the theories, go together.

    Args:
        posterior: The posterior.
        form: What it is drawn for.

    Raises:
        SettingError: If fewer than two of its parameters are such coefficients.
    """
    names = [name for name in posterior.names if name.startswith(WILLINGNESS)]
    if len(names) < 2:
        raise SettingError("correlations", ["fewer than two coefficients of willingness are free"])
    held, count = posterior.held, len(posterior)
    noise = 1.96 / np.sqrt(count)
    numbers = (
        f"A number stands where it is beyond ±{noise:.2f}: of pairs that have nothing to do with "
        f"each other, 1 in 20 is in so few draws ({count}). "
    )
    figure = slide(
        "Which coefficients go together?",
        about="Rank correlation of coefficients of willingness over draws of the posterior. "
        f"{'' if form.narrow else numbers}Scenario {held.scenario} under {posterior.theory}, "
        f"record {held.record}.",
        form=form,
        height=form.width * 1.8 if form.narrow else None,
        below="Where two go together strongly, the record tells what they come to better than what "
        "each of them is.",
    )
    matrix = posterior.draws()[names].corr(method="spearman").to_numpy(copy=True)
    matrix[np.triu_indices(len(names))] = np.nan
    axes = figure.body.subplots()
    image = axes.imshow(matrix[1:, :-1], cmap="PuOr_r", vmin=-1.0, vmax=1.0, aspect="auto")
    for i, j in [] if form.narrow else np.argwhere(np.abs(matrix) > noise):
        axes.text(
            j, i - 1, f"{matrix[i, j]:.1f}".replace("-", "−"), ha="center", va="center",
            fontsize=SMALL, color="white" if abs(matrix[i, j]) > 0.6 else INK,
        )  # fmt: skip
    told = [name.removeprefix(WILLINGNESS) for name in names]
    size: Any = "x-small" if form.narrow else SMALL
    axes.set_yticks(range(len(told) - 1), told[1:], fontsize=size)
    axes.set_xticks(range(len(told) - 1), told[:-1], fontsize=size, rotation=90)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    beneath: Any = {"location": "bottom"} if form.narrow else {}
    bar = figure.body.colorbar(image, ax=axes, shrink=0.6, **beneath)
    bar.set_label("rank correlation, −1 to 1", fontsize=SMALL)
    return figure
