"""How scenario discovery got to its boxes: the steps of a peeling, the leaves of a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from alliance_sim.plots.box import COLOURS
from alliance_sim.plots.sheet import BOTTOM, TOP, sheet, wrapped
from alliance_sim.plots.style import BOLD, INK, PLAIN, QUIET, SMALL, styled

MOST_LINES = 26  # of the conditions of all leaves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def peeling_figure(peeling: pd.DataFrame, *, title: str, about: str, share: float) -> Figure:
    """Return what each step of a peeling gains in density and loses in coverage.

    Args:
        peeling: One peeling: columns `step`, `coverage`, `density`, `restricted`, and whether a
            step was made by lifting limits (`lifted`), is `offered`, was `chosen`.
        title: In large type.
        about: What is drawn, and of what.
        share: Share of all runs in which it happens.
    """
    figure = sheet(title, about=about)
    axes = figure.add_axes((0.075, BOTTOM + 0.08, 0.70, TOP - BOTTOM - 0.06))
    most = int(peeling["restricted"].max())
    shades = _shades(most)
    cut = peeling[~peeling["lifted"]]
    axes.plot(cut["coverage"], cut["density"], color="#d0d0d0", linewidth=1.0, zorder=1)
    for restricted in sorted({int(count) for count in peeling["restricted"]}):
        rows = peeling[peeling["restricted"] == restricted]
        axes.plot(
            rows["coverage"], rows["density"], "o", markersize=9, color=shades[restricted],
            markeredgecolor="white", markeredgewidth=0.8, label=_limited(restricted), zorder=3,
        )  # fmt: skip
    axes.axhline(share, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.annotate(
        f"share of all runs: {share:.1%}", (0.005, share), xytext=(0, 4),
        textcoords="offset points", fontsize=SMALL, color=INK,
    )  # fmt: skip
    for row in peeling[peeling["chosen"]].to_dict(orient="records"):
        at = (float(row["coverage"]), float(row["density"]))
        axes.plot(*at, "o", markersize=19, color="none", markeredgecolor=INK, markeredgewidth=2)
        which = "offered" if row["offered"] else "taken"
        axes.annotate(
            f"step {row['step']}: the box {which}", at, xytext=(-14, -16),
            textcoords="offset points", ha="right", va="top", fontsize=PLAIN, weight="bold",
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.8},
        )  # fmt: skip
    _number_steps(axes, peeling)
    axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
    axes.set_xlabel("coverage: share of the runs in which it happens that are in the box")
    axes.set_ylabel("density: share of the runs in the box\nin which it happens")
    axes.grid(color="#e6e6e6", linewidth=0.7)
    axes.set_axisbelow(True)
    figure.legend(
        *axes.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(0.79, TOP),
        frameon=False, fontsize=PLAIN, title="The box limits", title_fontsize=BOLD,
        alignment="left",
    )  # fmt: skip
    return figure


def _limited(count: int) -> str:
    return "no factor" if count == 0 else f"{count} factor{'' if count == 1 else 's'}"


def _shades(most: int) -> list[tuple[float, float, float, float]]:
    """Return a colour for every number of limited factors."""
    return [mpl.colormaps["viridis"](k / max(1, most) * 0.92) for k in range(most + 1)]


def _number_steps(axes: Axes, peeling: pd.DataFrame) -> None:
    """Write the number of a step beside it, where it has room."""
    taken = peeling.loc[peeling["chosen"], ["coverage", "density"]].to_numpy()
    written = [(float(coverage), float(density)) for coverage, density in taken]
    for row in peeling.to_dict(orient="records"):
        at = (float(row["coverage"]), float(row["density"]))
        if any(abs(at[0] - x) < 0.03 and abs(at[1] - y) < 0.055 for x, y in written):
            continue
        written.append(at)
        axes.annotate(str(row["step"]), at, xytext=(7, 5), textcoords="offset points",
                      fontsize=SMALL - 1, color=QUIET)  # fmt: skip


@styled
def leaves_figure(
    leaves: pd.DataFrame, *, title: str, about: str, share: float, most: int = 12
) -> Figure:
    """Return the leaves of a tree as bars of how often it happens there.

    Args:
        leaves: As from `analysis.boxes.box_frame`, densest first.
        title: In large type.
        about: What is drawn, and of what.
        share: Share of all runs in which it happens.
        most: Leaves drawn.
    """
    size, letters = (PLAIN, 62) if len(leaves) <= 7 else (SMALL - 0.5, 84)
    labels = [wrapped(str(text) or "all runs", letters) for text in leaves["conditions"]]
    lines = np.cumsum([label.count("\n") + 1 for label in labels])
    labels = labels[: min(most, int((lines <= MOST_LINES).sum()))]
    drawn = leaves.head(len(labels))
    if len(leaves) > len(drawn):
        about = f"The {len(drawn)} densest of {len(leaves)} leaves. {about}"
    figure = sheet(title, about=about)
    axes = figure.add_axes((0.50, BOTTOM + 0.08, 0.39, TOP - BOTTOM - 0.06))
    at, density = np.arange(len(drawn)), drawn["density"].to_numpy()
    axes.barh(at, density, 0.6, color=COLOURS(density), linewidth=0, zorder=2)
    reach = np.stack([density - drawn["density_low"], drawn["density_high"] - density])
    axes.errorbar(
        density, at, xerr=np.maximum(reach, 0.0), fmt="none", ecolor=INK, elinewidth=1.3,
        capsize=3, zorder=4,
    )  # fmt: skip
    for k, row in enumerate(drawn.to_dict(orient="records")):
        axes.annotate(
            f"{row['mass']:.0%} of runs\n{row['coverage']:.0%} of cases", (1.0, k),
            xycoords=("axes fraction", "data"), xytext=(10, 0), textcoords="offset points",
            va="center", fontsize=SMALL, color=INK,
        )  # fmt: skip
    axes.axvline(share, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=5)
    axes.annotate(
        f"all runs: {share:.1%}", (share, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3),
        textcoords="offset points", ha="center", fontsize=SMALL,
    )  # fmt: skip
    axes.set_yticks(at, labels, fontsize=size)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(drawn) - 0.4, -0.6), xlim=(0, 1))
    axes.set_xlabel("density: share of the runs of a leaf in which it happens (95 % interval)")
    return figure
