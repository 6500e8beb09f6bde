"""How an effect changes with how much earlier or later a juncture comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from alliance_sim.calendar import QUARTERS_A_YEAR
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.glossary import signed
from alliance_sim.plots.style import (
    FAINT,
    HALO,
    INK,
    PLAINLY,
    QUIET,
    SLIDE,
    SMALL,
    STEPS,
    WIDE,
    Form,
    fold,
    slide,
    styled,
)
from alliance_sim.plots.years import mark_edits
from alliance_sim.results.outcome_words import outcome_label
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.counterfactual.shift_result import ShiftResponse

GREY = "#e4e4e4"
TURN = "#b3400e"  # where something that follows falls away
ROOM = 1.18  # how much higher the axis is than what is drawn, for letters along the top
LEAST_ROOM = 1.5  # inches that a reason needs to stand in lines, and not upright
LEAST_SPAN, TINY = 0.1, 1e-6  # of an axis: of chances, so that small ones look small


@styled
def shift_figure(found: ShiftResponse, *, form: Form = SLIDE) -> Figure:
    """Return the effect by shift, with the band of 90 %.

    Dots are the shifts that were run, the broken line is history as it was; along the top stand the
    years in which the juncture then comes. Lettered lines mark from where on something that follows
    the juncture falls away or is left to chance. Shifts that cannot be had are grey, with the
    reason.

    Args:
        found: The response.
        form: What it is drawn for.
    """
    figure = slide(
        f"What if “{found.called}” had come earlier or later?\n"
        f"{found.title[:1].upper()}{found.title[1:]}",
        about=f"{found.answer} {found.about}",
        form=form,
        height=8.4 if form.narrow else None,
        below=SENTENCE,
    )
    axes = figure.body.subplots()
    inches = form.width - 1.2
    _effect(axes, found)
    _gaps(axes, found, inches=0.9 * inches, upright=0.8 * figure.upright)
    told = _turns(axes, found)
    _dates(axes, found, form)
    words = "quarters earlier (−) or later (+) than it came"
    axes.set_xlabel(fold("\n".join([words, *told]), inches, size=SMALL), fontsize=SMALL)
    axes.set_ylabel(fold(_unit(found), figure.upright, size=SMALL), fontsize=SMALL)
    figure.body.legend(loc="outside lower left", ncols=1 if form.narrow else 4)
    return figure


def _unit(found: ShiftResponse) -> str:
    if found.binary:
        return "chance of the outcome: shifted minus as it was"
    calendar, meanings = found.scenario.calendar(), meanings_of(found.scenario)
    return f"{outcome_label(found.outcome, calendar, meanings)}: shifted minus as it was"


def _effect(axes: Axes, found: ShiftResponse) -> None:
    """Draw the line, its band, 0 and where history stands; nothing where there are no numbers."""
    by = np.array([shift.by for shift in found.shifts], dtype=np.float64)
    middle, low, high = (
        found.frame[name].to_numpy(dtype=np.float64)
        for name in ("effect", "effect_low", "effect_high")
    )
    look = PLAINLY
    band = f"90 % of the {found.over}"
    axes.fill_between(by, low, high, color=look.colour, alpha=WIDE, linewidth=0, label=band)
    axes.plot(
        by, middle, color=look.colour, marker=look.marker, markersize=5.5, linewidth=2.2,
        label="effect", zorder=5,
    )  # fmt: skip
    axes.axhline(0.0, color=INK, linewidth=0.9, zorder=2)
    gap = min(np.diff(by))
    axes.set_xlim(by[0] - gap / 2, by[-1] + gap / 2)
    least, most = float(np.nanmin(low)), float(np.nanmax(high))
    span = max(most - least, LEAST_SPAN if found.binary else TINY)
    middle_of_all = (least + most) / 2.0
    axes.set_ylim(middle_of_all - 0.56 * span, middle_of_all + (ROOM - 0.5) * span)
    axes.yaxis.set_major_locator(MaxNLocator(7, steps=STEPS, integer=found.whole))
    places = _places(axes.get_yticks().tolist())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: signed(at, places=places)))
    axes.xaxis.set_major_locator(MaxNLocator(11, integer=True, steps=(1, 2, 4, 5, 10)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: signed(at, places=0)))
    mark_edits(axes, [0.0])
    axes.plot([], [], color=INK, linewidth=1.3, linestyle=(0, (2, 2)), label="as it was")


def _places(ticks: Sequence[float]) -> int:
    """Return how many digits after the point tell all ticks, and no more than they need."""
    apart = ticks[1] - ticks[0]
    places = max(-math.floor(math.log10(apart)), 0)
    return places if round(apart, places) == round(apart, places + 1) else places + 1


def _gaps(axes: Axes, found: ShiftResponse, *, inches: float, upright: float) -> None:
    """Shade shifts that cannot be had, and say why."""
    half = min(np.diff([shift.by for shift in found.shifts])) / 2
    first, last = axes.get_xlim()
    for start, end, why in found.gaps:
        axes.axvspan(start - half, end + half, color=GREY, linewidth=0, zorder=0)
        room = inches * (end - start + 2 * half) / (last - first)
        lying = room >= LEAST_ROOM
        axes.annotate(
            fold(f"it {why}", room if lying else upright, size=SMALL), ((start + end) / 2, 0.5),
            xycoords=("data", "axes fraction"), ha="center", va="center", fontsize=SMALL,
            color=QUIET, path_effects=HALO, rotation=0 if lying else 90,
        )  # fmt: skip


def _turns(axes: Axes, found: ShiftResponse) -> list[str]:
    """Mark from where on something that follows answers; return what each letter stands for."""
    told = []
    by = [point.shift.by for point in found.points]
    for number, (at, words) in enumerate(found.turns):
        letter = chr(ord("a") + number)
        nearer = [one for one in by if (0 <= one < at) or (at < one <= 0)]
        edge = (at + max(nearer, key=abs)) / 2
        axes.axvline(edge, color=TURN, linewidth=1.0, linestyle=(0, (1, 1.5)), zorder=3)
        axes.annotate(
            letter, (edge, 1), xycoords=("data", "axes fraction"), xytext=(3, -3), va="top",
            textcoords="offset points", color=TURN, weight="bold", path_effects=HALO,
        )  # fmt: skip
        told.append(f"{letter}: from {signed(at, places=0)} on {' and '.join(words)}")
    return told


def _dates(axes: Axes, found: ShiftResponse, form: Form) -> None:
    """Write along the top in which years the juncture then comes."""
    zero = next(shift.date for shift in found.shifts if shift.by == 0)
    if zero is None:
        return
    start = zero.year + (zero.month - 1) // 3 / QUARTERS_A_YEAR

    def year(by: Any) -> Any:
        return start + by / QUARTERS_A_YEAR

    def back(years: Any) -> Any:
        return (years - start) * QUARTERS_A_YEAR

    above = axes.secondary_xaxis("top", functions=(year, back))
    above.xaxis.set_major_locator(MaxNLocator(5 if form.narrow else 11, integer=True))
    above.tick_params(color=FAINT, labelsize=SMALL)
    above.set_xlabel("year in which it comes", fontsize=SMALL)
