"""The page: controls, four figures, who refused, and what has a date."""

from __future__ import annotations

import os
import socket
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec
from urllib.parse import urlsplit

import jinja2
import solara as published
from solara.server import settings as of_server
from solara.settings import assets as scripts

from alliance_sim.engine.mesa_model import Cast
from alliance_sim.errors import AllianceSimError, explains_calls
from alliance_sim.record.words import Words
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.file import load_scenario, shipped_scenarios
from alliance_sim.shipped import usual_scenario
from alliance_sim.viz.figures import Panel, option, panels, spoken
from alliance_sim.viz.one_run import RUN, SEED, OneRun, one_run

solara: Any = published  # its types are there in part only

BROWSER = Path(__file__).parent / "browser"
NEEDED = ("@widgetti/solara-vuetify-app@*", "echarts@*", "requirejs@*")  # of solara-assets
REACHED_WITHIN = 2.0  # seconds
PAUSE = 0.25  # seconds between two pictures while playing, beside the time to draw
HEIGHT = "280px"
PACES = ((1, "a quarter at a time"), (4, "a year at a time"), (20, "five years at a time"))
NEWEST = 8  # rows that stand open
MISSING = """\
The page cannot be shown: Solara's scripts are not installed, and {host} cannot be reached.
To have them here, type: {python} -m pip install solara-assets
"""

P = ParamSpec("P")


class Choice(NamedTuple):
    """What was chosen on the page, as it was typed."""

    world_of: str
    seed: str = str(SEED)
    run: str = str(RUN)


class ChoiceRead(NamedTuple):
    """What the page shows: what was chosen, and the scenario as its file stood at that moment."""

    choice: Choice
    scenario: Scenario | str  # why it cannot be used, if it cannot

    @classmethod
    def now(cls, choice: Choice) -> ChoiceRead:
        """Return a choice with what its file holds by now."""
        try:
            return cls(choice, load_scenario(choice.world_of))
        except AllianceSimError as error:
            return cls(choice, str(error))


def component(draw: Callable[P, None]) -> Callable[P, Any]:
    """Return a function as a part of the page."""
    part: Callable[P, Any] = solara.component(draw)
    return part


def prepare() -> None:
    """Set the server up: our look, no banner, nothing told to third parties, scripts from here.

    Where the scripts are neither installed nor to be had, a server says so on standard error, and
    lets the browser find out at once instead of after half a minute.
    """
    of_server.theme.show_banner = False
    of_server.theme.title = "alliance-sim: one run"
    of_server.telemetry.mixpanel_enable = False
    # Told to whoever opens the page by its number, 127.0.0.1, and of use to nobody here.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https")
    if str(BROWSER) not in of_server.assets.extra_locations:
        of_server.assets.extra_locations = [*of_server.assets.extra_locations, str(BROWSER)]
    serving = "SOLARA_APP" in os.environ  # set by `solara run`
    if serving and scripts.proxy and not _installed() and not _reached():
        host = urlsplit(scripts.cdn).hostname
        sys.stderr.write(MISSING.format(host=host, python=Path(sys.executable).name))
        scripts.proxy = False


def _installed() -> bool:
    folder = of_server.assets.proxy_cache_dir
    return all(next(folder.glob(f"{name}/**/*.js"), None) for name in NEEDED)


def _reached() -> bool:
    """Return whether the host of the scripts takes a connection."""
    address = urlsplit(scripts.cdn)
    port = address.port or {"http": 80, "https": 443}.get(address.scheme, 443)
    try:
        socket.create_connection((address.hostname, port), timeout=REACHED_WITHIN).close()
    except OSError:
        return False
    return True


prepare()


def _plain_controls(
    state: dict[str, Any],
    event_start: Callable[[list[str]], None],
    event_show: Callable[[int], None],
    event_play: Callable[[bool], None],
    event_set_pace: Callable[[int], None],
) -> None:
    """Show the controls, which are plain ones of the browser, as `controls.vue` has them."""


_controls: Any = solara.component_vue(str(BROWSER / "controls.vue"))(_plain_controls)


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(BROWSER)
    return jinja2.Environment(loader=loader, autoescape=True).get_template("parts.html")


def _part(name: str, *values: object) -> None:
    """Put a part of `parts.html` on the page."""
    markup = getattr(_template().module, name)(*values)
    solara.HTML(tag="div", unsafe_innerHTML=str(markup), classes=[f"run-{name}"])


