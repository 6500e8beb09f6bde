"""The figure of the described history, where runs are few, spread widely, or edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation

from alliance_sim.plots.history import figure_title, history_figure
from alliance_sim.plots.style import PHONE, SLIDE
from alliance_sim.record.words import Words
from alliance_sim.scenario import load_scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble

WORDS = Words.of(load_scenario("japan_nato/baseline"))


def spread_widely(ensemble: Ensemble) -> Ensemble:
    """Return runs of which the first stays without a step, and the last has all from early on."""
    values, rung = ensemble.values.copy(), ensemble.states.index("rung")
    values[0, :, rung], values[-1, 8:, rung] = 0, 11
    return replace(ensemble, values=values)


def panel_titles(figure: Figure) -> str:
    return " ".join(axes.get_title(loc="left") for axes in figure.axes)


def test_names_of_steps_stay_in_their_panel_on_a_phone(ensemble: Ensemble, record: Record) -> None:
    figure = history_figure(spread_widely(ensemble), record=record, words=WORDS, form=PHONE)
    figure.draw(FigureCanvasAgg(figure).get_renderer())  # type: ignore[no-untyped-call]
    names = {WORDS.rung(rung) for rung in range(1, len(WORDS.rungs))}
    ladder = figure.axes[2]
    panel = ladder.get_window_extent()
    drawn = [one for one in ladder.texts if isinstance(one, Annotation) and one.get_text() in names]
    assert {one.get_text() for one in drawn} == names
    boxes = [one.get_window_extent() for one in drawn]
    assert min(box.x0 for box in boxes) > panel.x0
    assert max(box.x1 for box in boxes) < panel.x1
    assert panel.width > 0.7 * figure.bbox.width


def test_an_edited_history_is_not_told_under_the_title_of_the_factual_one(
    ensemble: Ensemble, record: Record
) -> None:
    edited = replace(ensemble, title="Without it", edits=({"words": "without it"},))
    assert figure_title(edited, WORDS, record).startswith("Without it: what the model tells")
    assert figure_title(ensemble, WORDS, record).startswith(f"{WORDS.title}: ")


def test_one_run_is_not_said_to_differ_little_from_others(
    ensemble: Ensemble, record: Record
) -> None:
    alike = replace(ensemble, values=np.repeat(ensemble.values[:1], ensemble.runs, axis=0))
    alone = replace(ensemble, values=ensemble.values[:1], status=ensemble.status[:1])
    told, untold = (
        panel_titles(history_figure(one, record=record, words=WORDS, form=SLIDE))
        for one in (alike, alone)
    )
    assert "runs hardly differ" in told
    assert "runs hardly differ" not in untold
