"""A notebook shows the page in a frame that may run scripts and reach nothing else."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.lab import Page
from alliance_sim.lab.exporting import GENERATOR, VARIABLE
from tests.lab.blank import PAGE

ISLANDS = "two_islands/baseline"
FRAME = re.compile(
    r'<iframe title="([^"]*)" sandbox="allow-scripts" srcdoc="([^"]*)" style="[^"]*">'
)


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without content in the place of the one that ships."""
    path = tmp_path / "template.html"
    path.write_bytes(PAGE)
    monkeypatch.setenv(VARIABLE, str(path))


@pytest.mark.usefixtures("template")
def test_a_scenario_shows_its_lab_in_a_frame_of_its_own() -> None:
    page = load_scenario(ISLANDS).lab(language="ja", height=500)
    shown = page._repr_html_()
    (found,) = FRAME.findall(shown)
    assert html.unescape(found[1]).encode() == page.content
    assert GENERATOR in page.content
    assert b'<html lang="ja"' in page.content
    assert "height:500px" in shown
    assert shown.count("<") == 2  # the frame begins and ends
    assert repr(page).startswith("<Page Two islands: 0.")


@pytest.mark.usefixtures("template")
def test_it_is_saved_as_the_command_writes_it(tmp_path: Path) -> None:
    page = load_scenario(ISLANDS).lab()
    page.save(tmp_path / "lesson.html")
    assert (tmp_path / "lesson.html").read_bytes() == page.content
    (tmp_path / "mine.html").write_text("mine")
    with pytest.raises(SettingError, match="is no page of the lab"):
        page.save(tmp_path / "mine.html")


def test_a_title_stays_a_title() -> None:
    page = Page('"><script>alert(1)</script>', b"<p>&amp;</p>")
    (found,) = FRAME.findall(page._repr_html_())
    assert html.unescape(found[0]) == page.title
    assert html.unescape(found[1]) == "<p>&amp;</p>"


@pytest.mark.parametrize("height", [0, -5, 10**9, 2.5, "high", True])
def test_a_height_that_cannot_be_is_told(height: int) -> None:
    with pytest.raises(SettingError, match="must be a whole number from 200 to 10,000"):
        Page("x", b"", height=height)


def test_a_height_may_be_a_number_of_numpy_and_is_looked_at_before_all_else() -> None:
    height: Any = np.int64(500)
    assert Page("x", b"", height=height).height == 500
    with pytest.raises(SettingError, match="height is 5, must be"):
        Page.of(None, height=5)  # type: ignore[arg-type]


def test_a_misspelt_setting_is_told_with_the_nearest() -> None:
    with pytest.raises(SettingError, match="did you mean 'language'"):
        load_scenario(ISLANDS).lab(langage="ja")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"lesson": 3}, "lesson is 3, must be one of generic, or None"),
        ({"lesson": ["x"]}, r"lesson is \['x'\]"),
        ({"language": None}, "language is None, must be one of en, ja"),
        ({"draws": "no"}, "draws is 'no', must be True or False"),
    ],
)
def test_a_setting_of_another_type_is_told(options: dict[str, object], told: str) -> None:
    with pytest.raises(SettingError, match=told):
        load_scenario(ISLANDS).lab(**options)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a" * 300 + ".html", "the name is too long for this system"),
        ("a\0.html", "cannot be the path of a file: .*embedded null"),
        ("\ud800.html", "cannot be the path of a file"),
        (3, "path is 3, must be that of a file, such as lesson.html"),
        (None, "path is None"),
    ],
)
def test_a_path_that_can_be_none_is_told(path: str, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        Page("x", PAGE).save(path)
