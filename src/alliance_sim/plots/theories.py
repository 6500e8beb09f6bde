"""Rival theories beside each other, and what claims tell prior and posterior apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D

from alliance_sim.plots.style import (
    AGENDA,
    FACTUAL,
    FAINT,
    INK,
    LADDER,
    PLAINLY,
    QUIET,
    SLIDE,
    SMALL,
    Form,
    fold,
    slide,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.calibration.fitted_theories import FittedTheories

BLOCK_WORDS = {"R": "threat (R)", "I": "institutions (I)", "D": "domestic (D)"}
NO_PREFERENCE = 4.0  # nats, the width of the band in which theories are not told apart
BELOW = (
    "Theories that lie within 4 nats, or within two errors, are not told apart. Errors come from "
    "the particles' weights alone and are too small: another sampler has come out almost two nats "
    "away. That a theory is better than others does not make it true: all share the rules of "
    "counting and of the ladder."
)
CLAIM_ROW, CLAIM_HEAD = 0.23, 2.2  # inches


@styled
def theory_figure(theories: FittedTheories, form: Form = SLIDE) -> Figure:
    """Return evidence, score of years left out, stacking weight and Shapley parts of theories.

    Args:
        theories: What their fits came to.
        form: What it is drawn for.
    """
    table, parts = theories.frame(), theories.shapley()
    missing = theories.missing()
    about = (
        f"Record {theories.record}, {len(table)} theories: R threat, I institutions, D domestic, N "
        "none of them. Left out: log score of the counts of each year, from draws of the whole "
        "record weighed as if that year were not in it. Band: within 4 nats of the best. "
        "Error bars: 95 % intervals."
    )
    if missing:
        about += f" Not fitted: {', '.join(missing)}."
    figure = slide(
        "Rival theories on the same record",
        about=about,
        form=form,
        height=14.0 if form.narrow else None,
        below=BELOW,
    )
    wide = 3 if parts.empty else 4
    rows, columns = (wide, 1) if form.narrow else (1, wide)
    panels = list(figure.body.subplots(rows, columns, squeeze=False).flat)
    _dots(panels[0], table, "evidence", "log evidence, nats", error="evidence_error")
    _dots(panels[1], table, "held_out", "log score, years left out")
    _weights(panels[2], table)
    if not parts.empty:
        _parts(panels[3], parts)
    return figure


def _names(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_yticks(range(len(table)), table["theory"].tolist())
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.7)
    axes.set_axisbelow(True)


def _dots(axes: Axes, table: pd.DataFrame, column: str, title: str, *, error: str = "") -> None:
    values = table[column].to_numpy(dtype=float)
    places = np.arange(len(values))
    spread = 1.96 * table[error].to_numpy(dtype=float) if error else None
    best = float(values.max())
    axes.axvspan(best - NO_PREFERENCE, best, color=FAINT, alpha=0.3, linewidth=0, zorder=0)
    axes.errorbar(
        values, places, xerr=spread, fmt="o", color=PLAINLY.colour, ecolor=PLAINLY.colour,
        markersize=6, capsize=3, zorder=3,
    )  # fmt: skip
    for value, place in zip(values.tolist(), places.tolist(), strict=True):
        axes.annotate(
            f"{value:.1f}".replace("-", "−"), (value, place), xytext=(0, 7),
            textcoords="offset points", ha="center", fontsize=SMALL,
        )  # fmt: skip
    axes.margins(x=0.18)
    axes.set_title(title, pad=5)
    _names(axes, table)


def _weights(axes: Axes, table: pd.DataFrame) -> None:
    values = table["weight"].to_numpy(dtype=float)
    axes.barh(range(len(values)), values, 0.55, color=LADDER.colour, zorder=2)
    for place, value in enumerate(values.tolist()):
        axes.annotate(
            f"{value:.2f}", (value, place), xytext=(4, 0), textcoords="offset points", va="center",
            fontsize=SMALL,
        )  # fmt: skip
    axes.set_xlim(0.0, 1.15)
    axes.set_title("stacking weight", pad=5)
    _names(axes, table)


def _parts(axes: Axes, parts: pd.DataFrame) -> None:
    """Draw what each block adds, to the evidence and to the score of years left out."""
    over = parts[parts["over"] == parts["over"].iloc[0]].reset_index(drop=True)
    places = np.arange(len(over))
    for shift, column, look, spread in (
        (-0.17, "evidence", PLAINLY, 1.96 * over["evidence_error"].to_numpy(dtype=float)),
        (0.17, "held_out", AGENDA, None),
    ):
        axes.barh(
            places + shift, over[column], 0.3, xerr=spread, color=look.colour, zorder=2,
            error_kw={"ecolor": INK, "capsize": 3},
        )  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks(places, [BLOCK_WORDS[one] for one in over["block"]])
    axes.set_ylim(len(over) - 0.4, -0.6)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_title("Shapley parts, nats", pad=5)
    axes.legend(
        handles=[
            Line2D([], [], color=PLAINLY.colour, linewidth=6, label="to the evidence"),
            Line2D([], [], color=AGENDA.colour, linewidth=6, label="to years left out"),
        ],
        loc="best",
    )


@styled
def claims_figure(claims: pd.DataFrame, *, scenario: str, form: Form = SLIDE) -> Figure:
    """Return in which share of free runs of prior and posterior each claim holds.

    Args:
        claims: As `calibration.claim_passes` returns it; claims that apply to no run are left out.
        scenario: Name of the scenario.
        form: What it is drawn for.
    """
    shown = claims[claims["prior"].notna() & claims["posterior"].notna()]
    supported = shown[shown["record"] == "supported"]
    asked = int(supported["asked"].sum())
    figure = slide(
        "What passing a claim is worth",
        about=f"Share of free runs in which each claim holds: with draws of the prior, and of the "
        f"posterior. A claim that nearly all draws of the prior pass is worth next to nothing: "
        f"bits are minus log2 of the prior's share. Scenario {scenario}. {asked} of "
        f"{len(supported)} claims that the record supports hold in 90 % of runs of the posterior "
        "(broken line)."
        f"{_left_out(claims, shown)}",
        form=form,
        height=max(form.height, CLAIM_HEAD + CLAIM_ROW * len(shown)),
        below="A claim that holds in runs is a statement about the model, not about history.",
    )
    axes = figure.body.subplots()
    for place, row in enumerate(shown.to_dict("records")):
        before, after = float(row["prior"]), float(row["posterior"])
        known = row["record"] == "supported"
        colour = PLAINLY.colour if known else QUIET
        axes.plot([before, after], [place, place], color=colour, linewidth=1.6, zorder=2)
        axes.plot(before, place, "o", color=colour, markerfacecolor="white", markersize=6, zorder=3)
        axes.plot(after, place, "o", color=colour, markersize=6, zorder=4)
        axes.annotate(
            f"{row['bits']:.1f} bits", (1.02, place), xycoords=("axes fraction", "data"),
            va="center", fontsize=SMALL, annotation_clip=False,
        )  # fmt: skip
    named = [
        row["id"] if form.narrow else _first_line(f"{row['id']} {row['claim']}", form.width * 0.4)
        for row in shown.to_dict("records")
    ]
    axes.set_yticks(range(len(shown)), named, fontsize=SMALL)
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlim=(-0.02, 1.02))
    axes.axvline(0.9, color=FACTUAL.colour, linestyle=FACTUAL.line, linewidth=1.0, zorder=0)
    axes.set_xlabel("share of free runs in which it holds")
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.7)
    axes.set_axisbelow(True)
    line: dict[str, Any] = {"color": PLAINLY.colour, "marker": "o", "linewidth": 0.0}
    figure.body.legend(
        handles=[
            Line2D([], [], **line, markerfacecolor="white", label="prior"),
            Line2D([], [], **line, label="posterior"),
            Line2D([], [], **{**line, "color": QUIET}, label="not supported by the record"),
        ],
        loc="outside upper left",
        ncols=1 if form.narrow else 3,
    )
    return figure


def _left_out(claims: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Return a sentence on claims that have no row, "" where all have one."""
    names = claims.loc[claims.index.difference(shown.index), "id"].tolist()
    return f" Not put to runs: {', '.join(names)}." if names else ""


def _first_line(text: str, inches: float) -> str:
    """Return as much of a text as fits into a line, with dots where it goes on."""
    first, _, rest = fold(text, inches, size=SMALL).partition("\n")
    return f"{first} …" if rest else first
