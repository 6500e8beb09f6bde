"""Signs that the usual font lacks are drawn where another has them; nothing else changes."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from matplotlib.font_manager import fontManager

from alliance_sim.plots import fonts, style
from alliance_sim.plots.run import ensemble_figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from alliance_sim.results import Ensemble

TITLE = "大きな襲撃"


def pixels(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


@pytest.fixture(autouse=True)
def looked_for_anew() -> Iterator[None]:
    fonts.families.cache_clear()
    yield
    fonts.families.cache_clear()


def only_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fontManager, "get_font_names", lambda: [fonts.USUAL])


def test_one_family_that_is_installed_comes_after_the_usual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = ["Meiryo", "MS Gothic", fonts.USUAL]
    monkeypatch.setattr(fontManager, "get_font_names", lambda: known)
    assert fonts.families() == [fonts.USUAL, "Meiryo"]
    fonts.families.cache_clear()
    only_usual(monkeypatch)
    assert fonts.families() == [fonts.USUAL]


@pytest.mark.skipif(len(fonts.families()) < 2, reason="no font with such signs is installed")
def test_a_japanese_title_is_drawn_with_its_signs() -> None:
    @style.styled
    def drawn() -> Figure:
        return style.slide(TITLE, about="About")

    pixels(drawn())  # of a sign that no font has Matplotlib warns, which is an error here


def test_a_figure_without_such_signs_has_the_same_pixels(
    ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    named = replace(ensemble, scenario="made/up – “é” ✕ ◆ ± ≥")
    before = pixels(ensemble_figure(named, ["rung"]))
    fonts.families.cache_clear()
    only_usual(monkeypatch)
    with caplog.at_level(logging.WARNING, "matplotlib"):
        assert pixels(ensemble_figure(named, ["rung"])) == before
    assert caplog.records == []
