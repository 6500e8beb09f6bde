"""A page in the browser on which one run of the Mesa model is played, stepped and reset.

    solara run alliance_sim.viz

It needs the extra "viz". Every browser tab has a model of its own. A change of scenario, seed or
run takes effect with the next reset; the same three give the same numbers again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, ParamSpec

import solara as published
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter
from solara.server import settings

from alliance_sim import noise
from alliance_sim.calendar import Calendar
from alliance_sim.engine.mesa_model import AllianceModel
from alliance_sim.errors import SettingError
from alliance_sim.plots.style import FAINT, INK, LOOKS, PLAINLY, QUIET, SHADES
from alliance_sim.scenario import shipped
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.shipped import usual_scenario

solara: Any = published  # its types are there in part only
settings.theme.show_banner = False  # it would lie over the figures

BASELINE = usual_scenario()
SEED, RUN = "1", "0"
SHARE = "0 to 1"
PAUSE = 100  # milliseconds between two quarters while playing, beside the time to draw
PARAMETERS: dict[str, Any] = {
    "world_of": {
        "type": "Select",
        "label": "Scenario (then press Reset)",
        "value": BASELINE,
        "values": list(shipped()),
    },
    "rng": {"type": "InputText", "label": "Seed (then press Reset)", "value": SEED},
    "run": {"type": "InputText", "label": "Run of this seed (then press Reset)", "value": RUN},
    "agent_data": False,
}
# Figures fill their place whatever its shape; the tabs of a single page are left out.
LOOK = """
.vue-grid-item > div, .alliance-figure { height: 100%; }
.alliance-figure { display: flex; flex-flow: column nowrap !important; overflow: hidden; }
.alliance-figure .solara-echarts { flex: 1 1 0; min-height: 0; background: white; }
.alliance-now { flex: none; padding-left: 0.6em; font-size: 14px; }
.solara-content-main .v-tabs { display: none; }
"""
# Of the Okabe-Ito palette, each with a line of its own for colour-blind readers and greyscale.
THREATS = (
    ("#0072B2", "solid"),
    ("#D55E00", [9, 3]),
    ("#009E73", [2, 2]),
    ("#AA4499", [9, 3, 2, 3]),
    ("#4d4d4d", [5, 2, 2, 2, 2, 2]),
    ("#56B4E9", [14, 4]),
)
DASHES = {"political": "solid", "operations": [9, 3], "equipment": [2, 2]}
TITLE, TEXT = 18, 14  # pixels
HEAD, TOP, BOTTOM, LEFT, RIGHT = 46, 70, 30, 64, 22  # pixels around the panels
TICKS = 4  # between the lowest and the highest of an axis of values

P = ParamSpec("P")


@dataclass(frozen=True)
class Panel:
    """What one panel shows.

    Attributes:
        unit: On the axis, such as "0 to 1".
        lines: Values so far by the name in the legend.
        top: Highest value on the axis; None fits it to the values.
        whole: Whether values count something, so that they change in steps.
        names: Whether to write the names of the four stages.
    """

    unit: str
    lines: Mapping[str, Sequence[float]]
    top: float | None = 1.0
    whole: bool = False
    names: bool = True


def component(draw: Callable[P, None]) -> Callable[P, Any]:
    """Return a function as a part of the page."""
    part: Callable[P, Any] = solara.component(draw)
    return part


class Shown(AllianceModel):
    """The model of the page, which takes whatever is typed and tells what is wrong with it.

    Attributes:
        problem: Why the seed or the run that was typed cannot be used and another is shown; or "".
    """

    def __init__(self, world_of: str, *, rng: str, run: str, agent_data: bool) -> None:
        """Set up the first quarter; see `AllianceModel`."""
        problem = _problem_with(rng, run)
        if problem:
            rng, run = SEED, RUN
        super().__init__(world_of, rng=rng, run=noise.as_run(run), agent_data=agent_data)
        self.problem = problem


def _problem_with(seed: str, run: str) -> str:
    """Return in words what is wrong with what was typed, "" if nothing is."""
    problems: list[str] = []
    for check, value in ((noise.as_seed, seed), (noise.as_run, run)):
        try:
            check(value)
        except SettingError as error:
            problems += error.problems
    return "; ".join([*problems, f"this is run {RUN} of seed {SEED}"]) if problems else ""


@component
def page() -> None:
    """Show the controls of the model and what its run has come to."""
    solara.Style(LOOK)
    start: Any = {"rng": SEED, "run": RUN, "agent_data": False}
    model = solara.use_reactive(solara.use_memo(lambda: Shown(BASELINE, **start), []))
    with solara.Div():  # always there, so that what follows keeps its place
        if model.value.problem:
            solara.Error(model.value.problem)
    SolaraViz(
        model,
        components=[(part, 0) for part in (levels, ladder, seen_by_state, seen_by_alliance)],
        model_params=PARAMETERS,
        name="alliance-sim",
        play_interval=PAUSE,
    )


@component
def levels(model: AllianceModel) -> None:
    """Show how closely the two sides cooperate in each domain."""
    lines = {str(domain): _so_far(model, f"level_{domain}") for domain in DOMAINS}
    _show(model, "Levels of cooperation", [Panel(SHARE, lines)])


@component
def ladder(model: AllianceModel) -> None:
    """Show the formal steps, and the agreements with single allies."""
    top = float(len(model.world.scenario.rungs))
    panels = [
        Panel("rung", {"rung": _so_far(model, "rung")}, top=top, whole=True, names=False),
        Panel("agreements", {"agreements": _so_far(model, "agreements")}, top=None, whole=True),
    ]
    _show(model, "Rungs, and agreements with allies", panels)


@component
def seen_by_state(model: AllianceModel) -> None:
    """Show the threats as the state perceives them."""
    partners = model.world.scenario.partners
    _show_threats(model, partners.state, partners.state_title)


@component
def seen_by_alliance(model: AllianceModel) -> None:
    """Show the threats as the alliance perceives them."""
    partners = model.world.scenario.partners
    _show_threats(model, partners.alliance, partners.alliance_title)


def _show_threats(model: AllianceModel, side: str, title: str) -> None:
    lines = {
        threat.replace("_", " ").title(): _so_far(model, f"perceived_{side}_{threat}")
        for threat in model.world.threats
    }
    _show(model, f"Threats as perceived by {title}", [Panel(SHARE, lines)])


def _so_far(model: AllianceModel, state: str) -> Sequence[float]:
    """Return a state in every quarter that the run has reached."""
    values: Sequence[float] = model.datacollector.model_vars[state]
    return values


def _show(model: AllianceModel, title: str, panels: Sequence[Panel]) -> None:
    """Show a figure, and in text the numbers of the present quarter."""
    update_counter.get()  # whoever reads this is drawn again after every step
    calendar = model.world.calendar
    quarter = calendar.label(model.quarter)
    now = [
        f"{name} {values[-1]:.{0 if panel.whole else 3}f}"
        for panel in panels
        for name, values in panel.lines.items()
    ]
    with solara.Column(gap="0px", classes=["alliance-figure"]):
        solara.FigureEcharts(
            figure(f"{title}, {quarter}", panels, calendar),
            attributes={"style": "width: 100%"},
            responsive=True,
        )
        solara.Text(f"{quarter}: {', '.join(now)}", classes=["alliance-now"])


def figure(title: str, panels: Sequence[Panel], calendar: Calendar) -> dict[str, Any]:
    """Return panels above one another as a figure of ECharts, over all years of a run.

    Args:
        title: In large type above.
        panels: At least one; each with values from the first quarter on.
        calendar: The steps of the whole run, which may not have come to its end.
    """
    several = len(panels) > 1
    return {
        "animation": False,
        "textStyle": {"fontFamily": "sans-serif", "color": INK},
        "title": {"text": title, "left": 6, "top": 4, "textStyle": {"fontSize": TITLE}},
        "legend": {
            "show": not several, "top": 36, "left": 4, "itemWidth": 22, "itemGap": 7,
            "type": "scroll",
            "textStyle": {"fontSize": TEXT - 1, "color": INK}, "selectedMode": False,
        },
        "tooltip": {"trigger": "axis"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "grid": [_place(number, len(panels)) for number in range(len(panels))],
        "xAxis": [_years(n, calendar, last=n == len(panels) - 1) for n in range(len(panels))],
        "yAxis": [_values(number, panel) for number, panel in enumerate(panels)],
        "series": [
            one for number, panel in enumerate(panels) for one in _lines(number, panel, calendar)
        ],
    }  # fmt: skip


def _place(number: int, panels: int) -> dict[str, Any]:
    """Return where a panel stands: alone, or one of two halves."""
    edges: dict[str, Any] = {"top": TOP, "bottom": BOTTOM}
    if panels > 1:
        upper, lower = {"top": HEAD, "bottom": "56%"}, {"top": "54%", "bottom": BOTTOM}
        edges = upper if number == 0 else lower
    return {"left": LEFT, "right": RIGHT, **edges}


def _years(number: int, calendar: Calendar, *, last: bool) -> dict[str, Any]:
    """Return an axis of quarters with a label at every tenth year."""
    every = 10 * calendar.steps_per_year - 1
    # The labels fall on first quarters, which are called by their year alone.
    names = [
        label if step % calendar.steps_per_year else label[:4]
        for step, label in enumerate(calendar.labels)
    ]
    return {
        "type": "category", "gridIndex": number, "data": names,
        "boundaryGap": False,
        "axisLabel": {"show": last, "interval": every, "fontSize": TEXT, "color": INK},
        "axisTick": {"interval": every}, "axisLine": {"lineStyle": {"color": FAINT}},
    }  # fmt: skip


def _values(number: int, panel: Panel) -> dict[str, Any]:
    """Return the axis of a panel's values."""
    highest = max(max(values) for values in panel.lines.values())
    top = max(float(TICKS), highest) if panel.top is None else panel.top
    step = math.ceil(top / TICKS) if panel.whole else top / TICKS
    return {
        "type": "value", "gridIndex": number, "name": panel.unit, "nameLocation": "middle",
        "nameGap": 42, "nameTextStyle": {"fontSize": TEXT, "color": INK}, "min": 0,
        "max": step * TICKS, "interval": step, "splitLine": {"show": False},
        "axisLine": {"show": True, "lineStyle": {"color": FAINT}},
        "axisLabel": {"fontSize": TEXT, "color": INK},
    }  # fmt: skip


