"""How an answer holds under all that was tried: its effect by theory, coupling and reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.plots.style import (
    FAINT,
    INK,
    QUIET,
    SLIDE,
    SMALL,
    Form,
    fold,
    slide,
    styled,
)
from alliance_sim.scenario.theories import letters_told

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.counterfactual.answer import WhatIf

HEADS = {
    "theory": "Theory (weight)",
    "coupling": "Coupling of the noise",
    "series": "Series of acts",
    "edition": "Edition of the record",
    "reporting": "Chance of being coded",
}
ROW, HEAD = 0.29, 1.35  # inches that a line takes; lines that a heading takes
NAMES = 1.9  # inches of names in a narrow form
MOST_REASONS = 2  # of the label, in a heading
WORDS = 90  # letters of a reason
WEIGHS = 0.05  # weight from which on the point of a theory is filled


@styled
def robustness_figure(answer: WhatIf, *, form: Form = SLIDE) -> Figure:
    """Return the effect under every theory, coupling and reading of the record, line by line.

    A point is the effect, a line 90 % of the draws, of a number of the histories; what is not to be
    had stands there as words. A filled point is the answer that is told first, or a theory that
    weighs more than 0.05.

    Args:
        answer: The answer.
        form: What it is drawn for.
    """
    frame = answer.robustness_frame
    label = answer.label
    reasons = "; ".join(_short(reason) for reason in label.reasons[:MOST_REASONS])
    told = f"{label.name}, as {reasons}" if reasons else label.name
    basis = answer.weights.basis
    weighing = "weigh alike" if basis == "alike" else f"weigh by {basis}"
    stop = "" if told.endswith("…") else "."
    shown = (
        f"Point, effect (edited minus as it was); line, 90 % of the {answer.over}. Filled: what "
        f"the answer is told of first, and theories that weigh more than {WEIGHS:g}."
    )
    of = f"Model: {answer.question.base.name}; coded list: {answer.posterior.held.record}."
    names = letters_told(one.theory for one in answer.theories)
    weighed = f"Theories ({names}) {weighing}."
    about = f"{answer.question.words} {of} Label: {told}{stop} {weighed} {shown}"
    lines = len(frame) + HEAD * frame["kind"].nunique()
    height = max(form.height, lines * ROW + 2.4) if form.narrow else form.height
    figure = slide("Does the answer hold?", about=about, form=form, height=height, below=SENTENCE)
    axes = figure.body.subplots(1, 1)
    _draw(axes, frame, answer, form)
    return figure


def _draw(axes: Axes, frame: pd.DataFrame, answer: WhatIf, form: Form) -> None:
    """Draw a line for each row, under a heading for each kind."""
    place, places, names = 0.0, [], []
    heads = []
    finite = frame[["effect_low", "effect_high"]].to_numpy()
    ends = finite[np.isfinite(finite)]
    low, high = (float(ends.min()), float(ends.max())) if ends.size else (-1.0, 1.0)
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.05 * (high - low or 1.0)
    for kind in dict.fromkeys(frame["kind"]):
        heads.append((place, HEADS.get(kind, kind)))
        place += 1.0
        for row in frame[frame["kind"] == kind].itertuples():
            places.append(place)
            weight = "" if not np.isfinite(row.weight) else f" ({row.weight:.2f})"
            names.append(f"{row.name}{weight}")
            if np.isfinite(row.effect):
                first = kind == "coupling" and row.name == "quantile"
                first |= kind == "theory" and row.weight > WEIGHS
                axes.plot([row.effect_low, row.effect_high], [place, place], color=INK, lw=1.6)
                axes.plot(
                    [row.effect], [place], marker="o", color=INK,
                    markerfacecolor=INK if first else "white", markersize=6, linestyle="none",
                )  # fmt: skip
            else:
                axes.text(
                    low - room, place, "not to be had", va="center", fontsize=SMALL, color=QUIET
                )
            place += 1.0
        place += HEAD - 1.0
    axes.set_xlim(low - room, high + room)
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=0)
    axes.set_yticks(places, [fold(name, NAMES, size=SMALL) for name in names], fontsize=SMALL)
    for at, head in heads:
        axes.text(low - room, at, head, va="center", fontsize=SMALL, weight="bold")
    axes.set_ylim(place - HEAD + 0.6, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    unit = "difference in probability" if answer.question.binary else answer.question.outcome_title
    axes.set_xlabel(
        fold(f"Edited minus as it was: {unit}", form.width - 2.2, size=SMALL), fontsize=SMALL
    )


def _short(reason: str) -> str:
    """Return the beginning of a reason, without its command."""
    told = reason.partition("; to check:")[0]
    for end in (" (", "; ", ": "):
        told = told if len(told) <= WORDS else told.partition(end)[0]
    return told if len(told) <= WORDS else f"{told[: WORDS - 1].rstrip()}…"
