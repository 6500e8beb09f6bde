"""The four figures of the page, for ECharts; titles, legends and numbers stand around them as text.

A figure fills its place whatever its shape. What it shows is said in words to those who cannot see
it, and names are never written over one another: that is why none stands inside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from alliance_sim.calendar import Calendar
from alliance_sim.plots.style import FAINT, INK, LADDER, SHADES, looks_of
from alliance_sim.record.words import Words
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.viz.one_run import OneRun

# Of the Okabe-Ito palette, each with a line of its own for colour-blind readers and greyscale.
Dashes = tuple[int, ...]  # lengths of line and gap in pixels; none for a solid line
THREATS: tuple[tuple[str, Dashes], ...] = (
    ("#0072B2", ()),
    ("#D55E00", (9, 3)),
    ("#009E73", (2, 2)),
    ("#AA4499", (9, 3, 2, 3)),
    ("#4d4d4d", (5, 2, 2, 2, 2, 2)),
    ("#56B4E9", (14, 4)),
)
DASHES: dict[str, Dashes] = {"political": (), "operations": (9, 3), "equipment": (2, 2)}
TEXT = 13  # pixels
EDGES = {"left": 46, "right": 14, "top": 12, "bottom": 26}  # pixels around the panel
TICKS = 4  # between the lowest and the highest of an axis of values
YEARS = 10  # between two labels


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        name: In the legend.
        values: One for each quarter of the run.
        colour: Of the line.
        dashes: Of the line.
    """

    name: str
    values: Sequence[float]
    colour: str
    dashes: Dashes


@dataclass(frozen=True)
class Panel:
    """What one figure shows.

    Attributes:
        title: In words.
        lines: At least one.
        top: Highest value that the axis has to hold.
        whole: Whether values count something, so that they change in steps.
    """

    title: str
    lines: tuple[Line, ...]
    top: float = 1.0
    whole: bool = False

    def now(self, line: Line, quarter: int) -> str:
        """Return the number of a line in a quarter, as it is written."""
        return f"{line.values[quarter]:.{0 if self.whole else 2}f}"


def panels(run: OneRun) -> tuple[Panel, ...]:
    """Return what there is to see of a run."""
    words, partners = Words.of(run.scenario), run.scenario.partners
    looks = looks_of(words)
    domains = tuple(
        Line(words.domain(name), run.states[f"level_{name}"], looks[name].colour, DASHES[name])
        for name in DOMAINS
    )
    top = float(len(run.scenario.rungs))
    steps = Line("formal step", run.states["rung"], LADDER.colour, ())
    agreements = Line("agreements", run.states["agreements"], THREATS[3][0], THREATS[3][1])
    return (
        Panel("Cooperation, 0 to 1", domains),
        Panel(
            f"Formal steps, of {top:.0f}, and agreements with single allies",
            (steps, agreements),
            top=max(top, *run.states["agreements"]),
            whole=True,
        ),
        _threats(run, partners.state, partners.state_title),
        _threats(run, partners.alliance, partners.alliance_title),
    )


def _threats(run: OneRun, side: str, title: str) -> Panel:
    lines = tuple(
        Line(threat.title, run.states[f"perceived_{side}_{threat.name}"], *look)
        for threat, look in zip(run.scenario.threats, cycle(THREATS), strict=False)
    )
    return Panel(f"Threats as {title} sees them, 0 to 1", lines)


def option(panel: Panel, quarter: int, calendar: Calendar) -> dict[str, Any]:
    """Return a figure of a panel up to a quarter, over the years of the whole run."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": "sans-serif", "color": INK},
        "tooltip": {"trigger": "axis", "confine": True},
        "grid": EDGES,
        "xAxis": _years(calendar),
        "yAxis": _values(panel),
        "series": [
            _series(line, panel, quarter, _stages(calendar) if number == 0 else {})
            for number, line in enumerate(panel.lines)
        ],
    }


def spoken(panel: Panel, quarter: int, calendar: Calendar) -> str:
    """Return a figure in words."""
    rows = [f"{line.name} {panel.now(line, quarter)}" for line in panel.lines]
    years = f"{calendar.first_year} to {calendar.label(quarter)}"
    return f"Line figure: {panel.title}, {years}. Now: {', '.join(rows)}."


def _years(calendar: Calendar) -> dict[str, Any]:
    """Return an axis of quarters with a label at every tenth year."""
    every = YEARS * calendar.steps_per_year - 1
    # The labels fall on first quarters, which are called by their year alone.
    names = [
        label if step % calendar.steps_per_year else label[:4]
        for step, label in enumerate(calendar.labels)
    ]
    label = {"interval": every, "fontSize": TEXT, "color": INK, "hideOverlap": True}
    return {
        "type": "category", "data": names, "boundaryGap": False, "axisLabel": label,
        "axisTick": {"interval": every}, "axisLine": {"lineStyle": {"color": FAINT}},
    }  # fmt: skip


def _values(panel: Panel) -> dict[str, Any]:
    """Return the axis of a panel's values."""
    step = math.ceil(panel.top / TICKS) if panel.whole else panel.top / TICKS
    return {
        "type": "value", "min": 0, "max": step * TICKS, "interval": step,
        "splitLine": {"show": False},
        "axisLine": {"show": True, "lineStyle": {"color": FAINT}},
        "axisLabel": {"fontSize": TEXT, "color": INK},
    }  # fmt: skip


def _series(line: Line, panel: Panel, quarter: int, behind: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "line", "name": line.name, "symbol": "none", "markArea": behind,
        "data": [round(value, 3) for value in line.values[: quarter + 1]],
        "step": "end" if panel.whole else False,
        "lineStyle": {"color": line.colour, "type": list(line.dashes) or "solid", "width": 3},
        "itemStyle": {"color": line.colour},
        "markPoint": {
            "data": [{"coord": [quarter, line.values[quarter]]}], "symbol": "circle",
            "symbolSize": 9, "label": {"show": False},
        },
    }  # fmt: skip


def _stages(calendar: Calendar) -> dict[str, Any]:
    """Return the stages as areas, every other one shaded."""
    areas = []
    for number, period in enumerate(calendar.periods_reached):
        steps = calendar.steps_of(period)
        first = {"xAxis": steps.start, "itemStyle": {"color": SHADES[number % 2]}}
        areas.append([first, {"xAxis": min(steps.stop, calendar.steps - 1)}])
    return {"silent": True, "data": areas}