def _lines(number: int, panel: Panel, calendar: Calendar) -> list[dict[str, Any]]:
    """Return the lines of a panel, the first of them with the stages behind it."""
    found = []
    looks = _looks(panel)
    for position, (name, values) in enumerate(panel.lines.items()):
        colour, dashes = looks[position]
        last = len(values) - 1
        found.append({
            "type": "line", "name": name, "xAxisIndex": number, "yAxisIndex": number,
            "data": [round(value, 3) for value in values], "symbol": "none",
            "step": "end" if panel.whole else False,
            "lineStyle": {"color": colour, "type": dashes, "width": 3},
            "itemStyle": {"color": colour},
            "markPoint": {
                "data": [{"coord": [last, values[last]]}], "symbol": "circle", "symbolSize": 9,
                "label": {"show": False},
            },
            "markArea": _stages(calendar, names=panel.names) if position == 0 else {},
        })  # fmt: skip
    return found


def _looks(panel: Panel) -> list[tuple[str, Any]]:
    """Return colour and dashes for each line: its own for a domain, plain for one alone."""
    if set(panel.lines) <= set(DASHES):
        return [(LOOKS[name].colour, DASHES[name]) for name in panel.lines]
    if len(panel.lines) == 1:
        return [(PLAINLY.colour, "solid")]
    return [look for _, look in zip(panel.lines, cycle(THREATS), strict=False)]


def _stages(calendar: Calendar, *, names: bool) -> dict[str, Any]:
    """Return the stages as areas, every other one shaded."""
    areas = []
    for number, period in enumerate(calendar.periods):
        steps = calendar.steps_of(period)
        if steps.stop > steps.start:
            shade = {"color": SHADES[number % 2]}
            name = period.name.replace(" ", "\n")
            first = {"name": name, "xAxis": steps.start, "itemStyle": shade}
            areas.append([first, {"xAxis": min(steps.stop, calendar.steps - 1)}])
    label = {
        "show": names,
        "position": "insideTop",
        "fontSize": 12,
        "lineHeight": 14,
        "color": QUIET,
    }
    return {"silent": True, "data": areas, "label": label}


Page = page  # the name that Solara looks for
