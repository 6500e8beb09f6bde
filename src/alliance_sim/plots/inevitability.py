"""When an outcome was certain: its chance by the year to which the record is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.plots.style import (
    FACTUAL,
    FAINT,
    HALO,
    INK,
    QUIET,
    SLIDE,
    SMALL,
    WIDE,
    Form,
    fold,
    panel_title,
    slide,
    styled,
)
from alliance_sim.plots.years import mark_edits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.curves import InevitabilityCurve

EDITED = "#b3400e"
LINE = 2.2
DECIDED: dict[str, Any] = {"color": INK, "linewidth": 1.3, "linestyle": (0, (7, 2, 1.5, 2))}
YEAR = 1.0  # from the beginning of a year, which is what its number stands for, to its end
TOP, TICK = 1.17, 1.1  # of the panels; steps are marked between the two, numbers stand below
CROWDED, PHONE_CROWDED = 0.028, 0.07  # of the axis: steps nearer than this share a label


@styled
def inevitability_figure(curve: InevitabilityCurve, *, form: Form = SLIDE) -> Figure:
    """Return both curves by the last year known, and how possible the alternative still was.

    Above: the chance of the outcome, as it was and edited, with 90 % intervals; coded formal steps
    are marked along the top, the day of the edit by a dotted line, the year in which the outcome is
    decided by one of dots and dashes. Below: one less that, the chance that it does not come about.
    A year on the axis is its end, so that what comes within it stands left of it.

    Args:
        curve: The curve.
        form: What it is drawn for.
    """
    figure = slide(
        f"When was it certain? {curve.title[:1].upper()}{curve.title[1:]}",
        about=f"{curve.line} {curve.about}",
        form=form,
        height=9.2 if form.narrow else None,
        below=SENTENCE,
    )
    above, below = figure.body.subplots(2, 1, sharex=True, height_ratios=(1.7, 1.0))
    inches = form.width - 0.9
    _curves(above, curve, mirrored=False)
    _curves(below, curve, mirrored=True)
    _rungs(above, curve, PHONE_CROWDED if form.narrow else CROWDED)
    panel_title(above, "Chance of the outcome, for who knows the record to the end of a year",
                inches=inches)  # fmt: skip
    panel_title(below, "Chance of the alternative: that it does not come about", inches=inches)
    above.tick_params(labelbottom=True)
    below.set_xlabel(fold("known to the end of", inches), fontsize=SMALL)
    _legend(figure.body, above, form)
    return figure


def _curves(axes: Axes, curve: InevitabilityCurve, *, mirrored: bool) -> None:
    """Draw both worlds with their bands; marks of the edit and of the decision."""
    years = curve.years + YEAR  # the end of the year
    for values, colour, line, name in (
        (curve.fact, FACTUAL.colour, "-", "as it was"),
        (curve.edited, EDITED, (0, (5, 1.5)), "edited"),
    ):
        middle, low, high = _mirrored(values) if mirrored else values.T
        axes.fill_between(years, low, high, color=colour, alpha=WIDE, linewidth=0)
        style: Any = line
        axes.plot(years, middle, color=colour, linewidth=LINE, linestyle=style, label=name)
    axes.set_xlim(years[0], years[-1])
    _end_of_year_ticks(axes, int(curve.years[0]), int(curve.years[-1]))
    axes.set_ylim(-0.02, 1.02 if mirrored else TOP)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
    axes.axhline(0.5, color=FAINT, linewidth=0.7, zorder=0)
    axes.axvline(min(curve.decided + YEAR, years[-1]), **DECIDED, zorder=1)
    mark_edits(axes, [curve.touched])


def _end_of_year_ticks(axes: Axes, first: int, last: int) -> None:
    """Put round years on the x axis, each where it ends: there stands what is known to its end."""
    years = last - first
    every = 10 if years > 30 else 5 if years > 12 else 2 if years > 6 else 1
    ticks = range(-(-first // every) * every, last + 1, every)
    axes.set_xticks([year + YEAR for year in ticks], [f"{year}" for year in ticks])


def _mirrored(values: NDArray[Any]) -> NDArray[Any]:
    """Return the chance of the alternative with its interval, as an array (3, year)."""
    found: NDArray[Any] = 1.0 - values[:, [0, 2, 1]].T
    return found


def _rungs(axes: Axes, curve: InevitabilityCurve, near: float) -> None:
    """Mark coded formal steps along the top, each with its number; near ones share a label."""
    first, last = axes.get_xlim()
    there = [(year, rung) for year, rung in curve.rungs if first <= year <= last]
    groups: list[list[tuple[float, int]]] = []
    for year, rung in there:
        axes.plot([year, year], [TICK, TOP], color=INK, linewidth=1.1, solid_capstyle="butt")
        if groups and year - groups[-1][-1][0] < near * (last - first):
            groups[-1].append((year, rung))
        else:
            groups.append([(year, rung)])
    for group in groups:
        middle = sum(year for year, _ in group) / len(group)
        low, high = group[0][1], group[-1][1]
        text = f"{low}" if low == high else f"{low}–{high}"
        axes.annotate(
            text, (middle, TICK), xytext=(0, -1.5), textcoords="offset points", ha="center",
            va="top", fontsize=SMALL, color=QUIET, path_effects=HALO,
        )  # fmt: skip


def _legend(body: Any, axes: Axes, form: Form) -> None:
    handles, names = axes.get_legend_handles_labels()
    more = (
        ({"color": INK, "linewidth": 1.3, "linestyle": (0, (2, 2))}, "edits begin"),
        (DECIDED, "decided"),
        ({"color": INK, "marker": "|", "linestyle": "none"}, "coded formal step"),
    )
    for look, name in more:
        given: Any = look
        handles.append(Line2D([], [], **given))
        names.append(name)
    body.legend(handles, names, loc="outside lower left", ncols=2 if form.narrow else 5)
