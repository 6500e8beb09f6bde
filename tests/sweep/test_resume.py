"""What is added to a folder fits what stands there, or is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim.errors import ResultError
from alliance_sim.sweep import designs
from alliance_sim.sweep.plan import Plan, extended
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.store.metadata import sealed
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import Begun, Run, content

pytestmark = pytest.mark.usefixtures("small_files")
OTHERS = "points cannot be made again here as they were"


@pytest.fixture
def other_points(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the sampling library draw other points from now on, as another version might."""
    draw = designs._sobol

    def others(points: int, dimensions: int, seed: int) -> Any:
        return np.flip(draw(points, dimensions, seed), axis=0)

    return lambda: monkeypatch.setattr(designs, "_sobol", others)


def test_points_that_are_drawn_otherwise_are_not_mixed_in(
    run: Run, begun: Begun, plan_file: Path, tmp_path: Path, other_points: Callable[[], None]
) -> None:
    begun(tmp_path, stop=320)
    before = content(tmp_path)
    other_points()
    for again in (load_plan(plan_file), extended(load_plan(plan_file), replicates=40)):
        with pytest.raises(ResultError, match=OTHERS):
            run(tmp_path, plan=again)
    assert content(tmp_path) == before


def test_an_outcome_is_not_added_at_points_that_are_drawn_otherwise(
    run: Run, quick: Any, tmp_path: Path, other_points: Callable[[], None]
) -> None:
    run(tmp_path)
    sweep = open_sweep(tmp_path)
    other_points()
    with pytest.raises(ResultError, match=OTHERS):
        open_sweep(tmp_path).outcome("rung>=3@2005", summarise=quick.summarise)
    assert len(sweep.frame()) == 640


@pytest.mark.parametrize("stop", [320, None])
def test_a_description_that_was_changed_is_refused(
    stop: int | None, run: Run, begun: Begun, tmp_path: Path
) -> None:
    begun(tmp_path, stop=stop)
    path = tmp_path / "sweep.json"
    tree = json.loads(path.read_text(encoding="utf-8"))
    tree["plan"]["seed"] += 1
    tree.pop("sha256")
    path.write_bytes(sealed(tree))
    before = content(tmp_path)
    changed = Plan.from_tree(tree["plan"])
    with pytest.raises(ResultError, match=r"sweep\.json: its plan is not the one with which"):
        run(tmp_path, plan=changed)
    assert content(tmp_path) == before
