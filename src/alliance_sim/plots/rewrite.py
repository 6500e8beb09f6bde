"""The tree of a search for the smallest rewrite: what was tried, its cost, how near it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from alliance_sim.counterfactual.answer import of_100
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.counterfactual.rewrite_tree import (
    BEYOND,
    FACT,
    FOUND,
    FRONTIER,
    REST,
    UNCONFIRMED,
    Node,
)
from alliance_sim.plots.style import (
    FACTUAL,
    FAINT,
    INK,
    LADDER,
    QUIET,
    SHADES,
    SLIDE,
    SMALL,
    Form,
    fold,
    slide,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from alliance_sim.counterfactual.rewrite_result import Rewrite

INDENT, INDENT_NARROW = 0.32, 0.16  # inches for each edit
LABELS = 0.56  # of the width of a slide
DASHES = (0.0, (4.0, 3.0))
ENDS: dict[str, Any] = {"marker": "|", "markersize": 9}  # of intervals: bars hide their lower half
LINE = 0.19  # inches of a line of text, beside the size of it on a slide
MARKS = {  # marker, filled
    FACT: ("s", True), FOUND: ("D", True), UNCONFIRMED: ("D", False), BEYOND: ("o", True),
    FRONTIER: ("o", False), REST: ("|", True),
}  # fmt: skip
WORDS = {
    FOUND: "found", UNCONFIRMED: "proposed by the search, not confirmed",
    BEYOND: "sets that hold it were tried too", FRONTIER: "frontier: not gone beyond",
}  # fmt: skip


@styled
def rewrite_figure(answer: Rewrite, *, form: Form = SLIDE) -> Figure:
    """Return the tree of sets that were tried: one edit more at each step to the right.

    Beside each set stands what it costs in bits, and in how many of 100 re-runs it turns the
    outcome; the line is what was asked for.

    Args:
        answer: The answer.
        form: What it is drawn for; where it is narrow the shares stand under the edits.
    """
    rows = answer.tree
    about = f"{answer.answer} {answer.named} {len(answer.searched.tried):,} worlds were tried."
    labels = _folded(rows, form)
    high = [_height(text, form) for text in labels]
    tall = sum(high) + 1.1
    figure = slide(
        answer.words,
        about=about,
        form=form,
        height=tall + 2.6 if form.narrow else max(form.height, tall + 2.3),
        below=SENTENCE,
    )
    if form.narrow:
        tree = figure.body.subplots()
        shares = tree
    else:
        ratios = (LABELS, 1.0 - LABELS)
        tree, shares = figure.body.subplots(1, 2, sharey=True, width_ratios=ratios)
    places = _places(high)
    _draw_tree(tree, rows, labels, places, form=form)
    _draw_shares(shares, answer, labels, places, form=form)
    _legend(figure.body, answer, form)
    return figure


def _folded(rows: tuple[Node, ...], form: Form) -> list[str]:
    """Return the label of each row, in lines that have room beside its indent."""
    step = INDENT_NARROW if form.narrow else INDENT
    room = form.width - 0.4 if form.narrow else form.width * LABELS - 0.5
    labels = []
    for row in rows:
        cost = "" if row.status == FACT else f" ({row.bits:.1f} bits)"
        if row.status == REST:
            cost = f" ({row.bits:.1f} bits and more)"
        plus = "+ " if row.level > 1 and row.status != REST else ""
        labels.append(fold(f"{plus}{row.added}{cost}", room - step * row.level, size=SMALL))
    return labels


def _height(label: str, form: Form) -> float:
    """Return how many inches a row takes."""
    line = LINE * form.text / SLIDE.text
    lines = label.count("\n") + 1 + form.narrow  # where it is narrow the share stands below
    return lines * line + 0.09


def _places(high: list[float]) -> list[float]:
    """Return the middle of each row, in inches below the top."""
    places, at = [], 0.0
    for one in high:
        places.append(at + one / 2)
        at += one
    return places


def _draw_tree(
    axes: Axes, rows: tuple[Node, ...], labels: list[str], places: list[float], *, form: Form
) -> None:
    """Write the edits, each indented under the set that it is added to, with lines between."""
    step = INDENT_NARROW if form.narrow else INDENT
    width = form.width - 0.4 if form.narrow else form.width * LABELS
    last: dict[int, float] = {}
    for row, label, place in zip(rows, labels, places, strict=True):
        at = step * row.level
        lift = LINE * form.text / SLIDE.text / 2 if form.narrow else 0.0
        above = last.get(row.level - 1)
        if above is not None and row.status != REST:
            x = at - 0.7 * step
            axes.plot([x, x, at - 0.12 * step], [above + 0.1, place - lift, place - lift],
                      color=FAINT, linewidth=0.9, zorder=1)  # fmt: skip
        found = row.status == FOUND
        axes.text(
            at,
            place - lift,
            label,
            va="center",
            fontsize=SMALL,
            weight="bold" if found or row.status == FACT else "normal",
            color=LADDER.ink if found else QUIET if row.status == REST else INK,
            linespacing=1.15,
        )
        if row.status != REST:
            last[row.level] = place - lift
    axes.set_xlim(0, width)
    axes.set_xticks([])
    axes.tick_params(axis="y", left=False, labelleft=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_shares(
    axes: Axes, answer: Rewrite, labels: list[str], places: list[float], *, form: Form
) -> None:
    """Draw in how many of 100 re-runs each set turns the outcome."""
    width = form.width - 0.4 if form.narrow else 1.0
    start = INDENT_NARROW if form.narrow else 0.0  # of the scale, where it shares the panel
    room = width - start - (1.05 if form.narrow else 0.0)
    half = LINE * form.text / SLIDE.text / 2
    told = {one.edits: one.told for one in (*answer.found, *answer.unconfirmed)}
    bottom = places[-1] + 0.3
    asked = start + room * answer.searched.limits.threshold
    dashed: dict[str, Any] = {"color": FAINT, "linestyle": DASHES, "linewidth": 1.1, "zorder": 1}
    if not form.narrow:  # where texts stand above the bars it would run through them
        axes.plot([asked, asked], [0, bottom], **dashed)
    for place, row, label in zip(places, answer.tree, labels, strict=True):
        y = place + (half * (label.count("\n") + 1) if form.narrow else 0.0)
        if form.narrow:
            axes.plot([asked, asked], [y - 0.07, y + 0.07], **{**dashed, "linestyle": "-"})
        found = row.status == FOUND
        colour = LADDER.colour if found else FACTUAL.colour if row.status == FACT else INK
        quiet = row.status in (REST, FRONTIER, BEYOND)
        end = start + room * row.probability
        axes.plot([start, start + room], [y, y], color=SHADES[1], linewidth=5, zorder=0)
        axes.plot([start, end], [y, y], color=colour, linewidth=1.6 if quiet else 2.6, zorder=2)
        if row.edits in told and row.status != FACT:
            low, high = (start + room * v for v in told[row.edits][1:])
            axes.plot([low, high], [y, y], **ENDS, color=colour, linewidth=1.0, zorder=2)
        marker, filled = MARKS[row.status]
        fill = colour if filled else "white"
        size = 7.0 if found else 5.5
        axes.plot(
            [end], [y], marker=marker, markersize=size, color=colour, markerfacecolor=fill, zorder=3
        )
        most = "at most " if row.status == REST else ""
        axes.text(
            start + room + (0.08 if form.narrow else 0.03),
            y,
            f"{most}{of_100(row.probability)} of 100",
            va="center",
            fontsize=SMALL,
            weight="bold" if found else "normal",
            color=LADDER.ink if found else INK,
        )
    axes.set_ylim(bottom, -0.1)
    if form.narrow:
        return
    axes.set_xlim(0, 1.22)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, [str(of_100(one)) for one in ticks])
    axes.set_xlabel(f"{answer.turns} in so many of 100 re-runs", fontsize=SMALL)
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.spines["left"].set_visible(False)


def _legend(body: SubFigure, answer: Rewrite, form: Form) -> None:
    """Say what the marks are, of those that are there, and the line."""
    there = {row.status for row in answer.tree}
    handles = []
    for status in (one for one in WORDS if one in there):
        marker, filled = MARKS[status]
        colour = LADDER.colour if status == FOUND else INK
        fill = colour if filled else "white"
        handles.append(
            Line2D([], [], ls="none", marker=marker, color=colour, mfc=fill, label=WORDS[status])
        )
    if there & {FOUND, UNCONFIRMED}:
        span = Line2D([], [], **ENDS, color=INK, linewidth=1.0, label="90 % of the draws")
        handles.append(span)
    least = of_100(answer.searched.limits.threshold)
    line = "-" if form.narrow else DASHES
    handles.append(Line2D([], [], color=FAINT, ls=line, label=f"asked for: {least} of 100"))
    columns = 1 if form.narrow else len(handles)
    body.legend(handles=handles, loc="outside lower left", ncols=columns)
