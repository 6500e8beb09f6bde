"""The page as an object: a notebook shows it inline, and it can be written as a file."""

from __future__ import annotations

import html
import os
from pathlib import Path

from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.lab.exporting import page_of, written
from alliance_sim.lab.payload import payload_of
from alliance_sim.scenario import Scenario
from alliance_sim.whole_numbers import whole_number

HEIGHT = 900  # pixels
LEAST, MOST = 200, 10_000
FRAME = (
    '<iframe title="{title}" sandbox="allow-scripts" srcdoc="{page}" '
    'style="width:100%;height:{height}px;border:1px solid #999"></iframe>'
)


class Page:
    """The lab of one scenario, a page of its own.

    A notebook shows it inline, where it may run its scripts and reach nothing else: neither the
    notebook nor the network.

    Attributes:
        title: What is shown.
        content: The page, as `alliance-sim lab --export` writes it.
        height: Height in a notebook, pixels.
    """

    def __init__(self, title: str, content: bytes, *, height: int = HEIGHT) -> None:
        """Hold a page.

        Raises:
            SettingError: If the height is out of range.
        """
        self.title, self.content, self.height = title, content, _checked(height)

    @classmethod
    @explains_calls
    def of(
        cls,
        scenario: Scenario,
        *,
        lesson: str | None = None,
        language: str = "en",
        draws: bool = True,
        height: int = HEIGHT,
    ) -> Page:
        """Return the lab of a scenario.

        Args:
            scenario: The scenario that edits start from.
            lesson: Name of the lesson that it opens with; None for none.
            language: Language that it opens in, "en" or "ja".
            draws: Whether the draws of the posterior come along: 8 MB with, 1 MB without.
            height: Height in a notebook, 200 to 10,000 pixels.

        Raises:
            SettingError: If there is no such lesson or language, or the height is out of range.
            EngineError: If the page did not come with the package, or its modules are stale.
        """
        _checked(height)  # before much is worked out
        payload = payload_of(scenario, lesson=lesson, language=language, draws=draws)
        return cls(scenario.title, page_of(payload), height=height)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page as one file; a page that was written before is replaced.

        Raises:
            SettingError: If the file is somebody else's, or cannot be written.
        """
        try:
            out = Path(path)
        except TypeError:
            problem = f"path is {shown(path)}, must be that of a file, such as lesson.html"
            raise SettingError("save", [problem]) from None
        written(self.content, out)

    def __repr__(self) -> str:
        """Return one line about it."""
        return f"<Page {self.title}: {len(self.content) / 1e6:.1f} MB>"

    def _repr_html_(self) -> str:
        page = html.escape(self.content.decode("utf-8"))
        return FRAME.format(title=html.escape(self.title), page=page, height=self.height)


def _checked(height: int) -> int:
    """Return a height as a plain number.

    Raises:
        SettingError: If it is out of range.
    """
    if not whole_number(height) or not LEAST <= height <= MOST:
        problem = f"height is {shown(height)}, must be a whole number from {LEAST} to {MOST:,}"
        raise SettingError("lab", [problem])
    return int(height)


def lab(scenario: Scenario, **options: object) -> Page:
    """Return the lab of a scenario, as `Page.of` does."""
    return Page.of(scenario, **options)  # type: ignore[arg-type]
