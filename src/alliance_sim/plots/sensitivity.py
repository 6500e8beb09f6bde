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
    BOTTOM,
    FAINT,
    HALO,
    INK,
    LETTER,
    PLAIN,
    QUIET,
    SMALL,
    STEPS,
    TOP,
    left_margin,
    sheet,
    styled,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST = 18  # factors drawn; a table holds the others
PAIRS = 8  # interactions drawn
FIRST, TOTAL, ONE = "#0072B2", "#E69F00", "#0072B2"
KEYS = {"sobol": "total", "morris": "mu_star", "pawn": "pawn"}
FOOT = BOTTOM + 0.125


@styled
def tornado_figure(
    table: pd.DataFrame,
    *,
    method: str,
    title: str,
    about: str,
    value: str,
    pairs: pd.DataFrame | None = None,
) -> Figure:
    """Return the factors under one another, the one that matters most on top.

    Args:
        table: As `analysis.sensitivity.Sensitivity.table`.
        method: "sobol" (bars of first and total order; beside them the largest interactions, if
            there are any), "morris" (bars of mu*, beside them mu* against sigma) or "pawn".
        title: In large type.
        about: What is drawn, and of what.
        value: What the bars measure, with unit.
        pairs: As `analysis.sensitivity.Sensitivity.pairs`.
    """
    key = KEYS[method]
    drawn = table.sort_values(key, ascending=False, kind="stable").head(MOST)
    left_out = len(table) - len(drawn)
    if left_out:
        about = f"The {MOST} largest; {left_out} more are in the table. {about}"
    figure = sheet(title, about=about)
    numbers = {name: n for n, name in enumerate(drawn["factor"], start=1)}
    shown = _largest(pairs, numbers) if pairs is not None and method == "sobol" else None
    beside = method == "morris" or shown is not None
    many = len(drawn) > 10
    size = SMALL if many else PLAIN
    marked = [
        f"{n}  {label}" if beside else str(label) for n, label in enumerate(drawn["label"], start=1)
    ]
    labels = [_one_line(label, 52) if many else wrapped(label, 38) for label in marked]
    left = left_margin(labels) * (size / PLAIN)
    width = (0.68 if method == "sobol" else 0.52) - left if beside else 0.97 - left
    axes = figure.add_axes((left, FOOT, max(width, 0.2), TOP - FOOT))
    _bars(axes, drawn, method=method)
    axes.set_yticks(range(len(drawn)), labels, fontsize=size)
    axes.set_xlabel(wrapped(value, int((left + width) / LETTER)), labelpad=3, loc="right")
    edge = left + max(width, 0.2)
    if method == "morris":
        _mu_sigma(figure.add_axes((edge + 0.075, FOOT, 0.935 - edge - 0.075, TOP - FOOT)), drawn)
    elif shown is not None:
        _interactions(figure.add_axes((edge + 0.07, FOOT, 0.98 - edge - 0.07, TOP - FOOT)), shown)
    _legend(figure, method=method, idle=bool((drawn["idle"] > 0).any()))
    return figure


def _one_line(label: str, letters: int) -> str:
    return label if len(label) <= letters else label[: letters - 1].rstrip() + "…"


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
    axes.set_yticks(at, rows["label"].tolist(), fontsize=PLAIN)
    axes.set_ylim(max(len(rows), 3) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e2e2e2", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=STEPS))
    axes.set_title("two factors together", fontsize=PLAIN, weight="bold", pad=5)
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
            fontsize=SMALL - 1, color=QUIET, annotation_clip=False,
        )  # fmt: skip
    axes.errorbar(
        x, y, xerr=np.stack([x - rows["mu_star_low"], rows["mu_star_high"] - x]),
        fmt="none", ecolor=ONE, elinewidth=1.2, alpha=0.5, zorder=3,
    )  # fmt: skip
    axes.plot(x, y, "o", markersize=7, color=ONE, markeredgecolor="white", zorder=4)
    crowded = _number_points(axes, x, y)
    figure = axes.get_figure()
    if crowded and figure is not None:
        names = ", ".join(str(number) for number in crowded)
        told = f"Dots without a number, for lack of room: {names}"
        figure.text(0.98, 0.064, told, fontsize=SMALL, color=QUIET, ha="right", va="bottom")
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=STEPS))
    axes.set_xlabel("μ*: mean size of the effect\n(both axes in the unit of the bars)", labelpad=3)
    axes.set_ylabel("σ: how much the effect depends\non the other factors (and on luck)")


def _number_points(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64]) -> list[int]:
    """Write the number of each point near it, where nothing else stands; return those left out."""
    figure = axes.get_figure()
    if figure is None:
        return []
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
            textcoords="offset points", ha="center", va="center", fontsize=SMALL + 0.5,
            weight="bold", zorder=5, path_effects=HALO,
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.7} if far else None,
        )  # fmt: skip
    return left_out


def _legend(figure: Figure, *, method: str, idle: bool) -> None:
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
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.012, 0.045), ncols=4,
        frameon=False, fontsize=SMALL + 0.5, columnspacing=2.0, handlelength=2.2,
    )  # fmt: skip
