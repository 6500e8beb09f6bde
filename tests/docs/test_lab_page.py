"""The documentation holds the lab beside its pages, and its first screen shows it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alliance_sim.lab.exporting import VARIABLE, is_page
from tests.lab.blank import PAGE

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def lab_page() -> Iterator[Any]:
    """The extension that writes the page."""
    sys.path.insert(0, str(DOCS))
    yield import_module("lab_page")
    sys.path.remove(str(DOCS))


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without content in the place of the one that ships."""
    path = tmp_path / "template.html"
    path.write_bytes(PAGE)
    monkeypatch.setenv(VARIABLE, str(path))


@pytest.mark.usefixtures("template")
def test_the_build_writes_the_page_and_the_first_screen_shows_it(
    lab_page: Any, tmp_path: Path
) -> None:
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    lab_page.write(app, None)
    written = tmp_path / lab_page.FILE
    assert is_page(written)
    assert written.stat().st_size < 1_000_000
    (frame,) = re.findall(r"<iframe[^>]*>", (DOCS / "index.md").read_text("utf-8"))
    assert f'src="{lab_page.FILE}"' in frame
    assert 'sandbox="allow-scripts"' in frame
    assert "title=" in frame


def test_nothing_is_written_where_the_build_failed_or_makes_no_pages(
    lab_page: Any, tmp_path: Path
) -> None:
    failed = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    lab_page.write(failed, ValueError("x"))
    lab_page.write(SimpleNamespace(builder=SimpleNamespace(format="text"), outdir=tmp_path), None)
    assert list(tmp_path.iterdir()) == []
