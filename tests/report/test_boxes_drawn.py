"""What the figure of a box is drawn from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.discovery.discover import Search, discover
from alliance_sim.report import discovery

AXES = (
    Axis("pull", "Pull of threats (log-odds)", low=0.0, high=1.0, unit="log-odds"),
    Axis("other", "Another (1998)", low=0.0, high=1.0),
)


@pytest.mark.slow
def test_a_second_box_is_drawn_among_the_points_that_its_numbers_are_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"point": range(600), "pull": draw.random(600), "other": draw.random(600)})
    frame["y"] = ((frame["pull"] >= 0.6) | (frame["other"] >= 0.6)).astype(float)
    found = discover(frame, axes=AXES, outcome="y", search=Search(boxes=2))
    first, second = found.boxes
    drawn: list[tuple[Any, ...]] = []

    def caught(sides: Any, share: Any, heading: Any, **words: Any) -> None:
        drawn.append((sides, share, words | {"about": heading.about}))

    monkeypatch.setattr(discovery, "box_figure", caught)
    monkeypatch.setattr(discovery, "told_of_sweep", lambda *_: "about")
    sweep: Any = SimpleNamespace(plan=None)
    column: Any = SimpleNamespace(title="It")
    result = discovery.SweepDiscovery(sweep, column, "one", found)
    for number, box in enumerate(found.boxes, start=1):
        discovery._box_figure(result, box, number)
    (_, every, _), (sides, share, words) = drawn
    assert len(every) == 600
    assert len(share) == (~first.inside(found.cases)).sum()
    limits = {limit.axis.brief: limit for limit in second.limits}
    inside = np.ones(len(share), dtype=bool)
    for side in sides:
        assert len(side.values) == len(share)
        inside &= limits[side.label].holds(side.values)
    assert inside.sum() == second.runs
    assert share[inside].mean() == pytest.approx(second.density)
    assert words["conditions"][-1] == "not in box 1"
    assert set(limits) <= {"Pull of threats (log-odds)", "Another (1998)"}
    assert "points in boxes before it are left out" in words["about"]
