"""Slides with long titles, and panels for the scenarios of a sweep."""

from __future__ import annotations

import math
import re
import textwrap
from typing import TYPE_CHECKING

from alliance_sim.plots.style import INK, LARGE, PLAIN, QUIET, SLIDE, slide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE_ROOM = 88  # letters of a title in full size
ABOUT_ROOM = 156  # letters of a line under it
TOP = 0.845  # upper edge of what is drawn, when two lines stand under the title
BOTTOM = 0.06  # lower edge of labels, just over the fixed sentence
LINE = 0.027  # height of a line in plain size, as a share of a slide
LETTER = 0.0066  # width of a letter in plain size, as a share of a slide
SMALLEST = 7.5
STEPS = (1, 2, 5, 10)  # between round numbers on an axis
MOST_PANELS = 6


def sheet(title: str, *, about: str) -> Figure:
    """Return an empty slide with a title of any length and two lines under it.

    Args:
        title: Written smaller if it is long.
        about: What is drawn and of what; wrapped to two lines.
    """
    figure = slide(title, about="")
    figure.texts[0].set_fontsize(LARGE * min(1.0, TITLE_ROOM / max(1, len(title))))
    size = PLAIN
    while len(lines := textwrap.wrap(about, int(ABOUT_ROOM * PLAIN / size))) > 2 and size > 7.5:
        size -= 0.5
    figure.text(
        0.02, 1 - 0.5 / SLIDE[1], "\n".join(lines), fontsize=size, color=QUIET, va="top",
        linespacing=1.25,
    )  # fmt: skip
    return figure


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of so many letters; words, or parts up to a "_", stay whole."""
    width = max(1, width)
    words = [_opened(word, width) if len(word) > width else word for word in text.split(" ")]
    return textwrap.fill(" ".join(words), width, break_on_hyphens=False)


def _opened(name: str, width: int) -> str:
    """Return a long name with blanks after some "_", so that no part is longer than a width."""
    parts = [""]
    for part in re.findall("[^_]*_+|[^_]+", name):
        if parts[-1] and len(parts[-1] + part) > width:
            parts.append("")
        parts[-1] += part
    return " ".join(parts)


def left_margin(labels: list[str]) -> float:
    """Return the room, as a share of the slide, that labels left of an axis take."""
    longest = max((len(line) for label in labels for line in label.split("\n")), default=0)
    return 0.025 + LETTER * longest


def panel_places(
    count: int, *, left: float = 0.075, right: float = 0.985, foot: int = 1, below: float = 0.0
) -> list[tuple[float, float, float, float]]:
    """Return where panels stand: up to three in a row, at most two rows.

    Args:
        count: How many, at least one; those after the sixth have no place.
        left: Left edge, as a share of the slide.
        right: Right edge.
        foot: Lines of the tick labels under each panel.
        below: Room to leave under all panels, as for their common label.

    Returns:
        Per panel left, bottom, width and height, as shares of the slide.
    """
    count = min(count, MOST_PANELS)
    columns = count if count <= 3 else math.ceil(count / 2)
    rows = math.ceil(count / columns)
    gap = 0.022
    width = (right - left + gap) / columns
    height = (TOP - BOTTOM - below) / rows
    title, under = 0.035 if count > 1 else 0.0, 0.018 + foot * LINE
    return [
        (
            left + (k % columns) * width,
            TOP - (k // columns + 1) * height + under,
            width - gap,
            height - title - under,
        )
        for k in range(count)
    ]


def common_label(figure: Figure, text: str, *, left: float, right: float) -> None:
    """Write the label that the x axes of all panels share, under them."""
    figure.text(
        (left + right) / 2, BOTTOM, wrapped(text, int((right - left) / LETTER)),
        fontsize=PLAIN, ha="center", va="bottom",
    )  # fmt: skip


def panel_title(axes: Axes, text: str, *, width: float) -> None:
    """Write the name of a panel over it, in the size that fits.

    Args:
        axes: The panel.
        text: Its name.
        width: Width of the panel, as a share of the slide.
    """
    size = max(SMALLEST, min(PLAIN + 0.5, (PLAIN + 0.5) * width / (LETTER * 1.08 * len(text))))
    axes.set_title(text, fontsize=size, weight="bold", loc="left", pad=5, color=INK)
