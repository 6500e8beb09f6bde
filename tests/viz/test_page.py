"""The page of `solara run alliance_sim.viz`, used in a real browser that has no internet.

A headless Chromium is driven by its DevTools protocol: as much of it as these tests need.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from alliance_sim.scenario.file import shipped_scenarios
from alliance_sim.shipped import usual_scenario
from alliance_sim.viz.one_run import RUN, SEED, one_run

pytest.importorskip("solara", reason="needs the extra viz")
client = pytest.importorskip("websockets.sync.client", reason="needs the extra dev")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
NOWHERE = "http://127.0.0.1:9/"  # nobody listens there
LOG = "server.log"
WAIT = 60.0  # seconds until something that should appear counts as missing
T = TypeVar("T")


def installed() -> str | None:
    """Return the path of a Chromium, None if there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def until(found: Callable[[], T], what: str, seconds: float = WAIT) -> T:
    """Return what a function finds as soon as that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = found()
        if result:
            return result
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:g} s in vain for {what}")


class Browser:
    """One tab."""

    def __init__(self, connection: Any) -> None:
        """Listen to what the page complains of from the start."""
        self.connection = connection
        self.numbers = count(1)
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> Any:
        """Return the answer to a command."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": parameters}
        self.connection.send(json.dumps(command))
        while True:
            message = json.loads(self.connection.recv(timeout=WAIT))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        """Keep exceptions and errors of the console."""
        event, told = message.get("method"), message.get("params", {})
        if event == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"])[:500])
        elif event == "Runtime.consoleAPICalled" and told["type"] == "error":
            texts = [str(part.get("value", part.get("description"))) for part in told["args"]]
            self.complaints.append(" ".join(texts)[:500])

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        found = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def open(self, address: str) -> None:
        """Go to an address."""
        self.send("Page.navigate", url=address)

    def click(self, button: str) -> None:
        """Press the button with a text on it, once it can be pressed."""
        find = (
            "[...document.querySelectorAll('button')]"
            f".find(b => b.innerText.trim().toLowerCase() === {json.dumps(button.lower())})"
        )
        until(lambda: self.run(f"!!{find} && !{find}.disabled"), f"the button {button}")
        self.run(f"{find}.click()")

    def screenshot(self, path: Path) -> None:
        """Save what the tab shows as PNG."""
        picture = self.send("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(picture))


@contextmanager
def browser(folder: Path, *, width: int = 1600, height: int = 900) -> Iterator[Browser]:
    """Start a browser with a profile of its own in a folder, and end it."""
    program = installed()
    if program is None:
        pytest.skip(f"none of {', '.join(NAMES)} is installed")
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-extensions", "--remote-debugging-port=0",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={folder}", f"--window-size={width},{height}", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(
        [program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = until(lambda: _port(folder), "the browser")
        with urlopen(f"http://127.0.0.1:{port}/json/list") as listed:
            tabs = [tab for tab in json.load(listed) if tab["type"] == "page"]
        with client.connect(tabs[0]["webSocketDebuggerUrl"], max_size=None) as connection:
            tab = Browser(connection)
            tab.send(
                "Emulation.setDeviceMetricsOverride",
                width=width, height=height, deviceScaleFactor=1, mobile=False,
            )  # fmt: skip
            yield tab
    finally:
        process.terminate()
        process.wait(timeout=WAIT)


def _port(folder: Path) -> int | None:
    """Return the port that a browser wrote down, None if it has not yet."""
    try:
        lines = (folder / "DevToolsActivePort").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    return int(lines[0]) if len(lines) > 1 else None


@contextmanager
def server(folder: Path, page: str = "alliance_sim.viz", **variables: str) -> Iterator[str]:
    """Serve a page on a free port, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["run", page, "--production", "--no-open", "--port", str(port)]
    log = folder / LOG
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "solara", *command],
            stdout=told,
            stderr=subprocess.STDOUT,
            # A backend that there is not must not stand in the way.
            env=os.environ | {"MPLBACKEND": "nonsense"} | variables,
            cwd=folder,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or _answers(f"{address}/readyz"), "the server")
        assert process.poll() is None, log.read_text("utf-8")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=WAIT)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=WAIT) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    pytest.importorskip("solara_assets", reason="needs the extra viz")
    folder = tmp_path_factory.mktemp("page")
    with browser(folder / "profile") as tab, server(folder) as address:
        tab.open(address)
        until(lambda: len(legends(tab)) == 4 and all(drawn(tab)), "four figures")
        yield tab
    told = (folder / LOG).read_text("utf-8").splitlines()
    assert [line for line in told if line and not line.startswith("Solara server is")] == []


def text(tab: Browser) -> str:
    found: str = tab.run("(document.body || {}).innerText || ''")
    return found


def where(tab: Browser) -> str:
    """Return the line that says which quarter is shown."""
    found: str = tab.run("(document.querySelector('.run-where') || {}).innerText || ''")
    return found


def legends(tab: Browser) -> list[str]:
    """Return the names and numbers beside each figure."""
    found: list[str] = tab.run(
        "[...document.querySelectorAll('.run-legend ul')].map(list => list.innerText)"
    )
    return found


def drawn(tab: Browser) -> list[str]:
    """Return the pixels of each figure."""
    found: list[str] = tab.run(
        "[...document.querySelectorAll('.run-figure canvas')].map(c => c.toDataURL())"
    )
    return found


def rows(tab: Browser, part: str) -> list[list[str]]:
    """Return the cells of the tables of a part."""
    found: list[list[str]] = tab.run(
        f"[...document.querySelectorAll('.run-{part} tbody tr')]"
        ".map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return found


def at(tab: Browser, quarter: str) -> tuple[list[str], list[str]]:
    """Return numbers and pixels as soon as every figure has come to a quarter."""
    until(lambda: where(tab).startswith(f"{quarter},"), quarter)
    before: list[str] = []

    def settled() -> bool:
        nonlocal before
        last, before = before, drawn(tab)
        return len(before) == 4 and last == before

    until(settled, "figures that stay")
    return legends(tab), before


def choose(tab: Browser, label: str, value: str) -> None:
    """Put a value into the field with a label."""
    tab.run(
        "(() => { const field = [...document.querySelectorAll('.run-controls label')]"
        f".find(l => l.innerText.trim().startsWith({json.dumps(label)}))"
        ".querySelector('input, select');"
        f"field.value = {json.dumps(value)};"
        "field.dispatchEvent(new Event('input')); field.dispatchEvent(new Event('change')); })()"
    )


@pytest.mark.slow
def test_a_step_redraws_every_figure_and_reset_restores_the_first(page: Browser) -> None:
    page.click("Start")
    first, pixels = at(page, "1950Q1")
    assert first[1].split() == ["formal", "step", "0", "agreements", "0"]
    page.click("Step")
    _, second = at(page, "1950Q2")
    page.click("Step")
    _, third = at(page, "1950Q3")
    for figures in zip(pixels, second, third, strict=True):
        assert len(set(figures)) == 3
    page.click("Back")
    assert at(page, "1950Q2")[1] == second
    page.click("Reset")
    assert at(page, "1950Q1") == (first, pixels)
    assert page.complaints == []


def test_the_seed_decides_the_numbers(page: Browser) -> None:
    def at_the_end(seed: str) -> list[str]:
        choose(page, "Seed", seed)
        page.click("Start")
        at(page, "1950Q1")
        page.click("End")
        return at(page, "2025Q4")[0]

    one = at_the_end("1")
    assert at_the_end("2") != one
    assert at_the_end("1") == one
    assert page.complaints == []


def test_the_end_is_the_last_quarter_and_says_so(page: Browser) -> None:
    page.click("Start")
    page.click("End")
    at(page, "2025Q4")
    assert where(page).endswith("quarter 304 of 304, end of the run")
    buttons = "[...document.querySelectorAll('.run-moves button')]"
    off = page.run(f"{buttons}.filter(b => b.disabled).map(b => b.innerText)")
    assert off == ["Step", "End"]


@pytest.mark.slow
def test_playing_goes_on_until_it_is_paused(page: Browser) -> None:
    page.click("Start")
    at(page, "1950Q1")
    choose(page, "Play", "20")
    page.click("Play")
    until(lambda: where(page) > "1964", "some years")
    page.click("Pause")
    until(lambda: "Pause" not in text(page), "the pause")
    stopped = where(page)
    time.sleep(1.0)
    assert where(page) == stopped
    assert not stopped.endswith("end of the run")
    page.click("Play")
    until(lambda: where(page).endswith("end of the run"), "the end")
    until(lambda: "Pause" not in text(page), "a button that can be pressed again")
    page.click("Reset")
    at(page, "1950Q1")


def test_who_refused_and_what_has_a_date_are_those_of_the_run(page: Browser) -> None:
    page.click("Start")
    at(page, "1950Q1")
    assert "Nobody has refused a formal step yet." in text(page)
    page.click("End")
    at(page, "2025Q4")
    run = one_run(usual_scenario(), str(SEED), str(RUN))
    labels = run.calendar.labels
    assert rows(page, "refusals") == [
        [labels[r.quarter], r.step, ", ".join(r.who)] for r in reversed(run.refusals)
    ]
    assert rows(page, "refusals") != []
    shown = rows(page, "acts")
    assert [row[:2] for row in shown] == [[str(a.date), a.what] for a in reversed(run.acts)]
    assert {row[2] for row in shown} == {"given", "in this run"}


def test_scenarios_are_called_by_their_titles(page: Browser) -> None:
    names = page.run("[...document.querySelectorAll('option')].map(option => option.innerText)")
    assert {title for title, _ in shipped_scenarios().values()} <= set(names)
    choose(page, "Scenario", "two_islands/no_raid")
    until(lambda: page.run("document.querySelector('h1').innerText") == "No great raid", "title")
    assert "Edited:" in text(page)
    choose(page, "Scenario", usual_scenario())
    until(lambda: "Edited:" not in text(page), "the usual scenario")


def test_a_seed_that_is_no_number_is_told_and_the_page_goes_on(page: Browser) -> None:
    choose(page, "Seed", "abc")
    page.click("Start")
    told = "seed is 'abc', must be a whole number"
    until(lambda: told in text(page), "what is wrong with the seed")
    page.click("Step")
    at(page, "1950Q2")
    choose(page, "Seed", "1")
    page.click("Start")
    until(lambda: told not in text(page), "a page without complaints")
    at(page, "1950Q1")


@pytest.mark.parametrize("width", [390, 683, 1366])
def test_a_narrow_page_can_be_read_without_moving_it_sideways(page: Browser, width: int) -> None:
    page.send(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=700, deviceScaleFactor=1, mobile=False,
    )  # fmt: skip
    page.click("Start")
    page.click("End")
    at(page, "2025Q4")
    widest = "Math.max(...[...document.querySelectorAll('.run-page *')].map("
    assert page.run(f"{widest}e => e.getBoundingClientRect().right))") <= width
    assert page.run("document.documentElement.scrollWidth") <= width
    covered = page.run(
        "[...document.querySelectorAll('.run-controls button, .run-controls select, "
        ".run-controls input')].filter(e => { e.scrollIntoView({block: 'center'});"
        "const r = e.getBoundingClientRect();"
        "return document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2) !== e; }).length"
    )
    assert covered == 0


def test_it_may_be_enlarged_and_speaks_english_and_its_figures_have_words(page: Browser) -> None:
    assert page.run("document.documentElement.lang") == "en"
    viewport = page.run("document.querySelector('meta[name=viewport]').content")
    assert viewport == "width=device-width, initial-scale=1"
    words = page.run("[...document.querySelectorAll('[role=img]')].map(e => e.ariaLabel)")
    assert len(words) == 4
    assert all(told.startswith("Line figure: ") and "Now: " in told for told in words)


AGENTS = """
from alliance_sim.engine.mesa_model import Cast, Member
from alliance_sim.viz import page_of


class Persuaded(Member):
    def accepts(self, demand, luck):
        return 1.0


Page = page_of(Cast(member=Persuaded))
"""


def test_agents_of_ones_own_are_shown_from_a_file(tmp_path: Path) -> None:
    pytest.importorskip("solara_assets", reason="needs the extra viz")
    (tmp_path / "my_agents.py").write_text(AGENTS, "utf-8")
    with browser(tmp_path / "profile") as tab, server(tmp_path, "my_agents.py") as address:
        tab.open(address)
        until(lambda: len(legends(tab)) == 4 and all(drawn(tab)), "four figures")
        tab.click("End")
        at(tab, "2025Q4")
        assert "Nobody has refused a formal step yet." in text(tab)
        assert tab.run("document.querySelectorAll('main').length") == 1
        assert tab.complaints == []


@pytest.mark.slow
def test_without_scripts_and_without_internet_the_terminal_and_the_page_say_so(
    tmp_path: Path,
) -> None:
    nothing = {
        "SOLARA_ASSETS_PROXY_CACHE_DIR": str(tmp_path / "none"),
        "SOLARA_ASSETS_CDN": NOWHERE,
    }
    with browser(tmp_path / "profile") as tab, server(tmp_path, **nothing) as address:
        tab.open(address)
        until(lambda: "This page cannot be shown" in text(tab), "words", seconds=20.0)
        assert "pip install solara-assets" in text(tab)
    (told,) = [line for line in (tmp_path / LOG).read_text("utf-8").splitlines() if "pip" in line]
    assert told.endswith("-m pip install solara-assets")
