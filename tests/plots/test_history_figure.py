"""The figure of the described history, where runs spread widely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation

from alliance_sim.plots.history import history_figure
from alliance_sim.plots.style import PHONE
from alliance_sim.record.words import Words
from alliance_sim.scenario import load_scenario

if TYPE_CHECKING:
    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble

WORDS = Words.of(load_scenario("japan_nato/baseline"))


def spread_widely(ensemble: Ensemble) -> Ensemble:
    """Return runs of which the first stays without a step, and the last has all from early on."""
    values, rung = ensemble.values.copy(), ensemble.states.index("rung")
    values[0, :, rung], values[-1, 8:, rung] = 0, 11
    return replace(ensemble, values=values)


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
