"""Which factors an outcome hangs on: bars with intervals, and Morris's mu* against sigma."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from alliance_sim.plots.style import (
    EDGE,
    FAINT,
    HALO,
    INK,
    QUIET,
    SMALL,
    STEPS,
    Heading,
    fold,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

MOST = 18  # factors drawn; a table holds the others
PAIRS = 8  # interactions drawn
FIRST, TOTAL, ONE = "#0072B2", "#E69F00", "#0072B2"
KEYS = {"sobol": "total", "morris": "mu_star", "pawn": "pawn"}
LABEL = 3.1  # inches that the name of a factor takes on a slide


@styled
def tornado_figure(
    table: pd.DataFrame,
    heading: Heading,
    *,
    method: str,
    value: str,
    pairs: pd.DataFrame | None = None,
) -> Figure:
    """Return the factors under one another, the one that matters most on top.

    Args:
        table: As `analysis.sensitivity.Sensitivity.table`.
        heading: What stands around it.
        method: "sobol" (bars of first and total order; beside them the largest interactions, if
            there are any), "morris" (bars of mu*, beside them mu* against sigma) or "pawn".
        value: What the bars measure, with unit.
        pairs: As `analysis.sensitivity.Sensitivity.pairs`.
    """
    key = KEYS[method]
    drawn = table.sort_values(key, ascending=False, kind="stable").head(MOST)
    left_out = len(table) - len(drawn)
    more = f"The {MOST} largest; {left_out} more are in the table." if left_out else ""
    if method == "sobol" and bool((drawn["first"] < 0).any()):
        more += " Bars below 0 are chance."
    form = heading.form
    numbers = {name: n for n, name in enumerate(drawn["factor"], start=1)}
    shown = _largest(pairs, numbers) if pairs is not None and method == "sobol" else None
    beside = method == "morris" or shown is not None
    room = 1.5 if form.narrow else LABEL if beside else 1.6 * LABEL
    marked = [
        f"{n}  {label}" if beside else str(label) for n, label in enumerate(drawn["label"], start=1)
    ]
    labels = [fold(label, room, size=SMALL) for label in marked]
    rows = 0.19 * sum(label.count("\n") + 1.5 for label in labels)
    second = 3.4 if form.narrow and beside else 0.0
    figure = heading.slide(max(0 if form.narrow else form.height, 3.4 + rows + second), more=more)
    below, apart = (1, 2) if beside and not form.narrow else (2 if beside else 1, 1)
    ratios = (rows + 0.8, second) if below == 2 else None
    panels = list(figure.body.subplots(below, apart, squeeze=False, height_ratios=ratios).flat)
    axes = panels[0]
    _bars(axes, drawn, method=method)
    axes.set_yticks(range(len(drawn)), labels)
    if form.narrow:  # ends where the panel does, and begins under the names of the factors
        axes.set_xlabel(fold(value, form.width - 2 * EDGE), loc="right", labelpad=3)
    else:
        axes.set_xlabel(fold(value, form.width / apart - 0.6 * room), labelpad=3)
    if method == "morris":
        _mu_sigma(panels[1], drawn)
    elif shown is not None:
        _interactions(panels[1], shown)
    _legend(figure.body, heading, method=method, idle=bool((drawn["idle"] > 0).any()))
    if method == "morris":
        _number_points(figure, panels[1], drawn)
    return figure


def _bars(axes: Axes, rows: pd.DataFrame, *, method: str) -> None:
    """Draw the bars of every factor with their 95 % intervals."""
    series = [("total", TOTAL, 0.19), ("first", FIRST, -0.19)] if method == "sobol" else []
    series = series or [(KEYS[method], ONE, 0.0)]
    at = np.arange(len(rows))
    height = 0.36 if method == "sobol" else 0.58
    for name, colour, shift in series:
        value = rows[name].to_numpy()
        reach = np.stack([value - rows[f"{name}_low"], rows[f"{name}_high"] - value])
        axes.barh(at + shift, value, height, color=colour, alpha=0.75, linewidth=0, zorder=2)
        axes.errorbar(
            value, at + shift, xerr=np.maximum(reach, 0.0),
            fmt="none", ecolor=INK, elinewidth=1.3, capsize=3, zorder=4,
        )  # fmt: skip
    upper, lower = (0.0, 0.38) if method == "sobol" else (-0.42, 0.42)
    for k, idle in enumerate(rows["idle"].where(rows["idle"] != 0)):
        axes.plot([idle, idle], [k + upper, k + lower], color=INK, linewidth=1.8,
                  linestyle=(0, (1.5, 1.2)), zorder=5)  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8, zorder=3)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e2e2e2", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=STEPS))
    if method != "morris":
        axes.set_xlim(right=max(axes.get_xlim()[1], 0.1))


def _largest(pairs: pd.DataFrame, numbers: dict[str, int]) -> pd.DataFrame | None:
    """Return the largest interactions of factors that are drawn, called by their numbers."""
    known = pairs[pairs["first_factor"].isin(numbers) & pairs["second_factor"].isin(numbers)]
    size = known["index"].abs().sort_values(ascending=False, kind="stable").index
    rows = known.reindex(size).head(PAIRS)
    both = zip(rows["first_factor"], rows["second_factor"], strict=True)
    ordered = [sorted((numbers[a], numbers[b])) for a, b in both]
    return rows.assign(label=[f"{a} × {b}" for a, b in ordered]) if len(rows) else None


def _interactions(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw the largest interactions of two factors."""
    at, value = np.arange(len(rows)), rows["index"].to_numpy()
    axes.barh(at, value, 0.5, color="#CC79A7", alpha=0.85, linewidth=0, zorder=2)
    reach = np.stack([value - rows["low"], rows["high"] - value])
    axes.errorbar(value, at, xerr=reach, fmt="none", ecolor=INK, elinewidth=1.3, capsize=3,
                  zorder=4)  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8, zorder=3)
    axes.set_yticks(at, rows["label"].tolist())
    axes.set_ylim(max(len(rows), 3) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e2e2e2", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=STEPS))
    axes.set_title("two factors together", fontsize=SMALL, pad=3)
    axes.set_xlabel("second-order index", labelpad=3)


def _mu_sigma(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw mean size against spread of the effects, each factor as its number."""
    x, y = rows["mu_star"].to_numpy(), rows["sigma"].to_numpy()
    right = float(rows["mu_star_high"].max()) * 1.08 or 1.0
    top = max(float(y.max()) * 1.12, 0.3 * right)
    axes.set(xlim=(0, right), ylim=(0, top))
    for slope in (0.1, 0.5, 1.0):
        end = min(right, top / slope)
        axes.plot([0, end], [0, slope * end], color=FAINT, linewidth=0.9, linestyle=(0, (4, 3)))
        over = end < right
        axes.annotate(
            f"σ = {slope:g} μ*" if slope < 1 else "σ = μ*", (end, slope * end),
            xytext=(0, 2) if over else (3, 0), textcoords="offset points",
            ha="center" if over else "left", va="bottom" if over else "center",
            fontsize=SMALL, color=QUIET, annotation_clip=False,
        )  # fmt: skip
    axes.errorbar(
        x, y, xerr=np.stack([x - rows["mu_star_low"], rows["mu_star_high"] - x]),
        fmt="none", ecolor=ONE, elinewidth=1.2, alpha=0.5, zorder=3,
    )  # fmt: skip
    axes.plot(x, y, "o", markersize=7, color=ONE, markeredgecolor="white", zorder=4)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=STEPS))
    axes.set_xlabel("μ*: mean size of the effect\n(both axes in the unit of the bars)", labelpad=3)
    axes.set_ylabel("σ: how much the effect depends\non the other factors (and on luck)")


def _number_points(figure: Figure, axes: Axes, rows: pd.DataFrame) -> None:
    """Write the number of each point near it, where nothing else stands; tell those left out."""
    figure.draw_without_rendering()  # where points come to lie
    x, y = rows["mu_star"].to_numpy(), rows["sigma"].to_numpy()
    scale = 72 / figure.dpi
    points = axes.transData.transform(np.stack([x, y], axis=1)) * scale
    edge = Bbox(axes.get_window_extent().get_points() * scale)
    spots = [(float(a), float(b)) for a, b in points]
    labels: list[tuple[float, float]] = []
    left_out = []
    turns = np.linspace(0, 2 * np.pi, 12, endpoint=False) + np.pi / 2
    for number, (a, b) in enumerate(points, start=1):
        shifts = [
            (radius * float(np.cos(turn)), radius * float(np.sin(turn)))
            for radius in (11.0, 20.0, 32.0)
            for turn in turns
        ]
        free = [
            (dx, dy)
            for dx, dy in shifts
            if min(math.hypot(a + dx - p, b + dy - q) for p, q in spots) > 9
            and all(abs(a + dx - p) > 16 or abs(b + dy - q) > 13 for p, q in labels)
            and edge.x0 + 8 < a + dx < edge.x1 - 8
            and edge.y0 + 8 < b + dy < edge.y1 - 8
        ]
        if not free:
            left_out.append(number)
            continue
        dx, dy = free[0]
        labels.append((float(a) + dx, float(b) + dy))
        far = math.hypot(dx, dy) > 12
        axes.annotate(
            str(number), (x[number - 1], y[number - 1]), xytext=(dx, dy),
            textcoords="offset points", ha="center", va="center", fontsize=SMALL,
            weight="bold", zorder=5, path_effects=HALO,
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.7} if far else None,
        )  # fmt: skip
    if left_out:
        told = f"Dots without a number, for lack of room: {', '.join(map(str, left_out))}"
        room = axes.get_window_extent().width / figure.dpi
        axes.set_title(fold(told, room, size=SMALL), fontsize=SMALL, weight="normal", pad=16)


def _legend(body: SubFigure, heading: Heading, *, method: str, idle: bool) -> None:
    named = {
        "sobol": [("alone (first order)", FIRST), ("with all its interactions (total)", TOTAL)],
        "morris": [("μ*", ONE)],
        "pawn": [("PAWN index", ONE)],
    }
    handles: list[Patch | Line2D] = [
        Patch(color=colour, alpha=0.75, linewidth=0, label=label) for label, colour in named[method]
    ]
    handles.append(Line2D([], [], color=INK, linewidth=1.3, marker="|", label="95 % interval"))
    if idle:
        what = {
            "sobol": "total index of an idle factor, by luck",
            "morris": "μ* of an idle factor, by luck",
            "pawn": "an idle factor stays below, 95 of 100 times",
        }[method]
        handles.append(
            Line2D([], [], color=INK, linewidth=1.8, linestyle=(0, (1.5, 1.2)), label=what)
        )
    room = heading.form.width - 0.9
    for handle in handles:
        handle.set_label(fold(str(handle.get_label()), room, size=SMALL))
    body.legend(
        handles=handles, loc="outside upper left", ncols=1 if heading.form.narrow else 4,
        handlelength=2.2,
    )  # fmt: skip
