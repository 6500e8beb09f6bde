"""Figures of forecasts tell models apart, and say what their axes are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from alliance_sim.calibration.baselines import BASELINES
from alliance_sim.calibration.scoring import ScoreTable, score_record
from alliance_sim.plots.scores import LINES, forecast_figure, pit_figure
from alliance_sim.plots.style import PHONE, SLIDE, Form
from alliance_sim.scenario import load_scenario

QUICK = tuple(m for m in BASELINES if m.name in {"constant", "change_point", "regression"})


@pytest.fixture(scope="module")
def table() -> ScoreTable:
    return score_record(load_scenario("two_islands/baseline"), series=["all"], models=QUICK)


def test_the_model_has_a_line_like_no_baseline() -> None:
    models = len(BASELINES) + 2  # the model, and what was carried over from another relationship
    assert len({look.colour for look in LINES[:models]}) == models


def test_the_axis_of_forecasts_is_of_years(table: ScoreTable) -> None:
    words = " ".join(text.get_text() for text in forecast_figure(table).findobj(Text))
    assert "year" in words.split()
    assert "at the end of 2006 (dotted line)" in " ".join(words.split())


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_every_column_of_pit_values_has_its_places_below(table: ScoreTable, form: Form) -> None:
    figure = pit_figure(table, form=form)
    figure.draw(FigureCanvasAgg(figure).get_renderer())  # type: ignore[no-untyped-call]
    columns: dict[int, list[float]] = {}
    labelled: dict[int, float] = {}
    for axes in figure.axes:
        box = axes.get_window_extent()
        columns.setdefault(round(box.x0), []).append(box.y0)
        if axes.xaxis.get_tick_params()["labelbottom"]:
            labelled[round(box.x0)] = box.y0
    assert labelled == {x: min(heights) for x, heights in columns.items()}


@pytest.mark.parametrize("form", [SLIDE, PHONE], ids=["slide", "phone"])
def test_what_leaves_a_panel_says_how_high_it_goes(
    table: ScoreTable, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance_sim.plots.scores.LEAST_TOP", 0.3)
    monkeypatch.setattr("alliance_sim.plots.scores.ROOM", 0.1)
    figure: Any = forecast_figure(table, form=form)
    leaving = 0
    for axes in figure.body.axes:
        told = [text.get_text() for text in axes.texts]
        top = axes.get_ylim()[1]
        lines = [np.asarray(line.get_ydata()) for line in axes.lines if line.get_marker() == "None"]
        high = [float(max(ys)) for ys in lines if len(ys) > 2]
        bands = [float(band.get_datalim(axes.transData).y1) for band in axes.collections]
        assert [text for text in told if ", up to " in text and text[:5] != "band,"] == [
            f"{name}, up to {most:.1f}"
            for name, most in zip(_names(told), high, strict=True)
            if most > top
        ]
        assert any(text.startswith("band, up to") for text in told) == (max(bands) > top)
        leaving += sum(most > top for most in high)
    assert leaving


def _names(told: list[str]) -> list[str]:
    """Return the names of the lines of a panel, without how high they go."""
    return [text.partition(", up to ")[0] for text in told if not text.startswith("band,")]