@component
def _figure(panel: Panel, run: OneRun, quarter: int) -> None:
    """Show a figure with its title, its legend and the numbers of the quarter."""
    with solara.Div(classes=["run-figure"]):
        rows = [(line, panel.now(line, quarter)) for line in panel.lines]
        _part("legend", panel.title, rows)
        words = spoken(panel, quarter, run.calendar)
        solara.FigureEcharts(
            option(panel, quarter, run.calendar),
            attributes={"style": f"height: {HEIGHT}", "role": "img", "aria-label": words},
            responsive=True,
        )


@component
def _player(run: OneRun, groups: list[dict[str, Any]], asked: Any) -> None:
    """Show a run quarter by quarter."""
    quarter = solara.use_reactive(0)
    playing = solara.use_reactive(value=False)
    pace = solara.use_reactive(PACES[1][0])

    def play() -> None:
        while playing.value and quarter.value < run.last:
            time.sleep(PAUSE)
            if playing.value:
                quarter.value = min(run.last, quarter.value + pace.value)
        playing.value = False

    def start(chosen: list[str]) -> None:
        playing.value, quarter.value = False, 0
        asked.value = ChoiceRead.now(Choice(*chosen))

    def show(position: int) -> None:
        playing.value = False
        quarter.value = max(0, min(int(position), run.last))

    def set_playing(wanted: bool) -> None:  # noqa: FBT001 - what the browser sends
        if wanted and quarter.value == run.last:
            quarter.value = 0
        playing.value = wanted

    solara.lab.use_task(play, dependencies=[playing.value, run])
    here = min(quarter.value, run.last)
    labels = run.calendar.labels
    _controls(
        state={
            "groups": groups,
            "asked": asked.value.choice,
            "paces": PACES,
            "pace": pace.value,
            "quarter": here,
            "last": run.last,
            "label": labels[here],
            "playing": playing.value,
        },
        event_start=start,
        event_show=show,
        event_play=set_playing,
        event_set_pace=pace.set,
    )
    _part("status", _where(run, here), run.problem)
    with solara.Div(classes=["run-figures"]):
        for panel in panels(run):
            _figure(panel, run, here)
    refusals = [(labels[r.quarter], r) for r in reversed(run.refusals) if r.quarter <= here]
    _part("refusals", refusals, run.refused_so_far(here), labels[here], NEWEST)
    _part("acts", [act for act in reversed(run.acts) if act.quarter <= here], labels[here], NEWEST)


def _where(run: OneRun, quarter: int) -> str:
    """Return the quarter in words, with its stage and its place in the run."""
    calendar = run.calendar
    spans = [(period.name, calendar.steps_of(period)) for period in calendar.periods]
    stages = [name for name, steps in spans if steps.start <= quarter < steps.stop]
    words = [calendar.label(quarter), *stages, f"quarter {quarter + 1} of {calendar.steps}"]
    if quarter == calendar.steps - 1:
        words.append("end of the run")
    return ", ".join(words)


@explains_calls
def page_of(cast: Cast | None = None, *, scenarios: Sequence[str] = ()) -> Callable[[], Any]:
    """Return a page that shows agents or scenarios of one's own, for Solara to serve.

    In a file of your own: `Page = page_of(Cast(member=Persuaded))`, then `solara run` that file.

    Args:
        cast: Classes of agents; None for the package's own.
        scenarios: Files to offer beside the shipped scenarios; the first is the one that is shown.
    """
    first = scenarios[0] if scenarios else usual_scenario()

    @component
    def page() -> None:
        asked = solara.use_reactive(solara.use_memo(lambda: ChoiceRead.now(Choice(first)), []))
        groups = solara.use_memo(lambda: _groups(scenarios), [])
        run = solara.use_memo(lambda: one_run(*asked.value.choice, cast=cast), [asked.value])
        with solara.Div(classes=["run-page"]):
            about = run.scenario
            _part("head", about.title, about.question or "", [edit.words for edit in about.edits])
            _player(run, groups, asked)

    return page


def _groups(own: Sequence[str]) -> list[dict[str, Any]]:
    """Return names and titles of what there is to choose from, by relationship."""
    groups: dict[str, list[list[str]]] = {}
    for name in own:
        groups.setdefault("", []).append([name, load_scenario(name).title])
    for name, (title, _) in shipped_scenarios().items():
        groups.setdefault(name.partition("/")[0], []).append([name, title])
    titles = {name: Words.of(load_scenario(found[0][0])).title for name, found in groups.items()}
    titles[""] = "your own"
    return [{"name": titles[name], "scenarios": found} for name, found in groups.items()]


@component
def layout(children: Sequence[Any] = ()) -> None:
    """Leave out the bars that Solara puts around a page of one's own."""
    solara.v.Html(tag="main", children=list(children))


Layout = layout  # the names that Solara looks for
Page = page_of()
