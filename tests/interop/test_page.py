"""The page of `solara run alliance_sim.viz`, used in a real browser.

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

pytest.importorskip("solara", reason="needs the extra viz")
client = pytest.importorskip("websockets.sync.client", reason="needs the extra viz")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCRIPT = "@widgetti/vue-grid-layout@2.3.13-alpha.2/dist/vue-grid-layout.umd.js"
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
def server(folder: Path) -> Iterator[str]:
    """Serve the page on a free port, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["run", "alliance_sim.viz", "--no-open", "--production", "--port", str(port)]
    log = folder / "server.log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "solara", *command],
            stdout=told,
            stderr=subprocess.STDOUT,
            env=os.environ | {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false"},
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
    folder = tmp_path_factory.mktemp("page")
    with browser(folder / "profile") as tab, server(folder) as address:
        if not _answers(f"{address}/_solara/cdn/{SCRIPT}"):
            pytest.skip("Solara's scripts are neither installed (solara-assets) nor on the network")
        tab.open(address)
        until(lambda: len(numbers(tab)) == 4 and all(drawn(tab)), "four figures")
        yield tab


def numbers(tab: Browser) -> list[str]:
    """Return the line of numbers under each figure."""
    found: list[str] = tab.run(
        "[...document.querySelectorAll('.alliance-now')].map(line => line.innerText)"
    )
    return found


def drawn(tab: Browser) -> list[str]:
    """Return the pixels of each figure."""
    found: list[str] = tab.run(
        "[...document.querySelectorAll('.alliance-figure canvas')].map(c => c.toDataURL())"
    )
    return found


def at(tab: Browser, quarter: str) -> tuple[list[str], list[str]]:
    """Return numbers and pixels as soon as every figure has come to a quarter."""
    until(lambda: all(line.startswith(f"{quarter}:") for line in numbers(tab)), quarter)
    before: list[str] = []

    def settled() -> bool:
        nonlocal before
        last, before = before, drawn(tab)
        return len(before) == 4 and last == before

    until(settled, "figures that stay")
    return numbers(tab), before


def write(tab: Browser, label: str, text: str) -> None:
    """Replace what stands in the field with a label."""
    tab.run(
        "(() => { const field = [...document.querySelectorAll('.v-input')]"
        f".find(f => f.innerText.includes({json.dumps(label)})).querySelector('input');"
        "field.focus(); field.select(); })()"
    )
    tab.send("Input.insertText", text=text)
    tab.run("document.activeElement.blur()")
    time.sleep(0.5)  # the page tells the server what was typed


def test_a_step_redraws_every_figure_and_reset_restores_the_first(page: Browser) -> None:
    page.click("Reset")
    first, pixels = at(page, "1950Q1")
    assert first[1] == "1950Q1: rung 0, agreements 0"
    page.click("Step")
    _, second = at(page, "1950Q2")
    page.click("Step")
    _, third = at(page, "1950Q3")
    for figures in zip(pixels, second, third, strict=True):
        assert len(set(figures)) == 3
    page.click("Reset")
    assert at(page, "1950Q1") == (first, pixels)
    assert page.complaints == []


def test_the_seed_decides_the_numbers(page: Browser) -> None:
    def after_three_steps(seed: str) -> list[str]:
        write(page, "Seed", seed)
        page.click("Reset")
        at(page, "1950Q1")
        for quarter in ("1950Q2", "1950Q3", "1950Q4"):
            page.click("Step")
            at(page, quarter)
        return numbers(page)

    one = after_three_steps("1")
    assert after_three_steps("2") != one
    assert after_three_steps("1") == one
    assert page.complaints == []


def test_playing_goes_on_until_it_is_paused(page: Browser) -> None:
    page.click("Reset")
    at(page, "1950Q1")
    page.click("▶")
    until(lambda: numbers(page)[0] > "1950Q4", "some quarters")
    page.click("❚❚")
    until(lambda: page.run("document.body.innerText.includes('▶')"), "the pause")
    page.click("Reset")
    at(page, "1950Q1")


def test_a_seed_that_is_no_number_is_told_and_the_page_goes_on(page: Browser) -> None:
    write(page, "Seed", "abc")
    page.click("Reset")
    told = "seed is 'abc', must be a whole number"
    until(lambda: told in page.run("document.body.innerText"), "what is wrong with the seed")
    page.click("Step")
    at(page, "1950Q2")
    write(page, "Seed", "1")
    page.click("Reset")
    until(lambda: told not in page.run("document.body.innerText"), "a page without complaints")
    at(page, "1950Q1")
